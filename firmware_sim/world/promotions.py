"""Promotions: what they are, where they run, what they really do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from datasets.products.packs import Catalogue
from facings.errors import BadInputError
from firmware_sim.world.job import WorldJob
from firmware_sim.world.places import Outlet

Mechanic = Literal["price-cut", "multi-buy", "extra-facings"]

_FEWEST_OUTLETS = 3
_TRIES = 200


@dataclass(frozen=True)
class Promotion:
    """A promotion of some SKUs of one brand.

    Attributes:
        number: from 0; which of the random streams is its own.
        mechanic: a lower price, more for the price of fewer (extra shoppers take two), or more lanes in the cooler.
        skus, sisters: what is promoted; the brand's other SKUs, which lose some of their demand to it.
        begins, ends: days of the world; it does not run on `ends` any more.
        outlets: numbers of those that were to run it.
        lift: extra demand for the SKUs, relative, in a typical outlet that runs it.
        cannibalisation: share of the extra units that the sisters lose.
        dip, dip_days: fall of the SKUs' demand after the end, relative, and how long it lasts.
        discount: cut of the price, relative.
        cost: fixed, per outlet.
    """

    id: str
    number: int
    mechanic: Mechanic
    brand: str
    skus: tuple[str, ...]
    sisters: tuple[str, ...]
    begins: int
    ends: int
    outlets: tuple[int, ...]
    lift: float
    cannibalisation: float
    dip: float
    dip_days: int
    discount: float
    cost: float

    @property
    def over(self) -> int:
        """The day on which nothing of it is felt any more."""
        return self.ends + self.dip_days


@dataclass(frozen=True)
class Execution:
    """What one outlet made of a promotion; `lift` is its own there, 0 where it was not set up."""

    promotion: Promotion
    executed: bool
    lift: float


def execution_in(job: WorldJob, promotion: Promotion, outlet: Outlet) -> Execution:
    """Whether the outlet set the promotion up, and how well it worked there."""
    settings = job.settings.promotions
    rng = np.random.default_rng([job.seed, 16, promotion.number, outlet.number])
    executed = bool(rng.random() < settings.executed)
    lift = promotion.lift * float(np.exp(rng.normal(0, settings.lift_spread) - settings.lift_spread**2 / 2))
    return Execution(promotion, executed, lift if executed else 0.0)


def make_promotions(job: WorldJob, catalogue: Catalogue, popularity: Mapping[str, float], outlets: tuple[Outlet, ...],
                    listed: Mapping[int, frozenset[str]]) -> tuple[Promotion, ...]:  # fmt: skip
    """The world's promotions; no outlet feels two of the same brand at once, so that each has an effect of its own.

    Raises:
        BadInputError: so many do not fit into the outlets, days and brands.
    """
    maker = _Maker(job, catalogue, popularity, outlets, listed)
    return tuple(maker.make(number) for number in range(job.settings.promotions.count))


class _Maker:
    """Draws promotions that do not get into each other's way."""

    def __init__(self, job: WorldJob, catalogue: Catalogue, popularity: Mapping[str, float],
                 outlets: tuple[Outlet, ...], listed: Mapping[int, frozenset[str]]) -> None:  # fmt: skip
        self._job, self._outlets, self._listed = job, outlets, listed
        self._popularity = popularity
        self._brands: dict[str, list[str]] = {}
        for pack in catalogue:
            if pack.owner == job.settings.owner:
                self._brands.setdefault(pack.brand, []).append(pack.sku)
        self._running: dict[str, list[Promotion]] = {brand: [] for brand in self._brands}

    def make(self, number: int) -> Promotion:
        rng = np.random.default_rng([self._job.seed, 15, number])
        for _ in range(_TRIES):
            promotion = self._draw(number, rng)
            if promotion is not None:
                self._running[promotion.brand].append(promotion)
                return promotion
        raise BadInputError(
            f"only {number} promotions of {self._job.settings.owner!r} fit into {self._job.outlets} outlets and "
            f"{self._job.days} days: ask for fewer, or for more outlets, days or brands"
        )

    def _draw(self, number: int, rng: np.random.Generator) -> Promotion | None:
        settings = self._job.settings.promotions
        brands = list(self._brands)
        lasts, dip_days = (round(float(rng.uniform(*span))) for span in (settings.days, settings.dip_days))
        before = min(21, self._job.days // 4)
        latest = self._job.days - lasts - min(dip_days, self._job.days // 8)
        if not brands or latest < before:
            return None
        brand = brands[int(rng.integers(len(brands)))]
        begins = int(rng.integers(before, latest + 1))
        skus = self._skus(brand, rng)
        outlets = self._places(brand, skus, (begins, begins + lasts + dip_days), rng)
        if len(outlets) < min(_FEWEST_OUTLETS, self._job.outlets):
            return None
        works = rng.random() >= settings.no_effect
        mechanics: tuple[Mechanic, ...] = get_args(Mechanic)
        mechanic = mechanics[int(rng.integers(len(mechanics)))]
        lift, cannibalisation, dip, discount, cost = (
            round(float(rng.uniform(*span)), 4)
            for span in (settings.lift, settings.cannibalisation, settings.dip, settings.discount, settings.cost)
        )
        return Promotion(
            id=f"promotion-{number + 1:03d}",
            number=number,
            mechanic=mechanic,
            brand=brand,
            skus=skus,
            sisters=tuple(sku for sku in self._brands[brand] if sku not in skus),
            begins=begins,
            ends=begins + lasts,
            outlets=outlets,
            lift=lift if works else 0.0,
            cannibalisation=cannibalisation if works else 0.0,
            dip=dip if works else 0.0,
            dip_days=dip_days,
            discount=discount if mechanic != "extra-facings" else 0.0,
            cost=cost,
        )

    def _skus(self, brand: str, rng: np.random.Generator) -> tuple[str, ...]:
        """One to three of the brand, not all of it where it has more than one; popular ones rather than others."""
        skus = self._brands[brand]
        count = min(int(rng.integers(1, 4)), max(len(skus) - 1, 1))
        weights = np.array([self._popularity[sku] for sku in skus])
        chosen = rng.choice(len(skus), count, replace=False, p=weights / weights.sum())
        return tuple(skus[i] for i in sorted(chosen))

    def _places(self, brand: str, skus: tuple[str, ...], span: tuple[int, int], rng: np.random.Generator
                ) -> tuple[int, ...]:  # fmt: skip
        """Outlets that sell all of the SKUs and feel no other promotion of the brand in that time."""
        settings = self._job.settings.promotions
        near = [other for other in self._running[brand] if other.begins < span[1] and span[0] < other.over]
        busy = {number for other in near for number in other.outlets}
        free = [o for o in self._outlets if o.number not in busy and self._listed[o.number].issuperset(skus)]
        wanted = max(round(float(rng.uniform(*settings.outlets)) * len(self._outlets)), _FEWEST_OUTLETS)
        targeted = rng.random() < settings.targeted
        chance = rng.random(len(free))
        # Where it is targeted, those with much demand come first, though not strictly.
        order = [float(u) - (o.turnover / self._job.settings.demand.turnover if targeted else 0.0)
                 for u, o in zip(chance, free, strict=True)]  # fmt: skip
        return tuple(sorted(free[i].number for i in np.argsort(order, kind="stable")[:wanted]))
