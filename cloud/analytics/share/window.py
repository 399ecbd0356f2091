"""What stood in the coolers over some time: for each cooler and SKU the mean over its usable photos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.source import SETTINGS, Source
from cloud.analytics.query.stretches import stretches, whole_hours
from cloud.analytics.rollups.kinds import MILLIONTHS, PHOTO, SHELF
from cloud.analytics.share.mean_lines import NO_LINES, MeanLines
from cloud.audits.facts import Facts

_ORDER = [(name, "ascending") for name in ("cooler", "sku", "outlet")]


class Watched(NamedTuple):
    """The photos behind it."""

    cooler: str
    outlet: str
    photos: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Some time of some coolers, by the outlet that each stood in when its photos were taken; the lines in the order of
    coolers and SKUs."""

    start: datetime
    end: datetime
    lines: MeanLines
    watched: tuple[Watched, ...]


def read_window(
    facts: Facts, tenant: str, known: Known, start: datetime, end: datetime, scope: Scope = EVERYTHING
) -> Window:
    """What stood in the coolers in `scope` from `start` to just before `end`, from the rollups as they are.

    Like all that is not cut by days it is taken from whole hours of UTC, the first and the last included.
    """
    start, end = whole_hours(start, end)
    source = Source(tenant, stretches(start, end, None, known.zones), scope)
    # Put in order here: the store takes several times as long.
    lines = facts.arrow(f"{_lines(source)} {SETTINGS}", source.parameters).sort_by(_ORDER)
    return Window(start, end, MeanLines.of_arrow(lines), _photographed(facts, source))


def read_watched(
    facts: Facts, tenant: str, known: Known, start: datetime, end: datetime, scope: Scope = EVERYTHING
) -> Window:
    """The same without the lines: whose photos there are, and of when."""
    start, end = whole_hours(start, end)
    source = Source(tenant, stretches(start, end, None, known.zones), scope)
    return Window(start, end, NO_LINES, _photographed(facts, source))


def read_windows(facts: Facts, tenant: str, known: Known, start: datetime, end: datetime) -> tuple[Window, Window]:
    """A period and the one of the same length before it, the earlier one first."""
    after = read_window(facts, tenant, known, start, end)
    return read_window(facts, tenant, known, after.start - (after.end - after.start), after.start), after


def _watched(source: Source) -> str:
    rows = source.rows(PHOTO, ("cooler", "outlet", "photos", "first", "last"))
    return f"""
        SELECT cooler, outlet, sum(photos) AS taken, minIf(first, toUnixTimestamp(last) > 0), max(last)
        FROM ({rows}) AS one GROUP BY cooler, outlet
    """  # noqa: S608 (names of ours; values are bound)


def _lines(source: Source) -> str:
    # The error of facings is that of units, in proportion. Of buckets that were closed before they kept their surest
    # line only the mean is left.
    surest = "if(surest = 0 AND units > 0, intDiv(confidence, lines), surest) AS surest_line"
    rows = source.rows(SHELF, ("cooler", "outlet", "sku", "units", "facings", "variance", surest))
    return f"""
        SELECT cooler, outlet, sku, s_units / taken, s_facings / taken,
            s_variance / {MILLIONTHS} / taken * pow(s_facings / s_units, 2), least(stocked / {MILLIONTHS}, 1)
        FROM (
            SELECT cooler, outlet, sku, sum(units) AS s_units, sum(facings) AS s_facings, sum(variance) AS s_variance,
                max(surest_line) AS stocked
            FROM ({rows}) AS each GROUP BY cooler, outlet, sku HAVING s_units > 0
        ) AS seen INNER JOIN ({_watched(source)}) AS photographed USING (cooler, outlet)
    """  # noqa: S608


def _photographed(facts: Facts, source: Source) -> tuple[Watched, ...]:
    answer = facts.arrow(f"{_watched(source)} ORDER BY cooler, outlet {SETTINGS}", source.parameters)
    return tuple(map(Watched, *(column.to_pylist() for column in answer.columns)))
