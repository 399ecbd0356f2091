"""The mean judgement of each cooler over some time, from the rollups of judged photos."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow

from cloud.analytics.compliance.judgement import OF_PLACES, Judgement, complied
from cloud.analytics.named import FloatArray, Named
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.source import BUCKETS, SETTINGS, Source
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.kinds import JUDGED, MILLIONTHS
from cloud.audits.facts import Facts
from facings.messages import Estimate

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
    answer = _means(facts, tenant, known, (start, end), scope, time, by_planogram=by_planogram)
    columns = (column.to_pylist() for column in answer.columns)
    return [
        CoolerMean(cooler, at if time else None, Judgement(*judged), moves, planogram)
        for cooler, at, planogram, moves, *judged in zip(*columns, strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class MeansOfLevel:
    """The mean judged photos of coolers at one level, as columns; without those that the level is not judged of."""

    cooler: Named[str]
    at: Named[date] | Named[datetime] | None
    """As `CoolerMean.at`."""
    planned: FloatArray
    right: FloatArray
    """Facings as planned at the level."""
    variance: FloatArray
    unnamed: FloatArray

    def compliance(self, key: Named[str]) -> dict[str, Estimate]:
        """What `judgement.compliance` says of each key's coolers."""
        perhaps = np.minimum(self.unnamed, self.planned - self.right)
        sums = zip(*(key.sums(one).tolist() for one in (self.planned, self.right, self.variance, perhaps)), strict=True)
        return {name: complied(*one) for name, one in zip(key.names, sums, strict=True)}


def means_of_level(
    facts: Facts,
    tenant: str,
    known: Known,
    start: datetime,
    end: datetime,
    scope: Scope,
    *,
    time: str | None,
    level: str,
    coolers: Collection[str],
) -> MeansOfLevel:
    """What `mean_judgements` tells of some `coolers` at one level, as columns: a fleet's days are tens of thousands."""
    answer = _means(facts, tenant, known, (start, end), scope, time)
    cooler, right = Named[str].of_arrow(answer.column("cooler")), answer.column(level).to_numpy().astype(float)
    rows = cooler.among(coolers) & ~np.isnan(right)
    planned, variance, unnamed = (answer.column(name).to_numpy()[rows] for name in ("planned", "variance", "unnamed"))
    at = Named.of_arrow(answer.column("bucket")).where(rows) if time else None
    return MeansOfLevel(cooler.where(rows), at, planned, right[rows], variance, unnamed)


def _means(
    facts: Facts,
    tenant: str,
    known: Known,
    when: tuple[datetime, datetime],
    scope: Scope,
    time: str | None,
    *,
    by_planogram: bool = False,
) -> pyarrow.Table:
    source = Source(tenant, stretches(*when, time, known.zones), scope)
    rows = source.rows(JUDGED, (f"{BUCKETS[time]} AS bucket", "cooler", "planogram", *_SUMMED, "photos"))
    keys = ("cooler", "bucket", *(["planogram"] if by_planogram else []))
    sums = ", ".join(f"sum({name}) AS s_{name}" for name in (*_SUMMED, "photos"))
    # A cooler that followed both kinds within the time is judged by the levels that both have.
    levels = (f"if(s_ordered = s_photos, s_{level} / s_photos, NULL) AS {level}" for level in OF_PLACES)
    errors = (f"s_{name} / s_photos / {MILLIONTHS} AS {name}" for name in ("variance", "unnamed"))
    # Named anew in an outer SELECT: ClickHouse takes a name within a sum for the sum of that name.
    statement = f"""
        SELECT cooler, bucket, {"planogram" if by_planogram else "NULL"}, s_moves / s_photos AS moves,
            s_planned / s_photos AS planned, s_present / s_photos AS present, {", ".join(levels)},
            s_count / s_photos AS count, {", ".join(errors)}
        FROM (
            SELECT {", ".join(keys)}, {sums} FROM ({rows}) AS each WHERE planned > 0 GROUP BY {", ".join(keys)}
        ) AS summed ORDER BY {", ".join(keys)} {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)
    return facts.arrow(statement, source.parameters)
