"""Coolers with planograms, and photos of them sent straight to the stores, for tests that need no broker."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.audits.inbox import Arrival
from cloud.audits.intake import read
from cloud.audits.store import Outcome, store
from cloud.broker.link import Receipt
from cloud.catalog.models import Product
from cloud.fleet.service import add_device
from cloud.identity.service import create_tenant, operator
from cloud.outlets.models import Cooler, Lane, Outlet, Planogram
from cloud.services import Services
from facings.messages import Box, Gap, Message, Timing
from facings.messages import Product as SeenProduct
from facings.topics import DeviceTopics
from tests.support.messages import BOOT, NOON, observation, products_of

PLAN = {"cola-330": 4, "lemon-330": 2}


@dataclass
class Shelf:
    """Tenants `acme` and `other`, alike: outlet `kiosk` with `cooler-01`, planned for 4 cola-330 and 2 lemon-330, and
    `cooler-02` without a planogram; a device of the same name in each; products cola-330, lemon-330, and rival-330."""

    services: Services
    keys: dict[str, str] = field(default_factory=dict)
    _seq: int = 0

    def furnish(self) -> Shelf:
        for tenant in ("acme", "other"):
            with self.services.records.all_tenants() as session:
                create_tenant(session, tenant, tenant.title())
            with self.services.records.session(tenant) as session:
                self._furnish(session, tenant)
        return self

    def _furnish(self, session: Session, tenant: str) -> None:
        lanes = [Lane(sku=sku, depth=3) for sku, places in PLAN.items() for _ in range(places)]
        plan = Planogram(name="standard", rows=[lanes], created_at=NOON)
        session.add_all([plan, Outlet(id="kiosk", name="Kiosk", name_zh="小卖部", region="north")])
        session.flush()
        for sku, own in (("cola-330", True), ("lemon-330", True), ("rival-330", False)):
            session.add(Product(sku=sku, name=sku.title(), name_zh="饮料", brand=sku[:-4], owner="x", own=own))
        session.add(Cooler(id="cooler-01", outlet_id="kiosk", name="Front", planogram_id=plan.id))
        session.add(Cooler(id="cooler-02", outlet_id="kiosk", name="Back"))
        session.flush()
        for device in ("cooler-01", "cooler-02"):
            self.keys[f"{tenant}/{device}"] = add_device(session, operator(tenant), device, device)[1]

    def photo(self, hour: float, counts: dict[str | None, int], **fields: Any) -> Message:
        """The next observation, `hour` hours after noon."""
        self._seq += 1
        moment = NOON + timedelta(hours=hour)
        now = datetime.now(UTC)
        given = {"seq": self._seq, "captured_at": moment, "timing": Timing(due_at=now, taken_at=now, vision_ms=90)}
        products, gaps = in_lanes(counts)
        given |= {"products": products, "gaps": gaps}
        return observation(counts=counts, **(given | fields))

    def row(self, hour: float, counts: dict[str | None, int], **fields: Any) -> Message:
        """The same with all units side by side on one shelf, in the order of `counts`, without a gap."""
        return self.photo(hour, counts, products=products_of(counts), gaps=(), **fields)

    def send(self, *messages: Message | bytes, device: str = "cooler-01", **where: Any) -> list[Outcome]:
        """Have the messages stored in one batch, as if the broker had brought them."""
        return store(self.services, [read(self.arrival(message, device=device, **where)) for message in messages])

    def arrival(
        self,
        message: Message | bytes,
        *,
        device: str = "cooler-01",
        tenant: str = "acme",
        kind: str = "",
        at: datetime | None = None,
    ) -> Arrival:
        kind = kind or (message.SCHEMA.split("/")[1] if isinstance(message, Message) else "observation")
        payload = message.to_wire() if isinstance(message, Message) else message
        topic = f"{DeviceTopics(tenant, device).base}/{kind}"
        return Arrival(topic, payload, Receipt(1, 1), at or self.services.clock.now(), time.monotonic())

    def rows(self, table: Any, *conditions: Any, tenant: str = "acme") -> list[Any]:
        with self.services.records.session(tenant, write=False) as session:
            return list(session.scalars(select(table).where(*conditions)))

    def facts(self, table: Any, tenant: str = "acme") -> int:
        """How many rows a table of the facts has."""
        return int(self.services.facts.select(tenant, select(func.count()).select_from(table), table)[0][0])


def in_lanes(counts: dict[str | None, int]) -> tuple[tuple[SeenProduct, ...], tuple[Gap, ...]]:
    """One shelf row of the PLAN: each SKU in its lanes, gaps in those that are empty; all others stand behind."""
    left = dict(counts)
    products, gaps = [], []
    for lane, sku in enumerate(sku for sku, places in PLAN.items() for _ in range(places)):
        box = Box(x=round(lane / 6, 4), y=0.4, w=0.15, h=0.3)
        if left.get(sku, 0):
            left[sku] -= 1
            products.append(_seen(sku, box, lane))
        else:
            gaps.append(Gap(box=box, row=0, confidence=0.9))
    behind = (sku for sku, units in left.items() for _ in range(units))
    products += [_seen(sku, Box(x=0.0, y=0.2, w=0.15, h=0.1), 0, front=False) for sku in behind]
    return tuple(products), tuple(gaps)


def _seen(sku: str | None, box: Box, column: int, *, front: bool = True) -> SeenProduct:
    return SeenProduct(box=box, sku=sku, score=0.95, sku_confidence=0.97, row=0, column=column, front=front)


def boot(number: int) -> uuid.UUID:
    """The id of a boot, the first of which the other helpers use."""
    return uuid.UUID(int=BOOT.int + number)
