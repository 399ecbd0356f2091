"""The simulated week as the demo reads it: places, photos and the truth about them, as docs/simulator.md describes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from facings.replay import ReplayManifest, read_manifest

OWNER = "northwind"
"""The company of the catalogue that runs the coolers."""


@dataclass(frozen=True)
class PhotoTruth:
    """What one photo really shows, by SKU: units of which enough can be seen, facings, units in the cooler, and what
    its price tags say."""

    units: dict[str, int]
    facings: dict[str, int]
    held: dict[str, int]
    prices: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class StockoutTruth:
    """A time in which a cooler held no unit of a planned SKU; `end` is None where it outlasted the week."""

    cooler: str
    sku: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Week:
    """A folder written by `facings sim week`."""

    folder: Path

    @property
    def packshots(self) -> Path:
        """A folder of pictures per SKU, each of the product alone."""
        return self.folder / "gallery"

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """The catalogue's products."""
        return list(self._read("catalogue.json")["products"])

    @cached_property
    def outlets(self) -> list[dict[str, Any]]:
        """The outlets, each with its coolers."""
        return list(self._read("outlets.json")["outlets"])

    @cached_property
    def outlet_of(self) -> dict[str, str]:
        """Outlet of each cooler."""
        return {cooler["id"]: outlet["id"] for outlet in self.outlets for cooler in outlet["coolers"]}

    @cached_property
    def planned(self) -> dict[str, Counter[str]]:
        """Planned lanes of each SKU, by cooler."""
        return {
            cooler["id"]: Counter(lane["sku"] for row in cooler["planogram"] for lane in row)
            for outlet in self.outlets
            for cooler in outlet["coolers"]
        }

    @cached_property
    def own(self) -> frozenset[str]:
        """The SKUs of the brand that runs the coolers."""
        return frozenset(product["sku"] for product in self.products if product["owner"] == OWNER)

    @cached_property
    def catalogue_prices(self) -> dict[str, float]:
        """What each SKU ought to cost."""
        return {product["sku"]: product["price"] for product in self.products}

    def replay_folder(self, cooler: str) -> Path:
        """Where a cooler's photos lie."""
        return self.folder / "coolers" / cooler

    @cached_property
    def manifests(self) -> dict[str, ReplayManifest]:
        """What each cooler's camera replays."""
        return {cooler: read_manifest(self.replay_folder(cooler)) for cooler in self.outlet_of}

    @property
    def photo_count(self) -> int:
        """Photos of all coolers."""
        return sum(len(manifest.entries) for manifest in self.manifests.values())

    @cached_property
    def photos(self) -> dict[tuple[str, datetime], PhotoTruth]:
        """The truth of each photo, by cooler and time."""
        return {(photo["cooler"], _moment(photo["at"])): _photo(photo) for photo in self._truth["photos"]}

    @cached_property
    def stockouts(self) -> list[StockoutTruth]:
        """Every true stock-out."""
        return [
            StockoutTruth(
                found["cooler"], found["sku"], _moment(found["start"]), _moment(found["end"]) if found["end"] else None
            )
            for found in self._truth["stock_outs"]
        ]

    @cached_property
    def visits(self) -> dict[str, list[datetime]]:
        """When goods came to each outlet, in time order."""
        times = defaultdict(set)
        for delivery in self._truth["deliveries"]:
            times[delivery["outlet"]].add(_moment(delivery["at"]))
        return {outlet: sorted(at) for outlet, at in times.items()}

    @cached_property
    def _truth(self) -> dict[str, Any]:
        return self._read("truth.json")

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _photo(photo: dict[str, Any]) -> PhotoTruth:
    return PhotoTruth(
        units={line["sku"]: line["units_visible"] for line in photo["lines"]},
        facings={line["sku"]: line["facings"] for line in photo["lines"]},
        held={line["sku"]: line["units_total"] for line in photo["lines"]},
        prices={tag["sku"]: tag["price"] for tag in photo.get("price_tags", ())},
    )
