"""The moves repair the cooler, and no fewer would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cloud.analytics.compliance.moves import Move, filling, moves
from cloud.analytics.compliance.shelf import standing
from tests.cloud.analytics.compliance.test_judgement import shelves

Rows = tuple[str, ...]


def told(made: list[Move]) -> list[tuple[object, ...]]:
    return [(move.kind, move.sku, move.source, move.target) for move in made]


@pytest.mark.parametrize(
    ("planned", "seen", "expected"),
    [
        pytest.param(["ab"], ["ab"], [], id="nothing to do"),
        pytest.param(["abc"], ["bca"], [("move", "a", (0, 2), (0, 0))], id="one move, not two"),
        pytest.param(["a", "b"], ["b", "a"], [("move", "a", (1, 0), (0, 0)), ("move", "b", (0, 0), (1, 0))], id="swap"),
        pytest.param(["ab"], ["a"], [("add", "b", None, (0, 1))], id="put in"),
        pytest.param(["ab"], ["axb"], [("remove", "x", (0, 1), None)], id="take out a competitor's"),
        pytest.param(["a"], ["a-"], [("check", "", (0, 1), None)], id="look at what has no name"),
        pytest.param(
            ["a", "", "a"],
            ["", "aa", ""],
            [("move", "a", (1, 0), (0, 0)), ("move", "a", (1, 1), (2, 0))],
            id="to the nearest places",
        ),
        pytest.param(["ab", "cd"], ["xa", "ab", "cd"], [("remove", "x", (0, 0), None), ("remove", "a", (0, 1), None)]),
    ],
)
def test_moves(planned: list[str], seen: list[str], expected: list[tuple[object, ...]]) -> None:
    assert told(moves(planned, shelves(*seen))) == expected


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        (2, [("add", "a"), ("add", "c")]),
        (1, [("add", "a"), ("add", "c"), ("remove", "x")]),
        (0, [("add", "a"), ("add", "c"), ("remove", "x"), ("remove", "b")]),
    ],
)
def test_a_priority_list_is_filled_in_its_order(gaps: int, expected: list[tuple[str, str]]) -> None:
    made = filling("aabc", shelves("ab", "bx"), gaps)
    assert [(move.kind, move.sku) for move in made] == expected


def neighbours(rows: Rows, skus: str) -> Iterator[Rows]:
    """Every cooler that one move makes of `rows`."""
    taken = [
        (sku, (*rows[:i], row[:j] + row[j + 1 :], *rows[i + 1 :]))
        for i, row in enumerate(rows)
        for j, sku in enumerate(row)
    ]
    yield from (left for _, left in taken)
    for sku, left in [*((sku, rows) for sku in skus), *taken]:
        for i, row in enumerate(left):
            for j in range(len(row) + 1):
                yield (*left[:i], row[:j] + sku + row[j:], *left[i + 1 :])


def fewest(planned: Rows, seen: Rows) -> int:
    """How many moves are needed, by trying all."""
    reached, count = {seen}, 0
    while planned not in reached:
        reached |= {to for rows in reached for to in neighbours(rows, "ab") if sum(map(len, to)) <= 5}
        count += 1
    return count


@pytest.mark.parametrize(
    ("planned", "seen"),
    [(("ab", "a"), ("ba", "b")), (("aab", ""), ("", "baa")), (("ab", "ba"), ("ba", "ab")), (("aa", "b"), ("x", "ab"))],
)
def test_no_fewer_moves_would_do(planned: Rows, seen: Rows) -> None:
    assert len(moves(planned, standing(seen))) == fewest(planned, seen)


rows = some.lists(some.text("abc", max_size=5), min_size=2, max_size=2)


@given(planned=rows, seen=rows)
def test_the_moves_lead_to_the_plan(planned: list[str], seen: list[str]) -> None:
    made = moves(planned, standing(seen))
    gone = {move.source for move in made if move.source}
    stays = [[sku for place, sku in enumerate(row) if (number, place) not in gone] for number, row in enumerate(seen)]
    for (row, place), sku in sorted((move.target, move.sku) for move in made if move.target):
        stays[row].insert(place, sku)
    assert ["".join(row) for row in stays] == planned
