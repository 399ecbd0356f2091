"""Random small worlds: whatever the settings, the books balance and the shelf is what the movements left."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.world.calendar import moment
from firmware_sim.world.history import NONE, CoolerHistory, Kind, Movement, Source, StockOut
from firmware_sim.world.job import WorldJob
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.settings import (
    DisturbanceSettings,
    OutletSettings,
    PlanogramSettings,
    PromotionSettings,
    SupplySettings,
    WorldSettings,
)

shares = st.floats(0, 1)
worlds = st.builds(
    WorldJob,
    seed=st.integers(0, 10_000),
    outlets=st.integers(3, 6),
    days=st.integers(20, 30),
    settings=st.builds(
        WorldSettings,
        outlets=st.builds(OutletSettings, van=shares, gravity=shares, counter=st.just(0.3)),
        supply=st.builds(SupplySettings, wrong_lane=shares, tidy=shares, incomplete=shares, absent=shares),
        disturbance=st.builds(
            DisturbanceSettings, misplaced=st.floats(0, 5), intrusion=st.floats(0, 1), drift=shares,
            expired=st.floats(0, 2),
        ),
        planograms=st.builds(PlanogramSettings, every_days=st.integers(7, 12), lag_days=st.just((0, 3))),
        promotions=st.builds(PromotionSettings, count=st.integers(0, 1), days=st.just((7, 7)), outlets=st.just((1, 1))),
    ),
)  # fmt: skip


def change(movement: Movement) -> int:
    return movement.units if movement.kind == Kind.REFILL else -movement.units


def stock_after(history: CoolerHistory, until: int) -> list[int]:
    stock = list(history.opening)
    for movement in history.movements:
        if movement.at <= until:
            stock[movement.sku] += change(movement)
    return stock


def derived_stock_outs(history: CoolerHistory) -> list[StockOut]:
    """Second by second from the movements and the planograms that were followed, knowing nothing of the shelf."""
    number_of = {sku: number for number, sku in enumerate(history.skus)}
    resets = {c.at: c.planogram for c in history.changes if c.lane == NONE}
    moved = {at: list(group) for at, group in groupby(history.movements, key=lambda movement: movement.at)}
    level, open_since = list(history.opening), {}
    planned = {number_of[sku] for sku in history.installed[0].planogram.capacity()}
    open_since = {sku: history.begins for sku in planned if level[sku] == 0}
    found = []
    for at in sorted({*moved, *resets}):
        for movement in moved.get(at, []):
            level[movement.sku] += change(movement)
        if at in resets:
            planned = {number_of[sku] for sku in history.installed[resets[at]].planogram.capacity()}
        out = {sku for sku in planned if level[sku] == 0}
        found += [StockOut(sku, open_since.pop(sku), at) for sku in sorted(set(open_since) - out)]
        open_since |= dict.fromkeys(out - set(open_since), at)
    found += [StockOut(sku, since, NONE) for sku, since in open_since.items()]
    return sorted(found, key=lambda stock_out: (stock_out.begins, stock_out.sku))


@settings(max_examples=25, deadline=None)
@given(worlds, st.integers(0, 2))
def test_the_books_balance_in_any_world(job: WorldJob, number: int) -> None:
    outlet = simulate_outlet(job, number)
    carried: Counter[int] = Counter()
    for history in outlet.coolers:
        places = max(sum(found.planogram.capacity().values()) for found in history.installed)
        stock = list(history.opening)
        for movement in history.movements:
            assert movement.units > 0
            assert history.begins <= movement.at < history.ends
            stock[movement.sku] += change(movement)
            assert 0 <= stock[movement.sku] <= places
            carried[movement.sku] += movement.units * (movement.source == Source.BACKROOM)
        assert stock == history.closing
        assert [m.at for m in history.movements] == sorted(m.at for m in history.movements)
        assert history.stock_outs == derived_stock_outs(history)
    if outlet.outlet.supply == "backroom":
        come = Counter[int]()
        for line in outlet.deliveries:
            assert 0 <= line.delivered <= line.ordered
            come[line.sku] += line.delivered
        for sku, opening in enumerate(outlet.backroom_opening):
            assert opening + come[sku] - carried[sku] == outlet.backroom_closing[sku] >= 0


@settings(max_examples=10, deadline=None)
@given(worlds, st.integers(0, 2))
def test_a_shelf_state_shows_what_the_movements_left(job: WorldJob, number: int) -> None:
    for history in simulate_outlet(job, number).coolers:
        times = [moment(history.begins) + timedelta(hours=hours) for hours in range(0, job.days * 24, 7)]
        for state in history.shelf_states(times):
            stock = stock_after(history, int(state.at.timestamp()))
            assert state.units() == Counter({history.skus[sku]: units for sku, units in enumerate(stock) if units})
            widths = [sum(lane.width_mm for lane in row) for row in state.rows]
            assert widths == pytest.approx([history.cooler.cabinet.width_mm] * len(widths))
        assert stock_after(history, history.ends) == history.closing


def test_the_same_job_gives_the_same_history_and_another_seed_another() -> None:
    job = WorldJob(seed=5, outlets=3, days=10, settings=WorldSettings(promotions=PromotionSettings(count=0)))
    once, again, other = (simulate_outlet(each, 1) for each in (job, job, WorldJob(6, 3, 10, settings=job.settings)))
    assert once.coolers == again.coolers
    assert once.coolers[0].movements != other.coolers[0].movements


def test_moments_must_not_go_back() -> None:
    history = simulate_outlet(
        WorldJob(outlets=1, days=1, settings=WorldSettings(promotions=PromotionSettings(count=0))), 0
    ).coolers[0]
    noon, morning = moment(history.begins + 43_200), moment(history.begins + 30_000)
    with pytest.raises(ValueError, match="in order of time"):
        list(history.shelf_states([noon, morning]))
