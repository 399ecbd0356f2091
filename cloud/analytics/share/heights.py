"""Shares by the height of the shelves: the upper third, the middle third at eye level, and the lower third."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.source import SETTINGS, Source
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.kinds import HEIGHT, JUDGED, MILLIONTHS
from cloud.analytics.share.mean_lines import MeanLines
from cloud.audits.facts import Facts

Height = Literal["top", "eye-level", "bottom"]
HEIGHTS: tuple[Height, ...] = ("top", "eye-level", "bottom")

_ORDER = [(name, "ascending") for name in ("third", "cooler", "sku", "outlet")]
_FACINGS = ("top", "eye_level", "bottom")
_VARIANCES = tuple(f"{name}_variance" for name in _FACINGS)


def lines_by_height(
    facts: Facts, tenant: str, known: Known, start: datetime, end: datetime, scope: Scope = EVERYTHING
) -> Mapping[Height, MeanLines]:
    """The mean judged photo of each cooler with three shelves or more, by height of the shelf, in whole hours of UTC;
    from the rollups as they are."""
    source = Source(tenant, stretches(start, end, None, known.zones), scope)
    # Put in order here: the store takes several times as long.
    answer = facts.arrow(_statement(source), source.parameters).sort_by(_ORDER)
    third, lines = answer.column(0).to_numpy(), MeanLines.of_arrow(answer.select(range(1, answer.num_columns)))
    return {height: lines.where(third == number) for number, height in enumerate(HEIGHTS)}


def _statement(source: Source) -> str:
    rows = source.rows(HEIGHT, ("cooler", "outlet", "sku", *_FACINGS, *_VARIANCES))
    summed = ", ".join(f"sum({name}) AS s_{name}" for name in (*_FACINGS, *_VARIANCES))
    facings, variances = (", ".join(f"s_{name}" for name in names) for names in (_FACINGS, _VARIANCES))
    judged = source.rows(JUDGED, ("cooler", "photos"))
    return f"""
        SELECT third, cooler, outlet, sku, seen / taken AS units, units AS facings, error / {MILLIONTHS} / taken, 1
        FROM (
            SELECT cooler, outlet, sku, {summed} FROM ({rows}) AS each GROUP BY cooler, outlet, sku
        ) AS stood
        ARRAY JOIN [0, 1, 2] AS third, [{facings}] AS seen, [{variances}] AS error
        INNER JOIN (
            SELECT cooler, sum(photos) AS taken FROM ({judged}) AS one GROUP BY cooler
        ) AS judged USING (cooler)
        WHERE seen > 0 {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)
