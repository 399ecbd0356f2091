"""Shares by the height of the shelves: the upper third, the middle third at eye level, and the lower third."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select

from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.analytics.share.window import MeanLine
from cloud.audits.facts import Facts

Height = Literal["top", "eye-level", "bottom"]
HEIGHTS: tuple[Height, ...] = ("top", "eye-level", "bottom")

LEAST_SHELVES = 3
"""Coolers with fewer have no three heights."""


def lines_by_height(
    facts: Facts, tenant: str, start: datetime, end: datetime, coolers: Collection[str] | None = None
) -> Mapping[Height, Sequence[MeanLine]]:
    """The mean judged photo of each cooler with three shelves or more, by height of the shelf."""
    one, photo = shelf_facing.c, judgement.c
    counted = select(photo.cooler, func.count().label("photos")).group_by(photo.cooler)
    counted = counted.where(photo.captured_at >= start, photo.captured_at < end)
    photos = {row.cooler: row.photos for row in facts.select(tenant, counted, judgement)}
    # The middle of a shelf's height, from 0 at the top to 1 at the bottom.
    third = func.intDiv(3 * (2 * one.row + 1), 2 * one.rows).label("third")
    summed = select(
        one.cooler,
        one.outlet,
        one.sku,
        third,
        func.sum(one.facings).label("facings"),
        func.sum(one.variance).label("variance"),
    ).group_by(one.cooler, one.outlet, one.sku, third)
    summed = summed.where(one.captured_at >= start, one.captured_at < end, one.rows >= LEAST_SHELVES)
    if coolers is not None:
        summed = summed.where(one.cooler.in_(sorted(coolers)))
    found: dict[Height, list[MeanLine]] = defaultdict(list)
    for row in facts.select(tenant, summed, shelf_facing):
        if number := photos.get(row.cooler):
            facings = row.facings / number
            mean = MeanLine(row.cooler, row.outlet, row.sku, facings, facings, row.variance / number, 1.0)
            found[HEIGHTS[row.third]].append(mean)
    return found
