"""The coverage of a period: which coolers its numbers rest on, and which they leave out because a camera was broken."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import BaseModel, Field

from cloud.analytics.query.cut import Cut
from cloud.analytics.query.in_part import PartlySeen, PartSums
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.source import SETTINGS
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.statements import milliseconds
from cloud.analytics.share.window import Window
from cloud.audits.facts import Facts
from facings.clock import UtcDatetime
from facings.messages import CoolerCoverage, CoolerPart

MOST_NAMED = 20
"""Coolers seen in part that an answer names, those with the most hours; all are counted."""

LOOK_BACK = timedelta(days=100)
"""How long before a period the last photo of a whole cooler is looked for."""


class UnseenCamera(BaseModel):
    """A camera of several that saw nothing."""

    camera: str
    shows: CoolerPart
    problem: str


class SeenInPart(BaseModel):
    """A cooler with photos of a part of it; those are in no sum of the period."""

    cooler: str
    name: str
    name_zh: str = ""
    outlet: str
    hours: int = Field(description="hours of the period with such photos")
    last_at: UtcDatetime = Field(description="the last of them in the period")
    whole_at: UtcDatetime | None = Field(default=None, description="last photo of all of it before; null: not known")
    back_at: UtcDatetime | None = Field(default=None, description="first photo of all of it after; null: none since")
    unseen: list[UnseenCamera] = Field(default=[], description="cameras that saw nothing on the last of them")


class PeriodCoverage(CoolerCoverage):
    """What a number of a period rests on."""

    part_hours: int = Field(
        default=0, ge=0, description="hours of coolers that are left out, as photos showed only a part of the cooler"
    )


class AnswerCoverage(PeriodCoverage):
    """What an answer rests on, and the coolers that a broken camera hid."""

    parts: tuple[SeenInPart, ...] = Field(default=(), description=f"the {MOST_NAMED} coolers with most such hours")


def coverage_of(facts: Facts, tenant: str, known: Known, window: Window, scope: Scope = EVERYTHING) -> AnswerCoverage:
    """What is told of a window rests on: coolers with a usable photo in it out of those with a device."""
    parts = Parts(facts, tenant, known, window.start, window.end, scope)
    return parts.coverage({one.cooler for one in window.watched})


class Parts:
    """The coolers of which photos showed only a part, in a period and scope.

    Made from the rollup of such photos alone; no line of any photo is read.
    """

    def __init__(
        self, facts: Facts, tenant: str, known: Known, start: datetime, end: datetime, scope: Scope = EVERYTHING
    ) -> None:
        self._facts = facts
        self._tenant = tenant
        self._known = known
        self._start, self._end = start, end
        self._scope = scope

    @cached_property
    def coolers(self) -> Sequence[PartlySeen]:
        """Those of which photos are expected, the most hours first."""
        parts = stretches(self._start, self._end, None, self._known.zones)
        found = PartSums(self._facts, self._tenant, self._known, self._scope, parts, Cut(())).coolers()
        return [one for one in found if one.cooler in self._known.expected]

    def coverage(self, reporting: Collection[str]) -> AnswerCoverage:
        """The coverage of the whole period; `reporting` are the coolers of which a usable photo showed all."""
        coolers, in_scope = self._known.coolers, self._scope.has_cooler
        expected = {one for one in self._known.expected if in_scope(one, coolers[one].outlet)}
        in_part = expected.intersection(one.cooler for one in self.coolers).difference(reporting)
        return AnswerCoverage(
            reporting=len(expected.intersection(reporting)),
            expected=len(expected),
            in_part=len(in_part),
            part_hours=sum(one.hours for one in self.coolers),
            parts=self.named(),
        )

    def named(self) -> tuple[SeenInPart, ...]:
        """The coolers with the most hours, each with what was not seen and since when."""
        some = self.coolers[:MOST_NAMED]
        around = self._around(some) if some else {}
        return tuple(self._named(one, around.get(one.cooler, {})) for one in some)

    def _named(self, one: PartlySeen, around: Mapping[str, Any]) -> SeenInPart:
        known = self._known.coolers[one.cooler]
        return SeenInPart(
            cooler=one.cooler,
            name=known.name,
            name_zh=known.name_zh,
            outlet=known.outlet,
            hours=one.hours,
            last_at=one.last,
            whole_at=around.get("whole_at"),
            back_at=around.get("back_at"),
            unseen=[UnseenCamera(**camera) for camera in json.loads(around.get("unseen") or "[]")],
        )

    def _around(self, some: Sequence[PartlySeen]) -> Mapping[str, Mapping[str, Any]]:
        """By cooler, the photos of all of it before and after the last of a part, and what that one did not show.

        By the key of the photos' table, a few coolers' rows; empty where their raw rows are no longer kept.
        """
        statement = f"""
            SELECT cooler, maxOrNullIf(captured_at, {_WHOLE} AND captured_at < {_LAST}) AS whole_at,
                minOrNullIf(captured_at, {_WHOLE} AND captured_at > {_LAST}) AS back_at,
                anyIf(unseen, part = 1 AND captured_at = {_LAST}) AS unseen
            FROM observation FINAL
            WHERE tenant = %(tenant)s AND cooler IN %(coolers)s AND clock_suspect = 0
                AND captured_at >= fromUnixTimestamp64Milli(toInt64(%(since)s), 'UTC')
            GROUP BY cooler {SETTINGS}
        """  # noqa: S608 (expressions of ours; values are bound)
        coolers = [one.cooler for one in some]
        bound: dict[str, Any] = {"coolers": tuple(coolers), "named": coolers, "tenant": self._tenant}
        bound |= {"lasts": [milliseconds(one.last) for one in some], "since": milliseconds(self._start - LOOK_BACK)}
        return {row["cooler"]: row for row in self._facts.arrow(statement, bound).to_pylist()}


_WHOLE = "part = 0 AND verdict != 'unusable'"
_LAST = "fromUnixTimestamp64Milli(transform(cooler, %(named)s, %(lasts)s, toInt64(0)), 'UTC')"
