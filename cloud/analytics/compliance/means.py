"""The mean judgement of each cooler over some time, from the rollups of judged photos."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from cloud.analytics.compliance.judgement import Judgement
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.source import BUCKETS, SETTINGS, Source
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.kinds import JUDGED, MILLIONTHS
from cloud.audits.facts import Facts

_SUMMED = ("ordered", "planned", "present", "shelf", "position", "count", "moves", "variance", "unnamed")


class CoolerMean(NamedTuple):
    """The mean judged photo of a cooler.

    Attributes:
        at: the hour in UTC, or the day with which the bucket begins, that it stands for, where time is told apart.
        planogram: by which its photos were judged, where planograms are told apart.
    """

    cooler: str
    at: date | datetime | None
    judged: Judgement
    moves: float
    planogram: int | None = None


def mean_judgements(
    facts: Facts,
    tenant: str,
    known: Known,
    start: datetime,
    end: datetime,
    scope: Scope = EVERYTHING,
    *,
    time: str | None = None,
    by_planogram: bool = False,
) -> list[CoolerMean]:
    """The coolers with judged photos from `start` to just before `end`, from the rollups as they are; told apart by the
    buckets of `time`, a dimension of KPIs.

    The variance is that of the mean photo: the errors of one cooler's photos are taken as fully dependent.
    """
    source = Source(tenant, stretches(start, end, time, known.zones), scope)
    rows = source.rows(JUDGED, (f"{BUCKETS[time]} AS bucket", "cooler", "planogram", *_SUMMED, "photos"))
    keys = ("cooler", "bucket", *(["planogram"] if by_planogram else []))
    # A cooler that followed both kinds within the time is judged by the levels that both have.
    levels = (f"if(sum(ordered) = sum(photos), sum({level}) / sum(photos), NULL)" for level in ("shelf", "position"))
    errors = (f"sum({name}) / sum(photos) / {MILLIONTHS}" for name in ("variance", "unnamed"))
    statement = f"""
        SELECT cooler, bucket, {"planogram" if by_planogram else "NULL"}, sum(moves) / sum(photos),
            sum(planned) / sum(photos), sum(present) / sum(photos), {", ".join(levels)},
            sum(count) / sum(photos), {", ".join(errors)}
        FROM ({rows}) AS each WHERE planned > 0 GROUP BY {", ".join(keys)} ORDER BY {", ".join(keys)} {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)
    columns = (column.to_pylist() for column in facts.arrow(statement, source.parameters).columns)
    return [
        CoolerMean(cooler, at if time else None, Judgement(*judged), moves, planogram)
        for cooler, at, planogram, moves, *judged in zip(*columns, strict=True)
    ]
