"""Many shelf lines at once: made inside the facts store, as a fleet with a photo every hour would send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isqrt

from cloud.analytics.rollups.statements import milliseconds
from cloud.audits.facts import observation, shelf_line
from cloud.catalog.models import Product
from cloud.fleet.models import Device
from cloud.identity.service import create_tenant
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services

TENANT = "acme"
START = datetime(2026, 1, 1, tzinfo=UTC)
LINES_EACH, PHOTOS_A_DAY = 20, 24
SKUS, BRANDS, REGIONS = 200, 20, 8
_MOST_COOLERS, _AT_MOST = 2_000, 100_000_000

_BOOT, _PHOTO_ID = (f"toUUID('00000000-0000-4000-8000-00000000000{number}')" for number in (1, 2))
# `c` counts coolers, `h` hours of the day, `l` lines; hashes of them stand for chance.
_KEY = {
    "tenant": f"'{TENANT}'",
    "cooler": "concat('cooler-', toString(c))",
    "captured_at": "fromUnixTimestamp64Milli(toInt64(%(day)s) + 3600000 * h + 60000 * modulo(c, 60), 'UTC')",
    "device": "cooler",
    "boot_id": _BOOT,
    "seq": "%(first)s + h",
    "outlet": "concat('outlet-', toString(intDiv(c, 2)))",
    "observation_id": _PHOTO_ID,
    "received_at": "captured_at",
    "verdict": "'ok'",
}
_LINE = _KEY | {
    "line": "l",
    "sku": f"concat('sku-', toString(modulo(c * 7 + l, {SKUS})))",
    "grp": "'own'",
    "units": "1 + modulo(cityHash64(c, l, h, %(first)s), 8)",
    "facings": "1 + modulo(units, 3)",
    "linear_share": "units / 90",
    "confidence": "0.5 + modulo(cityHash64(h, l, c, %(first)s), 500) / 1000",
    "count_sd": "0.2 + modulo(cityHash64(l, c), 10) / 20",
}
_PHOTO = _KEY | {"photo_id": _PHOTO_ID, "trigger": "'schedule'", "confidence": "0.9", "units": "80", "facings": "40"}


@dataclass(frozen=True)
class LineWorld:
    """A fleet of `coolers`, two to an outlet, over `days`; every cooler has 20 of 200 SKUs."""

    coolers: int
    days: int

    @classmethod
    def of(cls, lines: int) -> LineWorld:
        """About so many lines."""
        coolers = max(4, _MOST_COOLERS * isqrt(lines * 10_000) // isqrt(_AT_MOST * 10_000))
        return cls(coolers, max(2, round(lines / (coolers * PHOTOS_A_DAY * LINES_EACH))))

    @property
    def lines(self) -> int:
        """All of them."""
        return self.coolers * self.days * PHOTOS_A_DAY * LINES_EACH

    @property
    def end(self) -> datetime:
        """Just after the last day."""
        return START + timedelta(days=self.days)

    def furnish(self, services: Services) -> None:
        """The records: tenant, outlets, coolers, devices and products."""
        with services.records.all_tenants() as session:
            create_tenant(session, TENANT, "Acme")
        with services.records.session(TENANT) as session:
            for number in range((self.coolers + 1) // 2):
                region, kind = f"region-{number % REGIONS}", ("shop", "bar", "station")[number % 3]
                session.add(Outlet(id=f"outlet-{number}", name=f"Outlet {number}", region=region, outlet_class=kind))
            for number in range(SKUS):
                brand, own = f"brand-{number % BRANDS}", number % 3 != 0
                owner = "Acme" if own else "Others"
                session.add(Product(sku=f"sku-{number}", name=f"SKU {number}", brand=brand, owner=owner, own=own))
            session.flush()
            for number in range(self.coolers):
                cooler = f"cooler-{number}"
                session.add(Cooler(id=cooler, outlet_id=f"outlet-{number // 2}", name=cooler))
            session.flush()
            for number in range(self.coolers):
                cooler = f"cooler-{number}"
                session.add(Device(id=cooler, cooler_id=cooler, key_hash=cooler, mqtt_hash="", created_at=START))

    def generate(self, services: Services) -> None:
        """The facts, a day at a time, so that memory stays flat."""
        for number in range(self.days):
            day = milliseconds(START + timedelta(days=number))
            bound = {"day": day, "first": number * PHOTOS_A_DAY, "coolers": self.coolers}
            for table, columns, each in ((shelf_line, _LINE, LINES_EACH), (observation, _PHOTO, 1)):
                rows = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
                counted = (
                    f"intDiv(number, {PHOTOS_A_DAY * each}) AS c, modulo(intDiv(number, {each}), {PHOTOS_A_DAY}) AS h"
                )
                numbers = f"numbers(%(coolers)s * {PHOTOS_A_DAY * each})"
                services.facts.command(
                    f"INSERT INTO {table.name} ({', '.join(columns)}) "
                    f"SELECT {rows} FROM (SELECT {counted}, modulo(number, {each}) AS l FROM {numbers})",
                    bound,
                )
