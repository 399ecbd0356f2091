from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from firmware_sim.world.calendar import moment
from firmware_sim.world.history import IncidentKind, Kind, Source
from firmware_sim.world.week.job import Week, WeekJob, photo_times, simulate_week


@pytest.fixture(scope="module")
def week() -> Week:
    """The demo's week."""
    return simulate_week(WeekJob(coolers=12, outlets=8, days=7, photos_per_day=4, seed=0))


def test_the_demos_week_has_what_the_demo_needs(week: Week) -> None:
    assert [history.cooler.id for history in week.histories] == [f"cooler-{number:02d}" for number in range(1, 13)]
    assert {outlet.region.id for outlet in week.plan.outlets} == {"east", "south", "west"}
    assert {outlet.outlet_class for outlet in week.plan.outlets} == {"gold", "silver", "bronze"}
    outs = [(history.cooler.id, out) for history in week.histories for out in history.stock_outs]
    assert 10 <= len(outs) <= 90
    assert len({cooler for cooler, _ in outs}) >= 5
    kinds = Counter(incident.kind for history in week.histories for incident in history.incidents)
    assert kinds[IncidentKind.INTRUSION] >= 1
    assert kinds[IncidentKind.MISPLACED] >= 5


def test_gold_outlets_plan_only_what_the_owner_makes(week: Week) -> None:
    for history in week.histories:
        owners = {week.plan.catalogue[sku].owner for sku in history.installed[0].planogram.capacity()}
        assert (owners == {"northwind"}) == (history.outlet.outlet_class == "gold")


def test_sales_and_photos_fall_into_opening_hours_and_deliveries_on_their_weekdays(week: Week) -> None:
    for history in week.histories:
        outlet, zone = history.outlet, ZoneInfo(history.outlet.region.timezone)
        sales = [moment(sale.at) for sale in history.movements if sale.kind == Kind.SALE]
        for at in [*sales, *photo_times(history, week.job)]:
            assert outlet.store.opens <= at.astimezone(zone).hour < outlet.store.closes
        for movement in history.movements:
            if movement.source == Source.DELIVERY:
                local = moment(movement.at).astimezone(zone)
                assert 8 <= local.hour < 11
                assert local.weekday() in outlet.delivery_weekdays


def test_another_seed_gives_another_week(week: Week) -> None:
    other = simulate_week(WeekJob(coolers=12, outlets=8, days=7, photos_per_day=4, seed=1))
    assert other.histories[0].movements != week.histories[0].movements
