"""Adding a record or changing it, and telling which of the two it was."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from cloud.records import Base

Outcome = Literal["added", "changed", "unchanged"]
Row = TypeVar("Row", bound=Base)


def upsert(session: Session, model: type[Row], key: dict[str, Any], values: dict[str, Any]) -> tuple[Row, Outcome]:
    """The row of `model` named by `key`, now with `values`."""
    order = [str(column.key) for column in inspect(model).primary_key]
    found = session.get(model, tuple(key[name] for name in order))
    if found is None:
        made = model(**key, **values)
        session.add(made)
        return made, "added"
    for name, value in values.items():
        if getattr(found, name) != value:
            setattr(found, name, value)
    return found, "changed" if session.is_modified(found) else "unchanged"
