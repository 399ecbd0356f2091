"""The mean judgement of each cooler over some time, from the rollups of judged photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cloud.analytics.compliance.judgement import Judgement
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.source import BUCKETS, SETTINGS, Source
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.kinds import JUDGED, MILLIONTHS
from cloud.audits.facts import Facts

_COUNTS = ("planned", "present", "shelf", "position", "count", "moves", "ordered")
_ERRORS = ("variance", "unnamed")


@dataclass(frozen=True, slots=True)
class CoolerMean:
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
    keys = ["cooler", "bucket", *(["planogram"] if by_planogram else [])]
    named = [f"{BUCKETS[time]} AS bucket" if key == "bucket" else key for key in keys]
    rows = source.rows(JUDGED, (*named, *_COUNTS, *_ERRORS, "photos"))
    means = [f"sum({name}) / sum(photos) AS mean_{name}" for name in _COUNTS]
    means += [f"sum({name}) / sum(photos) / {MILLIONTHS} AS mean_{name}" for name in _ERRORS]
    statement = f"""
        SELECT {", ".join((*keys, *means))} FROM ({rows}) AS each WHERE planned > 0 GROUP BY {", ".join(keys)}
        ORDER BY {", ".join(keys)} {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)
    found = facts.arrow(statement, source.parameters).to_pylist()
    return [_mean(row, row["bucket"] if time else None) for row in found]


def _mean(row: Mapping[str, Any], at: date | datetime | None) -> CoolerMean:
    # A cooler that followed both kinds within the time is judged by the levels that both have.
    ordered = row["mean_ordered"] == 1
    judged = Judgement(
        planned=row["mean_planned"],
        present=row["mean_present"],
        shelf=row["mean_shelf"] if ordered else None,
        position=row["mean_position"] if ordered else None,
        count=row["mean_count"],
        variance=row["mean_variance"],
        unnamed=row["mean_unnamed"],
    )
    return CoolerMean(row["cooler"], at, judged, row["mean_moves"], row.get("planogram"))
