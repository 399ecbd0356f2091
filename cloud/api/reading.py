"""What most routes read of the records: one row by its key, or a page of rows."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.api.errors import not_found
from cloud.api.shapes import Answer, Page, page_of
from cloud.records import Base

Row = TypeVar("Row", bound=Base)
Shown = TypeVar("Shown", bound=Answer)


def existing(session: Session, model: type[Row], key: tuple[object, ...] | object, what: str) -> Row:
    """The row of `model` with this primary key, of which the last part is its name.

    Raises:
        ApiError: 404 where there is no such row.
    """
    found = session.get(model, key)
    if found is None:
        raise not_found(what, key[-1] if isinstance(key, tuple) else key)
    return found


def answered_page(
    answer: type[Shown],
    session: Session,
    query: Select[Any],
    key: InstrumentedAttribute[Any],
    after: str | int | None,
    limit: int,
    *conditions: ColumnElement[bool],
) -> Page[Shown]:
    """The page of `query` after `after`, each row as an `answer`; see `page_of`."""
    rows, following = page_of(session, query, key, after, limit, *conditions)
    return Page(items=[answer.model_validate(row) for row in rows], next=following)
