"""Stock-outs that were told of photos which are no longer kept: telling anew from what is left must not take them back.

`retention.lines_days` deletes photos, not what they told. Where a SKU is told anew from the first photo that there is,
episodes that ended before it stay as they are, and one that lasted beyond it goes on from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cloud.analytics.absence import Reading
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.stockouts import Episode, SkuWatch


def known_before(
    rows: Sequence[StockoutEpisode], readings: Sequence[Reading]
) -> tuple[list[StockoutEpisode], SkuWatch]:
    """The episodes of a SKU that the photos which are left tell of, and what was known of it before the first of them.

    Args:
        rows: all its episodes, by their start.
        readings: of all photos that are kept, in the order they were taken.
    """
    if not readings:
        return [], SkuWatch()
    first = readings[0].at
    told = [row for row in rows if row.first_missed_at >= first]
    lasting = next((row for row in rows if row not in told and _lasted_to(row, first)), None)
    if lasting:
        return [lasting, *told], SkuWatch(lasting.last_seen_at, missing=_until(lasting, first, readings))
    seen = [at for row in rows for at in (row.last_seen_at, row.back_at) if at and at < first]
    return told, SkuWatch(max(seen, default=None))


def _lasted_to(row: StockoutEpisode, moment: datetime) -> bool:
    return row.withdrawn_at is None and (row.back_at is None or row.back_at >= moment)


def _until(row: StockoutEpisode, first: datetime, readings: Sequence[Reading]) -> Episode:
    """The episode as it was before the first photo that is left: it lasted, and the others had made it likely."""
    left = sum(first <= one.at <= row.last_missed_at for one in readings)
    last = min(row.last_missed_at, first)
    return Episode(row.last_seen_at, row.first_missed_at, last, row.confidence, photos=max(row.photos - left, 1))
