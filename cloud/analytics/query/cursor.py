"""Where a page of points ended: opaque to the caller, and tied to the question it belongs to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError

from cloud.analytics.query.scope import Filter
from cloud.analytics.series import KpiPoint
from facings.clock import UtcDatetime
from facings.errors import BadInputError


class Cursor(BaseModel):
    """The last key of a page and the period, which without `to` would move on between two pages."""

    question: str
    start: UtcDatetime
    end: UtcDatetime
    after: list[str]

    def written(self) -> str:
        """As `after=` takes it."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, question: str) -> Cursor:
        """The cursor of `question`.

        Raises:
            BadInputError: none, or that of another question.
        """
        try:
            found = cls.model_validate_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValidationError, ValueError, binascii.Error) as error:
            raise BadInputError("`after` is no cursor: send `next` of the page before as it is") from error
        if found.question != question:
            raise BadInputError("`after` belongs to another question: change nothing but `after` from page to page")
        return found


def question(kpi: str, by: str, wanted: Filter) -> str:
    """Names a question, whatever its period."""
    text = json.dumps([kpi, by, wanted.model_dump()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def page(
    points: Sequence[KpiPoint], after: list[str] | None, limit: int | None
) -> tuple[list[KpiPoint], list[str] | None]:
    """The points whose keys follow `after`, at most `limit`, and the key to go on from; `points` in order of keys."""
    rest = [point for point in points if after is None or sort_key(point) > after]
    if limit is None or len(rest) <= limit:
        return rest, None
    return rest[:limit], sort_key(rest[limit - 1])


def sort_key(point: KpiPoint) -> list[str]:
    """By which points are in order."""
    return list(point.keys.values())
