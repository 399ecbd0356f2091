from datetime import date

import numpy as np
import pytest

from firmware_sim.world.calendar import hours_of, shopping_days, shopping_hours
from firmware_sim.world.demand import cooler_demand
from firmware_sim.world.history import OutletHistory
from firmware_sim.world.job import WorldJob
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.plan import plan_world
from firmware_sim.world.settings import (
    ClimateSettings,
    DemandSettings,
    OutletSettings,
    PromotionSettings,
    WorldSettings,
)


def job(seed: int = 1, outlets: int = 4, days: int = 28, start: date = date(2026, 1, 5), **demand: float) -> WorldJob:
    settings = WorldSettings(
        start=start,
        outlets=OutletSettings(regions=("lakes",)),
        demand=DemandSettings(**demand),
        promotions=PromotionSettings(count=0),
    )
    return WorldJob(seed, outlets, days, settings=settings)


def wanted(history: OutletHistory) -> int:
    """Units that shoppers wanted, whether they got them or not."""
    sold = sum(m.units for cooler in history.coolers for m in cooler.movements if m.kind == 0 and m.source == 0)
    return sold + sum(lost.units for cooler in history.coolers for lost in cooler.lost)


def test_shoppers_want_as_much_as_the_rates_say() -> None:
    total, expected = 0, 0.0
    for seed in range(6):
        world = plan_world(job(seed))
        for outlet in world.outlets:
            total += wanted(simulate_outlet(world.job, outlet.number))
            rates = (cooler_demand(world, outlet, cooler) for cooler in world.coolers(outlet))
            units = [rate.daily_units(1 + 0.15 * 1.25).sum() for rate in rates]
            expected += world.job.days * sum(units)
    # A compound Poisson number; its standard deviation is a little over the root of its mean.
    assert abs(total - expected) < 4 * 1.2 * expected**0.5


@pytest.mark.parametrize(("temperature", "rises"), [(0.25, True), (0.0, False)])
def test_warm_days_sell_more_where_temperature_matters(temperature: float, rises: bool) -> None:
    january, july = (job(start=date(2026, month, 1), temperature=temperature, holiday=1) for month in (1, 7))
    cold, warm = (sum(wanted(simulate_outlet(each, number)) for number in range(4)) for each in (january, july))
    assert (warm > 1.3 * cold) == rises
    if not rises:
        assert warm == pytest.approx(cold, rel=0.08)


def test_covariates_tell_demand_where_the_settings_say_so() -> None:
    outlets = plan_world(job(outlets=300)).outlets
    footfall, turnover = (np.log([getattr(outlet, name) for outlet in outlets]) for name in ("footfall", "turnover"))
    same_class = np.array([outlet.outlet_class == "silver" for outlet in outlets])
    assert np.corrcoef(footfall[same_class], turnover[same_class])[0, 1] > 0.6
    untold = plan_world(job(outlets=300, covariates=0.0)).outlets
    turnover = np.log([outlet.turnover for outlet in untold])
    assert abs(np.corrcoef(footfall, turnover)[0, 1]) < 0.2


def test_some_who_miss_their_sku_take_another_and_some_walk_away() -> None:
    coolers = simulate_outlet(job(turnover=0.6), 0).coolers
    missed = [lost for cooler in coolers for lost in cooler.lost]
    taken = sum(lost.taken >= 0 for lost in missed)
    assert 0 < taken < len(missed)
    assert all(lost.taken != lost.sku for lost in missed)


@pytest.mark.parametrize("rhythm", ["evenly", "commuters", "lunch", "evening"])
def test_nobody_comes_while_the_shop_is_closed(rhythm: str) -> None:
    shares = shopping_hours(rhythm, 8, 21)
    assert shares.sum() == pytest.approx(1)
    assert np.flatnonzero(shares).tolist() == list(range(8, 21))


def test_holidays_and_weekends_differ_from_other_days() -> None:
    days = shopping_days("evenly", date(2026, 4, 27), 7, holiday=2.0)
    assert days.argmax() == 4, "Friday 1 May is a holiday"
    assert days[5] > days[1]


@pytest.mark.parametrize(
    ("timezone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Asia/Shanghai", date(2026, 3, 29), 24),
    ],
)
def test_a_day_has_the_hours_that_its_clocks_give_it(timezone: str, day: date, hours: int) -> None:
    begins = hours_of(timezone, day, 1)[0]
    assert begins[24] - begins[0] == hours * 3600
    assert begins[21] - begins[8] == 13 * 3600


def test_weather_has_seasons_nights_and_heat_waves() -> None:
    settings = WorldSettings(climate=ClimateSettings(heat_waves=20, noise=0))
    waves = plan_world(WorldJob(days=365, settings=settings)).temperatures["bay"]
    calm = plan_world(
        WorldJob(days=365, settings=WorldSettings(climate=ClimateSettings(heat_waves=0, noise=0)))
    ).temperatures
    assert (waves.mean(1) - calm["bay"].mean(1)).max() > 3.5
    assert calm["bay"][10:20].mean() > calm["bay"][190:200].mean() + 8, "January is summer in the south"
    assert calm["east"][190:200].mean() > calm["east"][10:20].mean() + 20
    assert (calm["east"][:, 15] > calm["east"][:, 3]).all()
