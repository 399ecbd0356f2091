"""`WorldSettings`: every number that the simulated world is made of, with its default; docs/simulator.md lists them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from facings.errors import SettingsError
from facings.settings import Settings

ENV_PREFIX = "FACINGS_WORLD"

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0)]
RegionName = Literal["east", "south", "west", "north", "lakes", "bay"]
Span = tuple[Rate, Rate]
"""Lowest and highest value; what is drawn lies between them."""


class _Section(Settings):
    """A section whose spans must not be upside down."""

    @model_validator(mode="after")
    def _spans(self) -> Self:
        for name in type(self).model_fields:
            value = getattr(self, name)
            is_span = isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], float | int)
            if is_span and value[0] > value[1]:
                raise ValueError(f"{name}: write the lower bound first, as [{value[1]}, {value[0]}]")
        return self


class OutletSettings(_Section):
    """Which outlets there are.

    Attributes:
        gold, silver, bronze, kiosk: outlets of each class, relative to each other.
        regions: they are spread over these evenly.
        second_cooler, third_cooler: chance that an outlet has one more.
        double_door, counter: chance that a cooler is wide, or a low one on the counter; the others are uprights.
        gravity: chance that its units slide forward.
        van: share of outlets whose coolers the driver fills; the others have a backroom from which staff refill.
    """

    gold: Rate = 0.2
    silver: Rate = 0.3
    bronze: Rate = 0.3
    kiosk: Rate = 0.2
    regions: Annotated[tuple[RegionName, ...], Field(min_length=1)] = (
        "east",
        "south",
        "west",
        "north",
        "lakes",
        "bay",
    )
    second_cooler: Share = 0.3
    third_cooler: Share = 0.2
    double_door: Share = 0.15
    counter: Share = 0.15
    gravity: Share = 0.6
    van: Share = 0.6

    @model_validator(mode="after")
    def _some_class(self) -> Self:
        if self.gold + self.silver + self.bronze + self.kiosk == 0:
            raise ValueError("give at least one of gold, silver, bronze and kiosk a share above 0")
        return self


class ClimateSettings(_Section):
    """How the weather strays from its season.

    Attributes:
        noise: standard deviation of a day's temperature around the season's, °C.
        heat_waves: how many a year, on average; each lasts `heat_wave_days` and adds `heat_wave_degrees`.
    """

    noise: Rate = 2.5
    heat_waves: Rate = 2.0
    heat_wave_days: Span = (3, 8)
    heat_wave_degrees: Span = (4, 9)


class DemandSettings(_Section):
    """What shoppers want.

    Attributes:
        turnover: units wanted a day in an average outlet at 15 °C, as a share of what its coolers hold.
        temperature: mean rise of the logarithm of demand per 10 °C; each SKU has its own.
        price: fall of the logarithm of demand of a SKU that costs twice the average.
        covariates: how much footfall, income and the like tell of an outlet's demand, 1 as in the docs, 0 not at all.
        spread: standard deviation, between outlets, of the logarithm of demand that no covariate tells.
        taste: the same of one SKU between outlets.
        several: chance that a shopper wants more than one unit.
        substitutes: chance that a shopper whose SKU is gone takes another.
        looks_further: chance that he looks for it in the outlet's other coolers first.
        holiday: demand on a holiday, relative.
    """

    turnover: Rate = 0.12
    temperature: float = 0.25
    price: Rate = 0.5
    covariates: Rate = 1.0
    spread: Rate = 0.2
    taste: Rate = 0.25
    several: Share = 0.15
    substitutes: Share = 0.35
    looks_further: Share = 0.5
    holiday: Rate = 1.25


class SupplySettings(_Section):
    """How goods come.

    Attributes:
        late: chance that a delivery comes a day late; grows with the distance to the depot.
        short: chance that a SKU comes short, by the share `short_share` of what was ordered.
        absent: chance that a SKU does not come at all.
        rounds: refill rounds a day out of a backroom.
        skipped: chance that a round does not take place; `incomplete`: that it ends halfway.
        wrong_lane: chance that the units of a SKU are put into another SKU's lane of the same row.
        tidy: chance that a visit also puts the shelf in order.
        cover: how much a backroom holds after a delivery, in demand until the next one.
    """

    late: Share = 0.05
    short: Share = 0.12
    short_share: Span = (0.3, 0.8)
    absent: Share = 0.07
    rounds: Annotated[int, Field(ge=1, le=6)] = 2
    skipped: Share = 0.12
    incomplete: Share = 0.12
    wrong_lane: Share = 0.01
    tidy: Share = 0.8
    cover: Rate = 1.5


class DisturbanceSettings(_Section):
    """What goes wrong between visits, times per cooler and day, except `drift`.

    Attributes:
        misplaced: a shopper puts a unit back into a wrong lane.
        broken, stolen, expired: units that leave without being sold.
        intrusion: a rival's salesman fills a lane with his own.
        drift: chance per visit that staff give a lane to its neighbour's SKU, until the next planogram.
    """

    misplaced: Rate = 0.3
    broken: Rate = 0.03
    stolen: Rate = 0.06
    expired: Rate = 0.05
    intrusion: Rate = 0.02
    drift: Share = 0.01


class PlanogramSettings(_Section):
    """How planograms change.

    Attributes:
        variants: planograms per outlet class and cooler type that are in force side by side.
        every_days: a new version comes so often.
        change: how much the assortment changes with it, standard deviation of a SKU's logarithmic score.
        lag_days: days until an outlet follows it.
        ignored: chance that it never does.
    """

    variants: Annotated[int, Field(ge=1, le=20)] = 3
    every_days: Annotated[int, Field(ge=7)] = 91
    change: Rate = 0.25
    lag_days: Span = (0, 14)
    ignored: Share = 0.08


class PromotionSettings(_Section):
    """Promotions of the owner's brands.

    Attributes:
        count: how many.
        days: how long one lasts.
        outlets: share of the outlets that one runs in.
        targeted: chance that it is given to the outlets with most demand rather than to any.
        executed: chance that an outlet really sets it up.
        no_effect: chance that it does nothing at all.
        lift: extra demand for the promoted SKUs, relative; `lift_spread`: how the logarithm differs between outlets.
        cannibalisation: share of the extra units that sister SKUs lose.
        dip: fall of demand after the end; `dip_days`: how long.
        discount: cut of the price, relative; `margin`: the owner's margin, share of the price.
        cost: fixed cost per outlet, in the catalogue's currency.
        twins: simulate each promoted outlet a second time without promotions, to know what it would have sold.
    """

    count: Annotated[int, Field(ge=0)] = 12
    days: Span = (7, 21)
    outlets: tuple[Share, Share] = (0.05, 0.25)
    targeted: Share = 0.4
    executed: Share = 0.85
    no_effect: Share = 0.25
    lift: Span = (0.3, 1.2)
    lift_spread: Rate = 0.2
    cannibalisation: tuple[Share, Share] = (0.1, 0.4)
    dip: tuple[Share, Share] = (0.1, 0.3)
    dip_days: Span = (5, 12)
    discount: tuple[Share, Share] = (0.0, 0.15)
    margin: Share = 0.4
    cost: Span = (5, 40)
    twins: bool = True


class WorldSettings(Settings):
    """The whole world. `start` is the first day in each outlet's own time; `owner` is whose coolers they are."""

    start: date = date(2026, 1, 5)
    owner: str = "northwind"
    outlets: OutletSettings = OutletSettings()
    climate: ClimateSettings = ClimateSettings()
    demand: DemandSettings = DemandSettings()
    supply: SupplySettings = SupplySettings()
    disturbance: DisturbanceSettings = DisturbanceSettings()
    planograms: PlanogramSettings = PlanogramSettings()
    promotions: PromotionSettings = PromotionSettings()


def read_world_settings(file: Path | None) -> WorldSettings:
    """The settings of a world, from a TOML or YAML file; without one the defaults. The environment fills gaps.

    Raises:
        SettingsError: no such file, neither TOML nor YAML, an unknown key or a value that does not fit.
    """
    if file is None or file.suffix not in {".yaml", ".yml"}:
        return WorldSettings.load(file, env_prefix=ENV_PREFIX)
    try:
        return WorldSettings.load(None, env_prefix=ENV_PREFIX, overrides=_read_yaml(file))
    except SettingsError as error:
        raise SettingsError(f"{file}: {error}") from error


def with_promotions(settings: WorldSettings, count: int | None) -> WorldSettings:
    """The same settings with another number of promotions; None keeps theirs."""
    if count is None:
        return settings
    return settings.model_copy(update={"promotions": settings.promotions.model_copy(update={"count": count})})


def _read_yaml(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"is not YAML: {error}") from error
    if not isinstance(found, dict | None):
        raise SettingsError("must hold keys with values, as `demand:` with `turnover: 0.2` below it")
    return found or {}
