"""What the records say of places and products, each read once and only when it is needed.

Read as columns: thousands of records as objects would take longer than the sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.catalog.models import Product
from cloud.fleet.models import Device
from cloud.outlets.models import Cooler, Outlet

UNKNOWN = "unknown"
"""Name of products that no gallery knows, and group of those that the catalogue does not know."""


@dataclass(frozen=True, slots=True)
class KnownOutlet:
    """An outlet."""

    name: str
    region: str
    outlet_class: str
    timezone: str


@dataclass(frozen=True, slots=True)
class KnownCooler:
    """A cooler and the outlet that it stands in now."""

    name: str
    name_zh: str
    outlet: str


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product of the catalogue."""

    name: str
    brand: str
    owner: str
    category: str
    pack: str
    group: str


NO_OUTLET = KnownOutlet("", "", "", "UTC")
NO_PRODUCT = KnownProduct("", "", "", "", "", UNKNOWN)


class Known:
    """Places and products of one tenant."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def outlets(self) -> Mapping[str, KnownOutlet]:
        """By id."""
        wanted = select(Outlet.id, Outlet.name, Outlet.region, Outlet.outlet_class, Outlet.timezone)
        return {row[0]: KnownOutlet(*row[1:]) for row in self._session.execute(wanted)}

    @cached_property
    def coolers(self) -> Mapping[str, KnownCooler]:
        """By id."""
        wanted = select(Cooler.id, Cooler.name, Cooler.name_zh, Cooler.outlet_id)
        return {row[0]: KnownCooler(*row[1:]) for row in self._session.execute(wanted)}

    @cached_property
    def products(self) -> Mapping[str, KnownProduct]:
        """By SKU."""
        shown = (Product.name, Product.brand, Product.owner, Product.category, Product.pack)
        rows = self._session.execute(select(Product.sku, Product.own, *shown))
        return {row[0]: KnownProduct(*row[2:], "own" if row[1] else "competitor") for row in rows}

    @cached_property
    def expected(self) -> frozenset[str]:
        """Coolers with a device: those of which photos are expected."""
        return frozenset(self._session.scalars(select(Device.cooler_id).where(Device.revoked_at.is_(None))))

    @cached_property
    def zones(self) -> Mapping[str, Sequence[str]]:
        """The outlets of each time zone."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, outlet in self.outlets.items():
            found[outlet.timezone].append(name)
        return found

    def outlet_value(self, dimension: str, outlet: str) -> str:
        """What `dimension` says of an outlet."""
        if dimension == "outlet":
            return outlet
        known = self.outlets.get(outlet, NO_OUTLET)
        return known.region if dimension == "region" else known.outlet_class

    def product_value(self, dimension: str, sku: str) -> str:
        """What `dimension` says of a SKU; the unknown has the empty SKU, and empty texts of what is not known."""
        if dimension == "sku":
            return sku
        value: str = getattr(self.products.get(sku, NO_PRODUCT), dimension)
        return value

    def place_value(self, dimension: str, cooler: str) -> str:
        """What `dimension` says of a cooler, where it stands now."""
        return cooler if dimension == "cooler" else self.outlet_value(dimension, self.coolers[cooler].outlet)

    def name(self, dimension: str, key: str) -> str:
        """What people call the part of a group."""
        if dimension == "sku":
            found = self.products.get(key)
            return found.name if found else key or UNKNOWN
        if dimension == "cooler":
            return self.coolers[key].name if key in self.coolers else key
        if dimension == "outlet":
            return self.outlets[key].name if key in self.outlets else key
        return key or UNKNOWN
