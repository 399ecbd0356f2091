"""Simulated promotions with a known truth: Poisson demand, outlets of several regions and classes, shocks, seasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cloud.analytics.promo.sellout import Outlet, Promotion, SellOut

FIRST_DAY = date(2026, 3, 2)
PROMOTED = ("cola-330", "cola-500")
SISTERS = ("cola-zero-330", "lemon-330", "orange-330")
WEEKDAYS = np.array([0.85, 0.85, 0.9, 1.0, 1.2, 1.3, 0.9])
MARGIN = 0.4


@dataclass(frozen=True)
class Market:
    """What is simulated."""

    outlets: int = 90
    promoted: int = 30
    regions: int = 3
    days_before: int = 56
    days_during: int = 14
    days_after: int = 14
    lift: float = 0.4
    """Of the promoted SKUs during the promotion."""
    spread: float = 0.3
    """By how much the lift differs between outlets, relative to it."""
    dip: float = 0.08
    """Of the promoted SKUs after it."""
    taken: float = 0.05
    """What sister SKUs lose during it."""
    region_shock: float = 0.10
    """Of a day, common to a region."""
    outlet_shock: float = 0.12
    """Of a week, of one outlet."""
    cost: float = 150.0


@dataclass(frozen=True)
class Simulated:
    """A promotion and what it truly did, as expected values over the simulated demand."""

    sell_out: SellOut
    promotion: Promotion
    gained: dict[str, float]
    """Promoted units per day of the promotion, by promoted outlet."""
    net_units: float
    roi: float

    def effect(self, without: Iterable[str] = ()) -> float:
        """Promoted units per outlet and day of the promotion, over the promoted outlets but some."""
        left = set(without)
        return float(np.mean([units for outlet, units in self.gained.items() if outlet not in left]))


def simulate(market: Market, seed: int) -> Simulated:
    """The same seed gives the same market."""
    rng = np.random.default_rng(seed)
    outlets = tuple(
        Outlet(f"o{index:03d}", f"region-{index % market.regions}", "kiosk" if index // market.regions % 2 else "store")
        for index in range(market.outlets)
    )
    promoted = np.sort(rng.choice(market.outlets, market.promoted, replace=False))
    expected = _demand(market, outlets, rng)
    changed = _changed(market, expected, promoted, rng)
    days = tuple(FIRST_DAY + timedelta(days=index) for index in range(expected.shape[2]))
    first = market.days_before
    promotion = Promotion(
        frozenset(PROMOTED),
        frozenset(outlets[index].id for index in promoted),
        days[first],
        days[first + market.days_during - 1],
        dict.fromkeys(PROMOTED + SISTERS, MARGIN),
        market.cost,
        frozenset(SISTERS),
    )
    sell_out = SellOut(outlets, PROMOTED + SISTERS, days, rng.poisson(changed).astype(float))
    gained = (changed - expected)[promoted]
    during = gained[:, : len(PROMOTED), first : first + market.days_during]
    net = float(gained.sum())
    by_outlet = during.sum(axis=(1, 2)) / market.days_during
    named = {outlets[index].id: float(by_day) for index, by_day in zip(promoted, by_outlet, strict=True)}
    return Simulated(sell_out, promotion, named, net, net * MARGIN / market.cost - 1)


def _demand(market: Market, outlets: tuple[Outlet, ...], rng: np.random.Generator) -> np.ndarray:
    """(outlets, SKUs, days): expected units without the promotion."""
    days = market.days_before + market.days_during + market.days_after
    level = np.array([6.0 if outlet.outlet_class == "store" else 3.0 for outlet in outlets])
    level = level * rng.gamma(12, 1 / 12, len(outlets))
    mix = np.array([1.2, 0.8, 0.9, 0.6, 0.5])
    season = 1 + 0.25 * np.sin(2 * np.pi * np.arange(days) / 120)
    region = np.exp(market.region_shock * rng.normal(size=(market.regions, days)))
    weeks = np.exp(market.outlet_shock * rng.normal(size=(len(outlets), days // 7 + 1)))
    common = region[np.arange(len(outlets)) % market.regions] * np.repeat(weeks, 7, axis=1)[:, :days]
    by_day = common * season * WEEKDAYS[np.arange(days) % 7]
    return np.asarray(level[:, None, None] * mix[None, :, None] * by_day[:, None, :])


def _changed(market: Market, expected: np.ndarray, promoted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    during = slice(market.days_before, market.days_before + market.days_during)
    after = slice(during.stop, None)
    changed = expected.copy()
    lifts = market.lift * (1 + market.spread * rng.normal(size=len(promoted)))
    own = len(PROMOTED)
    changed[promoted, :own, during] *= np.maximum(1 + lifts, 0)[:, None, None]
    changed[promoted, :own, after] *= 1 - market.dip
    changed[promoted, own:, during] *= 1 - market.taken
    return changed
