"""`WorldPlan`: all of a world that is settled before the first shopper comes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue, Pack
from facings.errors import BadInputError
from firmware_sim.world.coolers import CABINETS, Cooler, CoolerType, make_coolers
from firmware_sim.world.job import WorldJob, catalogue_named
from firmware_sim.world.places import Outlet, OutletClass, make_outlets
from firmware_sim.world.planograms import RIVALS, Planogram, make_planograms
from firmware_sim.world.promotions import Execution, Promotion, execution_in, make_promotions
from firmware_sim.world.regions import REGIONS, temperatures

_RIVAL_POPULARITY = 0.7

PlanogramKey = tuple[OutletClass, CoolerType, int]


@dataclass(frozen=True)
class Installed:
    """A planogram that a cooler follows from `day` on; it was to do so from the planogram's own `valid_from` on."""

    day: int
    planogram: Planogram


@dataclass(frozen=True)
class WorldPlan:
    """What a world consists of.

    Attributes:
        skus: every SKU; its place here is the number by which the simulation calls it.
        popularity: (SKUs,) demand relative to each other.
        thirst: (SKUs,) rise of the logarithm of demand per 10 °C.
        temperatures: (days, 24) °C by region.
        planograms: the versions of each, in order of time.
    """

    job: WorldJob
    catalogue: Catalogue
    skus: tuple[str, ...]
    popularity: FloatArray
    thirst: FloatArray
    temperatures: dict[str, FloatArray]
    outlets: tuple[Outlet, ...]
    planograms: dict[PlanogramKey, tuple[Planogram, ...]]

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """Every pack, in the order of `skus`."""
        return tuple(self.catalogue)

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The number of each SKU."""
        return {sku: number for number, sku in enumerate(self.skus)}

    @cached_property
    def promotions(self) -> tuple[Promotion, ...]:
        """The world's promotions."""
        popularity = dict(zip(self.skus, self.popularity.tolist(), strict=True))
        listed = {outlet.number: self._listed_always(outlet) for outlet in self.outlets}
        return make_promotions(self.job, self.catalogue, popularity, self.outlets, listed)

    def coolers(self, outlet: Outlet) -> tuple[Cooler, ...]:
        """The coolers of an outlet."""
        return make_coolers(self.job, outlet)

    def versions(self, outlet: Outlet, cooler: Cooler) -> tuple[Planogram, ...]:
        """The planograms that were to be followed."""
        return self.planograms[outlet.outlet_class, cooler.type, cooler.variant]

    def installed(self, outlet: Outlet, cooler: Cooler) -> tuple[Installed, ...]:
        """The planograms that the cooler really followed, in order of time; the first from day 0 on."""
        settings = self.job.settings.planograms
        rng = np.random.default_rng([self.job.seed, 19, cooler.number])
        first, *later = self.versions(outlet, cooler)
        followed = [Installed(0, first)]
        for planogram in later:
            ignored, lag = rng.random() < settings.ignored, round(float(rng.uniform(*settings.lag_days)))
            day = planogram.valid_from + lag
            if not ignored and followed[-1].day < day < self.job.days:
                followed.append(Installed(day, planogram))
        return tuple(followed)

    def executions(self, outlet: Outlet) -> tuple[Execution, ...]:
        """The promotions that the outlet was to run, and what it made of them."""
        mine = (promotion for promotion in self.promotions if outlet.number in promotion.outlets)
        return tuple(execution_in(self.job, promotion, outlet) for promotion in mine)

    def _listed_always(self, outlet: Outlet) -> frozenset[str]:
        """The SKUs that each version of some cooler's planogram has."""
        always = [
            frozenset.intersection(*(frozenset(found.planogram.capacity()) for found in self.installed(outlet, cooler)))
            for cooler in self.coolers(outlet)
        ]
        return frozenset().union(*always)


@lru_cache(maxsize=4)
def plan_world(job: WorldJob) -> WorldPlan:
    """Settles a world.

    Raises:
        BadInputError: the job cannot be a world; the text says what to change.
    """
    catalogue = catalogue_named(job.catalogue)
    if job.settings.owner not in {pack.owner for pack in catalogue}:
        raise BadInputError(
            f"nothing in the {job.catalogue} catalogue is owned by {job.settings.owner!r}: choose owner from "
            + ", ".join(sorted({pack.owner for pack in catalogue}))
        )
    rng = np.random.default_rng([job.seed, 10])
    own = np.array([pack.owner == job.settings.owner for pack in catalogue])
    popularity = np.exp(rng.normal(0, 0.5, len(catalogue))) * np.where(own, 1.0, _RIVAL_POPULARITY)
    thirst = _thirst(job, catalogue, rng)
    weights = dict(zip(catalogue.skus(), popularity.tolist(), strict=True))
    settings = job.settings
    return WorldPlan(
        job=job,
        catalogue=catalogue,
        skus=catalogue.skus(),
        popularity=popularity,
        thirst=thirst,
        temperatures={
            name: temperatures(REGIONS[name], settings.climate, job.seed, settings.start, job.days)
            for name in settings.outlets.regions
        },
        outlets=make_outlets(job),
        planograms={
            (outlet_class, cooler_type, variant): make_planograms(
                job, catalogue, weights, outlet_class, cooler_type, variant
            )
            for outlet_class in RIVALS
            for cooler_type in CABINETS
            for variant in range(settings.planograms.variants)
        },
    )


def _thirst(job: WorldJob, catalogue: Catalogue, rng: np.random.Generator) -> FloatArray:
    """Around the mean of the settings by brand and, less, by SKU."""
    by_brand = {brand: rng.normal() for brand in dict.fromkeys(pack.brand for pack in catalogue)}
    own = rng.normal(0, 1, len(catalogue))
    mean = job.settings.demand.temperature
    draws = np.array([0.3 * by_brand[pack.brand] for pack in catalogue]) + 0.15 * own
    thirst: FloatArray = mean * (1 + draws)
    return thirst
