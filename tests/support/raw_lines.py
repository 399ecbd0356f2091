"""Raw lines of photos straight into the facts, in any order and as often as one likes, for tests of what is made of
them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.audits.facts import observation, shelf_line
from cloud.services import Services


@dataclass(frozen=True)
class RawPhoto:
    """A photo with its lines, SKU -> units."""

    number: int
    """Names its message: the same again is the same photo."""
    cooler: str
    outlet: str
    at: datetime
    units: Mapping[str, int]
    verdict: str = "ok"
    clock_suspect: int = 0

    def _key(self, tenant: str) -> tuple[Any, ...]:
        return tenant, self.cooler, self.at, self.cooler, uuid.UUID(int=1), self.number

    def row(self, tenant: str) -> tuple[Any, ...]:
        """Of `observation`."""
        total = sum(self.units.values())
        names = uuid.UUID(int=self.number), uuid.UUID(int=self.number)
        counted = "schedule", self.verdict, 0.9, total, len(self.units), 0, 5, 0, self.clock_suspect
        return *self._key(tenant), self.outlet, *names, self.at, *counted, "{}"

    def lines(self, tenant: str) -> list[tuple[Any, ...]]:
        """Of `shelf_line`."""
        return [
            (
                *self._key(tenant),
                number,
                self.outlet,
                uuid.UUID(int=self.number),
                self.at,
                sku,
                "own",
                units,
                units // 2 + 1 if units else 0,
                0.1 * units,
                0.7 + 0.03 * units,
                0.3,
                self.verdict,
                0,
                self.clock_suspect,
            )
            for number, (sku, units) in enumerate(self.units.items())
        ]

    def facings(self, tenant: str) -> list[tuple[Any, ...]]:
        """Of `shelf_facing`: a shelf for each SKU, as many shelves as units in all."""
        shelves = max(sum(self.units.values()), len(self.units))
        return [
            (*self._judged(tenant), row, shelves, sku, units // 2 + 1, 0.1 * units, units % 2, self.at)
            for row, (sku, units) in enumerate(self.units.items())
        ]

    def judgement(self, tenant: str) -> tuple[Any, ...]:
        """Of `photo_judgement`: by planogram 7."""
        present = sum(self.units.values())
        return (*self._judged(tenant), 7, 1, 12, present, present, present, present, 0.25, 0.5, 3, self.at)

    def _judged(self, tenant: str) -> tuple[Any, ...]:
        return tenant, self.cooler, self.at, uuid.UUID(int=self.number), self.outlet


def bring(services: Services, tenant: str, photos: Sequence[RawPhoto]) -> None:
    """Store the photos in one batch, as ingest does."""
    services.facts.insert(observation, [photo.row(tenant) for photo in photos])
    services.facts.insert(shelf_line, [line for photo in photos for line in photo.lines(tenant)])
    services.rollups.note((tenant, photo.cooler, photo.outlet, photo.at) for photo in photos if not photo.clock_suspect)


def judge(services: Services, tenant: str, photos: Sequence[RawPhoto]) -> None:
    """Store the judgements of the usable ones in one batch, as judging does."""
    usable = [photo for photo in photos if photo.verdict != "unusable" and not photo.clock_suspect]
    services.facts.insert(shelf_facing, [row for photo in usable for row in photo.facings(tenant)])
    services.facts.insert(judgement, [photo.judgement(tenant) for photo in usable])
    services.rollups.note(((tenant, one.cooler, one.outlet, one.at) for one in usable), "judgements")


def stored_rollup(services: Services, tenant: str, name: str, columns: Iterable[str]) -> list[tuple[Any, ...]]:
    """The rows of a rollup, those of zeros left out."""
    counted = "lines" if name.startswith("shelf") else "photos"
    names = ", ".join(columns)
    statement = f"SELECT {names} FROM {name} FINAL WHERE tenant = %(tenant)s AND {counted} > 0 ORDER BY ALL"
    return _rows(services, statement, tenant)


def raw_sums(services: Services, tenant: str, statement: str) -> list[tuple[Any, ...]]:
    """The answer of `statement` on the raw lines of `{tenant}`, in order."""
    return _rows(services, statement, tenant)


def _rows(services: Services, statement: str, tenant: str) -> list[tuple[Any, ...]]:
    answer = services.facts.arrow(statement, {"tenant": tenant})
    return [tuple(row.values()) for row in answer.to_pylist()]
