import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.world.places import LanePlan
from firmware_sim.world.shelf import Shelf, StockedLane

PLANOGRAM = ((LanePlan("cola", 3, 70), LanePlan("lemon", 3, 70)), (LanePlan("cola", 3, 70),))

Places = list[str | None]


def stocked(*places: str | None) -> StockedLane:
    return StockedLane(LanePlan("cola", len(places), 70), list(places))


@pytest.mark.parametrize(
    ("gravity", "before", "after"),
    [
        (True, ["cola", "cola", None], ["cola", None, None]),
        (False, ["cola", "cola", None], [None, "cola", None]),
        (False, [None, "cola", "cola"], [None, None, "cola"]),
        (True, [None, "cola", "lemon"], ["lemon", None, None]),
    ],
)
def test_a_hand_takes_the_first_unit(gravity: bool, before: Places, after: Places) -> None:
    lane = stocked(*before)
    assert lane.take_front(gravity) == "cola"
    assert lane.places == after


@pytest.mark.parametrize(
    ("before", "front", "behind"),
    [
        ([None, None, None], ["new", None, None], ["new", None, None]),
        (["cola", None, None], ["new", "cola", None], ["cola", "new", None]),
        ([None, "cola", None], ["new", "cola", None], [None, "cola", "new"]),
        ([None, None, "cola"], ["new", None, "cola"], ["cola", "new", None]),
        (["cola", None, "cola"], ["new", "cola", "cola"], ["cola", "cola", "new"]),
    ],
)
def test_a_unit_is_put_in_front_or_behind(before: Places, front: Places, behind: Places) -> None:
    first, second = stocked(*before), stocked(*before)
    first.put_front("new")
    second.put_behind("new")
    assert (first.places, second.places) == (front, behind)


def test_a_sku_behind_a_stray_cannot_be_sold() -> None:
    shelf = Shelf(PLANOGRAM, gravity=True)
    shelf.rows[0][1].places = ["cola", "lemon", None]
    assert not shelf.sell("lemon", np.random.default_rng(0))
    assert shelf.sell("cola", np.random.default_rng(0))
    assert shelf.sell("lemon", np.random.default_rng(0))


def test_staff_put_strays_home_or_take_them_away() -> None:
    shelf = Shelf(PLANOGRAM, gravity=False)
    shelf.rows[0][0].places = ["cola", None, "rival"]
    shelf.rows[0][1].places = [None, "cola", "lemon"]
    assert shelf.tidy() == {"rival": 1}
    assert [lane.places for lane in shelf.lanes()] == [["cola", "cola", None], ["lemon", None, None], [None] * 3]


@pytest.mark.parametrize(("brought", "placed"), [(0, 0), (2, 2), (9, 6)])
def test_a_refill_stops_where_the_lanes_are_full(brought: int, placed: int) -> None:
    shelf = Shelf(PLANOGRAM, gravity=True)
    assert shelf.refill("cola", brought) == placed
    assert shelf.units()["cola"] == placed


@given(st.lists(st.sampled_from(["sell", "misplace", "intrude", "tidy", "refill"])), st.integers(0, 99), st.booleans())
def test_nothing_appears_or_vanishes_on_the_shelf(actions: list[str], seed: int, gravity: bool) -> None:
    rng = np.random.default_rng(seed)
    shelf = Shelf(PLANOGRAM, gravity)
    shelf.stock_opening(rng)
    expected = shelf.units().total()
    for action in actions:
        if action == "sell":
            expected -= shelf.sell(str(rng.choice(["cola", "lemon"])), rng)
        elif action == "misplace":
            shelf.misplace(rng)
        elif action == "intrude":
            expected += shelf.intrude(0, "rival", rng)
        elif action == "tidy":
            expected -= shelf.tidy().total()
        else:
            expected += shelf.refill("lemon", int(rng.integers(5)))
        assert shelf.units().total() == expected
        assert [len(lane.places) for lane in shelf.lanes()] == [3, 3, 3]
