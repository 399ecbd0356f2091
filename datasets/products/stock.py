"""What stands on a shelf: lanes of units, front to back. Both renderers and the simulated world speak of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """One product on the shelf, with the products stacked on it from low to high."""

    sku: str
    fallen: bool = False
    stacked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One column of a shelf: its width and what stands in it, front to back; None is an empty place."""

    width_mm: float
    places: tuple[Unit | None, ...]
    planned: str | None = None
