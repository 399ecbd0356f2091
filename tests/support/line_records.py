"""What the records say of the fleet of a `LineWorld`: places, products, plans, and what rules made of its photos."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.share.models import Intrusion
from cloud.audits.models import LatestObservation
from cloud.catalog.models import Product
from cloud.fleet.models import Device
from cloud.identity.service import create_tenant
from cloud.outlets.models import Cooler, Lane, Outlet, Planogram
from cloud.services import Services
from tests.support.line_world import LINES_EACH, SHELVES, SKUS, START, TENANT, LineWorld

BRANDS, REGIONS, CLASSES = 20, 8, ("shop", "bar", "station")
EVERY_DAYS = 7
"""Each cooler has a stock-out of some SKU so often."""
INTRUDED = 20
"""Every so many coolers has had a competitor's product in the last week."""


def furnish(services: Services, world: LineWorld) -> None:
    """Tenant, outlets, coolers, devices, products, planograms, latest photos, stock-outs and intrusions."""
    with services.records.all_tenants() as session:
        create_tenant(session, TENANT, "Acme")
    for make in (_outlets, _products, _planograms, _coolers, _devices, _watched, _episodes):
        with services.records.session(TENANT) as session:
            session.add_all(make(world))


def _outlets(world: LineWorld) -> Iterable[Outlet]:
    for number in range((world.coolers + 1) // 2):
        name, region = f"outlet-{number:04d}", f"region-{number % REGIONS}"
        yield Outlet(id=name, name=name, region=region, outlet_class=CLASSES[number % len(CLASSES)])


def _products(_: LineWorld) -> Iterable[Product]:
    for number in range(SKUS):
        own = number % 3 != 0
        owner = "Acme" if own else f"Others {number % 4}"
        name = f"sku-{number:03d}"
        yield Product(sku=name, name=name, brand=f"brand-{number % BRANDS}", owner=owner, own=own)


def _planograms(world: LineWorld) -> Iterable[Planogram]:
    """One for each set of SKUs, two facings each."""
    for number in range(SKUS):
        lanes = [Lane(sku=sku, depth=4) for sku in world.skus_of(number) for _ in range(2)]
        each = 2 * LINES_EACH // SHELVES
        rows = [lanes[first : first + each] for first in range(0, len(lanes), each)]
        yield Planogram(id=1 + number, name=f"plan {number}", rows=rows, created_at=START)


def _coolers(world: LineWorld) -> Iterable[Cooler]:
    for number in range(world.coolers):
        name = f"cooler-{number:04d}"
        yield Cooler(id=name, outlet_id=f"outlet-{number // 2:04d}", name=name, planogram_id=1 + number % SKUS)


def _devices(world: LineWorld) -> Iterable[Device]:
    for number in range(world.coolers):
        name = f"cooler-{number:04d}"
        yield Device(id=name, cooler_id=name, key_hash=name, mqtt_hash="", created_at=START)


def _watched(world: LineWorld) -> Iterable[ShelfWatch | LatestObservation]:
    at = world.end - timedelta(hours=1)
    for number in range(world.coolers):
        name, skus = f"cooler-{number:04d}", world.skus_of(number)
        yield ShelfWatch(cooler_id=name, skus={sku: {"seen": at.isoformat()} for sku in skus})
        line = {"units": 4, "facings": 2, "linear_share": 0.05, "confidence": 0.9, "count_sd": 0.4}
        yield LatestObservation(
            cooler_id=name,
            device_id=name,
            observation_id=uuid.UUID(int=number),
            photo_id=uuid.UUID(int=number),
            observed_at=at,
            due_at=at,
            received_at=at,
            clock_source="replay",
            quality={"verdict": "ok"},
            confidence=0.9,
            gaps=0,
            lines=[{"sku": sku, **line} for sku in skus],
        )


def _episodes(world: LineWorld) -> Iterable[StockoutEpisode | Intrusion]:
    for number in range(world.coolers):
        name, skus = f"cooler-{number:04d}", world.skus_of(number)
        for day in range(number % EVERY_DAYS, world.days, EVERY_DAYS):
            gone = START + timedelta(days=day, hours=10)
            yield StockoutEpisode(
                cooler_id=name,
                sku=skus[day % LINES_EACH],
                last_seen_at=gone,
                first_missed_at=gone + timedelta(hours=1),
                last_missed_at=gone + timedelta(hours=5),
                back_at=gone + timedelta(hours=6),
                confidence=0.9,
            )
        if number % INTRUDED == 0:
            came = world.end - timedelta(days=1 + number % 6)
            times = {"first_seen_at": came, "last_seen_at": came + timedelta(hours=9), "gone_at": None}
            yield Intrusion(cooler_id=name, sku="sku-000", facings=2, confidence=0.9, **times)
