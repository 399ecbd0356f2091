"""A cooler that runs short: cola again and again, with sell-out and a price, and down to its last unit now."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from cloud.analytics.models import StockoutEpisode
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.catalog.models import Product
from tests.support.messages import NOON
from tests.support.shelf import Shelf

SOLD_DAYS = 10
SOLD, LOST = 5.0, 1.0
"""Units of cola a day in `cooler-01`, sold and wanted in vain."""
PRICE = Decimal("2.50")
RAN_OUT = {"cola-330": (12, 9, 6), "lemon-330": (11, 7, 3), "rival-330": (5, 4)}
"""Days ago on which each SKU went missing in `cooler-01`, for six hours at least and twelve at most."""


def run_short(shelf: Shelf, now: datetime) -> Shelf:
    """Give `cooler-01` its past up to `now`: of lemon and rival no sell-out is known, nor what they cost."""
    hour = (now - NOON) / timedelta(hours=1)
    shelf.send(shelf.photo(hour - 24 * 14, {"cola-330": 4, "lemon-330": 2}))
    shelf.send(shelf.photo(hour - 6, {"cola-330": 1, "lemon-330": 2}))
    with shelf.services.records.session("acme") as session:
        cola = session.get_one(Product, ("acme", "cola-330"))
        cola.price, cola.currency = PRICE, "USD"
        for sku, days in RAN_OUT.items():
            session.add_all(_episode(sku, now - timedelta(days=ago)) for ago in days)
    rest = (SOLD, 0.0, 0.0, LOST, 0.0, 9.0, 1.0, 0, now)
    days = [(now - timedelta(days=ago)).date() for ago in range(1, SOLD_DAYS + 1)]
    shelf.services.facts.insert(sellout_day, [("acme", "cooler-01", "cola-330", day, "kiosk", *rest) for day in days])
    return shelf


def _episode(sku: str, missed: datetime) -> StockoutEpisode:
    """Last seen three hours before it was missed; missed for six hours, back three hours later."""
    return StockoutEpisode(
        cooler_id="cooler-01",
        sku=sku,
        confidence=0.9,
        last_seen_at=missed - timedelta(hours=3),
        first_missed_at=missed,
        last_missed_at=missed + timedelta(hours=6),
        back_at=missed + timedelta(hours=9),
    )
