from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.world.ledger import Movement, StockOut, balances, stock_outs
from firmware_sim.world.week import World, simulate

BEGINS = datetime(2026, 11, 9, tzinfo=UTC)


def after(hours: float) -> datetime:
    return BEGINS + timedelta(hours=hours)


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(seed=7)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(1, 5))
def test_the_books_balance(seed: int, outlets: int, coolers: int, days: int, photos: int) -> None:
    world = simulate(outlets=outlets, coolers=coolers, days=days, photos_per_day=photos, seed=seed)
    for history in world.histories:
        for sku, balance in history.balances().items():
            moved = balance.opening + balance.refills - balance.sales - balance.removed
            assert moved == balance.closing == history.closing[sku] >= 0
        assert len(history.photos) == days * photos
        capacity = sum(history.cooler.capacity().values())
        for photo in history.photos:
            standing = sum(1 for row in photo.rows for lane in row for sku in lane if sku)
            assert standing <= capacity


def test_a_photo_shows_what_the_movements_left(world: World) -> None:
    for history in world.histories[:4]:
        for photo in history.photos[::5]:
            stock = Counter(history.opening)
            for movement in history.movements:
                if movement.at < photo.at:
                    stock[movement.sku] += movement.change
            seen = Counter(sku for row in photo.rows for lane in row for sku in lane if sku)
            assert +seen == +stock


def test_the_same_seed_gives_the_same_week(world: World) -> None:
    again, other = simulate(seed=7), simulate(seed=8)
    assert [h.movements for h in again.histories] == [h.movements for h in world.histories]
    assert [h.movements for h in other.histories] != [h.movements for h in world.histories]


def test_the_demos_week_has_what_the_demo_needs(world: World) -> None:
    assert (len(world.histories), len(world.outlets)) == (12, 8)
    assert {outlet.region for outlet in world.outlets} == {"east", "south", "west"}
    assert {outlet.outlet_class for outlet in world.outlets} == {"gold", "silver", "bronze"}
    outs = [out for history in world.histories for out in history.stock_outs()]
    assert 10 <= len(outs) <= 80
    assert len({out.cooler for out in outs}) >= 5
    kinds = Counter(incident.kind for history in world.histories for incident in history.incidents)
    assert kinds["intrusion"] == 1
    assert kinds["misplaced"] >= 5


def test_sales_and_photos_fall_into_opening_hours_and_deliveries_at_eight(world: World) -> None:
    for history in world.histories:
        outlet, zone = history.outlet, ZoneInfo(history.outlet.timezone)
        sales = [m.at for m in history.movements if m.kind == "sale"]
        for at in [*sales, *(photo.at for photo in history.photos)]:
            assert outlet.opens <= at.astimezone(zone).time() < outlet.closes
        for movement in history.movements:
            if movement.source == "delivery":
                local = movement.at.astimezone(zone)
                assert (local.hour, local.minute) == (8, 0)
                assert local.weekday() in outlet.delivery_weekdays


def moved(hours: float, kind: str, units: int, sku: str = "cola") -> Movement:
    return Movement(after(hours), "cooler-01", sku, kind, units, "test")  # type: ignore[arg-type]


STOCK_OUTS = {
    "sold out and refilled": (2, [moved(1, "sale", 1), moved(3, "sale", 1), moved(9, "refill", 4)], [(3, 9)]),
    "still out at the end": (1, [moved(5, "removal", 1)], [(5, None)]),
    "out from the start": (0, [moved(4, "refill", 1)], [(0, 4)]),
    "never out": (3, [moved(1, "sale", 2)], []),
    "twice": (
        1,
        [moved(1, "sale", 1), moved(2, "refill", 1), moved(3, "sale", 1), moved(4, "refill", 1)],
        [(1, 2), (3, 4)],
    ),
    "of a stray": (1, [moved(1, "refill", 1, "rival"), moved(2, "removal", 1, "rival")], []),
}


@pytest.mark.parametrize(("opening", "movements", "expected"), STOCK_OUTS.values(), ids=STOCK_OUTS)
def test_stock_outs(opening: int, movements: list[Movement], expected: list[tuple[float, float | None]]) -> None:
    found = stock_outs("cooler-01", ["cola"], Counter(cola=opening), BEGINS, movements)
    wanted = [(after(start), None if end is None else after(end)) for start, end in expected]
    assert found == [StockOut("cooler-01", "cola", start, end) for start, end in wanted]


def test_balances_count_each_kind() -> None:
    movements = [moved(1, "sale", 2), moved(2, "refill", 5), moved(3, "removal", 1), moved(4, "sale", 1)]
    balance = balances(Counter(cola=3), movements)["cola"]
    assert (balance.opening, balance.refills, balance.sales, balance.removed, balance.closing) == (3, 5, 3, 1, 4)
