"""The mean judgement of each cooler over some time, from the judged photos in the facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cloud.analytics.compliance.judgement import Judgement
from cloud.analytics.compliance.table import judgement
from cloud.audits.facts import Facts

_MEANS = ("planned", "present", "shelf", "position", "count", "variance", "unnamed", "moves", "ordered")


@dataclass(frozen=True, slots=True)
class CoolerMean:
    """The mean judged photo of a cooler.

    Attributes:
        at: the hour in UTC that it stands for, where hours are told apart.
        planogram: by which its photos were judged, where planograms are told apart.
    """

    cooler: str
    at: datetime | None
    judged: Judgement
    moves: float
    planogram: int | None = None


def mean_judgements(
    facts: Facts,
    tenant: str,
    start: datetime,
    end: datetime,
    coolers: Collection[str] | None = None,
    *,
    by_hour: bool = False,
    by_planogram: bool = False,
) -> list[CoolerMean]:
    """The coolers with judged photos from `start` to just before `end`.

    The variance is that of the mean photo: the errors of one cooler's photos are taken as fully dependent.
    """
    one = judgement.c
    hour = func.toStartOfHour(one.captured_at).label("hour")
    wanted = select(one.cooler, *(func.avg(one[name]).label(f"mean_{name}") for name in _MEANS)).group_by(one.cooler)
    if by_hour:
        wanted = wanted.add_columns(hour).group_by(hour)
    if by_planogram:
        wanted = wanted.add_columns(one.planogram).group_by(one.planogram)
    conditions: list[ColumnElement[bool]] = [one.captured_at >= start, one.captured_at < end, one.planned > 0]
    if coolers is not None:
        conditions.append(one.cooler.in_(sorted(coolers)))
    rows = facts.select(tenant, wanted.where(*conditions), judgement)
    return [_mean(row, row.hour if by_hour else None, row.planogram if by_planogram else None) for row in rows]


def _mean(row: Any, at: datetime | None, planogram: int | None) -> CoolerMean:
    # A cooler that followed both kinds within the time is judged by the levels that both have.
    ordered = row.mean_ordered == 1
    judged = Judgement(
        planned=row.mean_planned,
        present=row.mean_present,
        shelf=row.mean_shelf if ordered else None,
        position=row.mean_position if ordered else None,
        count=row.mean_count,
        variance=row.mean_variance,
        unnamed=row.mean_unnamed,
    )
    return CoolerMean(row.cooler, at, judged, row.mean_moves, planogram)
