"""A cloud with the sell-out of a simulated promotion in its facts, as if photos had told it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from cloud.analytics.sellout.sold_table import sellout_day
from cloud.catalog.models import Product
from cloud.identity.service import create_tenant, operator
from cloud.outlets.models import Cooler, Outlet
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionBody
from cloud.retail.promotions.service import put_promotion
from cloud.services import Services
from facings.clock import SystemClock
from tests.support.promotions import PROMOTED, SISTERS, Simulated

TENANT = "acme"


class SetClock(SystemClock):
    """A clock that stands where it was set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class PromotedCloud:
    """Products, outlets with a cooler each (`cooler-OUTLET`), and their sell-out; the clock a month after the end."""

    services: Services
    simulated: Simulated

    def furnish(self, *, new_tenant: bool = True) -> PromotedCloud:
        promotion = self.simulated.promotion
        over = datetime.combine(promotion.last + timedelta(days=30), datetime.min.time(), UTC)
        self.services.clock = SetClock(over)
        if new_tenant:
            with self.services.records.all_tenants() as session:
                create_tenant(session, TENANT, "Acme")
        with self.services.records.session(TENANT) as session:
            for sku in (*PROMOTED, *SISTERS):
                session.add(Product(sku=sku, name=sku.title(), brand="Korra", owner="Acme", own=True))
            for one in self.simulated.sell_out.outlets:
                session.add(Outlet(id=one.id, name=one.id.title(), region=one.region, outlet_class=one.outlet_class))
            session.flush()
            for one in self.simulated.sell_out.outlets:
                session.add(Cooler(id=f"cooler-{one.id}", outlet_id=one.id, name=one.id))
        self.sell()
        return self

    @property
    def now(self) -> datetime:
        return self.services.clock.now()

    def sell(
        self,
        days: slice = slice(None),
        computed_at: datetime | None = None,
        moved: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Store the sell-out of some days; that of `moved` (cooler to outlet) under another outlet."""
        at = computed_at or self.now - timedelta(hours=1)
        rest = (0.1, 0.0, 0.0, 0.0, 12.0, 0.95, 0, at)
        sell_out = self.simulated.sell_out
        rows = [
            (TENANT, cooler, sku, sell_out.days[day], moved.get(cooler, outlet.id), float(units), *rest)
            for place, outlet in enumerate(sell_out.outlets)
            for number, sku in enumerate(sell_out.skus)
            for day in range(*days.indices(len(sell_out.days)))
            for units, cooler in ((sell_out.units[place, number, day], f"cooler-{outlet.id}"),)
        ]
        self.services.facts.insert(sellout_day, rows)

    def body(self, **changed: Any) -> dict[str, Any]:
        """The simulated promotion as the API takes it."""
        promotion = self.simulated.promotion
        return {
            "name": "Summer cola",
            "discount": 0.2,
            "skus": sorted(promotion.skus),
            "sisters": sorted(promotion.sisters),
            "outlets": sorted(promotion.outlets),
            "first": str(promotion.first),
            "last": str(promotion.last),
            "margins": dict(promotion.margins),
            "cost": promotion.cost,
        } | changed

    def add(self, **changed: Any) -> Promotion:
        """The promotion in the records."""
        body = PromotionBody.model_validate(self.body(**changed))
        with self.services.records.session(TENANT) as session:
            return put_promotion(session, operator(TENANT), body, self.now - timedelta(days=1))

    def outlets(self, *, promoted: bool) -> Iterable[str]:
        """Ids of the outlets with the promotion, or without it."""
        mine = self.simulated.promotion.outlets
        return [one.id for one in self.simulated.sell_out.outlets if (one.id in mine) is promoted]
