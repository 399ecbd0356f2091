"""What bodies and answers of the API have in common: strict bodies, answers read from records, pages of a list."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

LARGEST_PAGE = 500
LARGEST_IMPORT = 5000
LARGEST_ID = 2**31 - 1
Item = TypeVar("Item")


class Body(BaseModel):
    """What a request brings; an unknown field is an error, so that no typo goes unnoticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Answer(BaseModel):
    """What an answer shows of a record."""

    model_config = ConfigDict(from_attributes=True)


class Page(BaseModel, Generic[Item]):
    """A stretch of a list; ask again with `?after=` the value of `next`, until that is null."""

    items: list[Item]
    next: str | None = None


Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="items of a page")]
After = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
AfterNumber = Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="`next` of the page before")]
RecordId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


def page_of(
    session: Session,
    query: Select[Any],
    key: InstrumentedAttribute[Any],
    after: str | int | uuid.UUID | None,
    limit: int,
    *conditions: ColumnElement[bool],
) -> tuple[list[Any], str | None]:
    """The rows after `after` in the order of `key`, at most `limit`, and the key to go on from.

    Paged by key, not by offset: a page costs the same at the end of a list as at its start, and rows added meanwhile
    neither repeat nor skip others.
    """
    wanted = query.where(*conditions).order_by(key).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(key > after)
    rows = list(session.scalars(wanted))
    more = len(rows) > limit
    return rows[:limit], str(getattr(rows[limit - 1], key.key)) if more else None
