"""Lanes are written front to back: a letter per unit, c(ola), l(emon) or r(ival), and a dot for an empty place."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.products.catalogues import demo_catalogue
from firmware_sim.world import handling
from firmware_sim.world.history import NONE, StockOut
from firmware_sim.world.shelf import EMPTY, Shelf, pulled_forward, with_behind, with_front

_LETTERS = "clr"
COLA, LEMON, RIVAL = range(3)
PACKS = (next(iter(demo_catalogue())),) * 3
"""Three SKUs of one size."""


def places(text: str) -> list[int]:
    return [EMPTY if letter == "." else _LETTERS.index(letter) for letter in text]


def text(found: list[int]) -> str:
    return "".join("." if sku == EMPTY else _LETTERS[sku] for sku in found)


def shelf_of(*lanes: str, homes: str = "cll", gravity: bool = True) -> Shelf:
    """One row of lanes, each kept for the SKU in `homes`."""
    shelf = Shelf(len(_LETTERS), gravity)
    shelf.reset([[(home, 70.0) for home in places(homes)]], [places(lane) for lane in lanes], 0, at=0)
    shelf.changes.clear()
    return shelf


def lanes_of(shelf: Shelf) -> list[str]:
    return [text(lane) for lane in shelf.lanes]


@pytest.mark.parametrize(
    ("gravity", "before", "after"),
    [
        (True, "cc.", "c.."),
        (False, "cc.", ".c."),
        (False, ".cc", "..c"),
        (True, "cl.", "l.."),
        (False, "clc", ".lc"),
    ],
)
def test_a_hand_takes_the_first_unit(gravity: bool, before: str, after: str) -> None:
    shelf = shelf_of(before, homes="c", gravity=gravity)
    assert shelf.take(0, at=1) == COLA
    assert lanes_of(shelf) == [after]


@pytest.mark.parametrize(
    ("before", "forward", "front", "behind"),
    [
        ("...", "...", "r..", "r.."),
        ("c..", "c..", "rc.", "cr."),
        (".c.", "c..", "rc.", ".cr"),
        ("..c", "c..", "r.c", "cr."),
        ("c.c", "cc.", "rcc", "ccr"),
    ],
)
def test_units_are_pulled_forward_put_in_front_or_behind(before: str, forward: str, front: str, behind: str) -> None:
    assert text(pulled_forward(places(before))) == forward
    assert text(with_front(places(before), RIVAL)) == front
    assert text(with_behind(places(before), RIVAL, 1)) == behind


def test_what_stands_behind_a_stray_does_not_show() -> None:
    shelf = shelf_of("cl.", "c..", homes="cl")
    assert (shelf.showing[COLA], shelf.showing[LEMON], shelf.units[LEMON]) == ([0, 1], [], 1)
    shelf.take(0, at=1)
    assert (shelf.showing[COLA], shelf.showing[LEMON]) == ([1], [0])


def test_staff_put_strays_home_or_take_them_away() -> None:
    shelf = shelf_of("c.r", ".cl", "...", gravity=False)
    assert handling.tidy(shelf, at=1) == {RIVAL: 1}
    assert lanes_of(shelf) == ["cc.", "l..", "..."]


@pytest.mark.parametrize(
    ("units", "placed", "after"), [(0, 0, ["l..", "..."]), (2, 2, ["ll.", "l.."]), (9, 5, ["lll"] * 2)]
)
def test_a_refill_begins_with_the_emptiest_lane_and_stops_where_all_are_full(
    units: int, placed: int, after: list[str]
) -> None:
    shelf = shelf_of("...", "l..", "...")
    assert handling.refill(shelf, LEMON, units, at=1) == placed
    assert lanes_of(shelf)[1:] == after
    assert lanes_of(shelf)[0] == "..."


def test_a_rival_fills_the_emptiest_lane_in_front_of_what_is_left() -> None:
    shelf = shelf_of("cc.", "l..", "ll.")
    assert handling.intrude(shelf, 0, RIVAL, PACKS[RIVAL], at=1) == (1, 2)
    assert lanes_of(shelf) == ["cc.", "rrl", "ll."]


def test_a_lane_is_handed_to_the_neighbours_sku() -> None:
    shelf = shelf_of("c..", "l..", "...", homes="clc")
    assert handling.hand_over(shelf, 1, PACKS, lambda _: True) == COLA
    assert shelf.home == [COLA, COLA, COLA]
    assert handling.hand_over(shelf, 1, PACKS, lambda _: True) is None


STOCK_OUTS = {
    "sold out and refilled": ([("take", 3), ("refill", 9)], [(3, 9)]),
    "still out at the end": ([("take", 5)], [(5, NONE)]),
    "refilled in the same second": ([("take", 5), ("refill", 5)], []),
    "twice": ([("take", 1), ("refill", 2), ("take", 3), ("refill", 4)], [(1, 2), (3, 4)]),
}


@pytest.mark.parametrize(("events", "expected"), STOCK_OUTS.values(), ids=STOCK_OUTS)
def test_a_stock_out_lasts_from_the_last_unit_to_the_next(
    events: list[tuple[str, int]], expected: list[tuple[int, int]]
) -> None:
    shelf = shelf_of("c..", homes="c")
    for what, at in events:
        if what == "take":
            shelf.take(0, at)
        else:
            handling.refill(shelf, COLA, 1, at)
    shelf.finish()
    assert shelf.stock_outs == [StockOut(COLA, *span) for span in expected]


def test_a_new_planogram_opens_and_closes_stock_outs() -> None:
    shelf = shelf_of("...", "l..", homes="cl")
    shelf.reset([[(LEMON, 70.0), (RIVAL, 70.0)]], [places("l.."), places("...")], 1, at=7)
    shelf.finish()
    assert shelf.stock_outs == [StockOut(COLA, 0, 7), StockOut(RIVAL, 7, NONE)]
    assert shelf.units == [0, 1, 0]


ACTIONS = st.lists(st.sampled_from(["take", "misplace", "intrude", "tidy", "refill", "wrong", "hand over"]))


@given(ACTIONS, st.integers(0, 99), st.booleans())
def test_nothing_appears_or_vanishes_on_the_shelf(actions: list[str], seed: int, gravity: bool) -> None:
    shelf = shelf_of("cc.", "l..", "lll", gravity=gravity)
    expected = 6
    for at, action in enumerate(actions, start=1):
        draws = [(seed * at % 97) / 97, (seed * at % 89) / 89]
        if action == "take":
            lane = handling.any_filled_lane(shelf, draws[0])
            if lane is not None:
                shelf.take(lane, at)
                expected -= 1
        elif action == "misplace":
            handling.misplace(shelf, PACKS, draws, at)
        elif action == "intrude":
            put = handling.intrude(shelf, 0, RIVAL, PACKS[RIVAL], at)
            expected += put[1] if put else 0
        elif action == "tidy":
            expected -= handling.tidy(shelf, at).total()
        elif action == "refill":
            expected += handling.refill(shelf, LEMON, int(5 * draws[0]), at)
        elif action == "wrong":
            put = handling.refill_wrong_lane(shelf, COLA, 2, PACKS[COLA], at)
            expected += put[1] if put else 0
        else:
            handling.hand_over(shelf, int(3 * draws[0]), PACKS, lambda _: True)
        standing = Counter(sku for lane in shelf.lanes for sku in lane if sku != EMPTY)
        assert standing.total() == expected
        assert [standing[sku] for sku in range(3)] == shelf.units
        assert [len(lane) for lane in shelf.lanes] == [3, 3, 3]
        fronts = [next((sku for sku in lane if sku != EMPTY), EMPTY) for lane in shelf.lanes]
        assert [sorted(lanes) for lanes in shelf.showing] == [
            [lane for lane, front in enumerate(fronts) if front == sku] for sku in range(3)
        ]
        if gravity:
            assert all(lane == pulled_forward(lane) for lane in shelf.lanes)
