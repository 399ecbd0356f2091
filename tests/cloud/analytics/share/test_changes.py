"""What changed the own share: every world adds up to its own change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cloud.analytics.share.changes import explain
from cloud.analytics.share.mean_lines import MeanLine, MeanLines
from cloud.analytics.share.window import Watched, Window
from tests.support.messages import NOON

OWN = {"cola", "lemon"}
Shelf = dict[tuple[str, str], float]


def window(shelf: Shelf) -> Window:
    lines = [MeanLine(f"{outlet}-door", outlet, sku, count, count, 0.0, 1.0) for (outlet, sku), count in shelf.items()]
    watched = [Watched(f"{outlet}-door", outlet, 1, NOON, NOON) for outlet in {outlet for outlet, _ in shelf}]
    return Window(NOON, NOON + timedelta(days=7), MeanLines.of(line for line in lines if line.facings), tuple(watched))


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        pytest.param({("a", "cola"): 2, ("a", "rival"): 2}, {("a", "cola"): 2, ("a", "rival"): 2}, {}, id="nothing"),
        pytest.param(
            {("a", "cola"): 2, ("a", "rival"): 2},
            {("a", "cola"): 3, ("a", "rival"): 1},
            {"cola": 0.09375, "rival": 0.15625},
        ),
        pytest.param({("a", "cola"): 2, ("a", "rival"): 2}, {("a", "cola"): 2, ("a", "rival"): 0}, {"rival": 0.5}),
        pytest.param({("a", "cola"): 1}, {("a", "cola"): 1, ("a", ""): 1}, {"": -0.5}, id="unnamed ones dilute too"),
    ],
)
def test_effects_by_sku(before: Shelf, after: Shelf, effects: dict[str, float]) -> None:
    explained = explain(window(before), window(after), OWN)
    assert explained
    assert explained.changes.by_sku() == pytest.approx(effects)
    assert explained.change == pytest.approx(explained.after.value - explained.before.value, abs=1e-4)


def test_outlets_that_came_or_went_are_told_apart() -> None:
    before = {("a", "cola"): 2.0, ("a", "rival"): 2.0, ("old", "cola"): 4.0}
    after = {("a", "cola"): 2.0, ("a", "rival"): 2.0, ("new", "rival"): 4.0}
    explained = explain(window(before), window(after), OWN)
    assert explained
    assert (list(explained.changes), explained.went, explained.came) == ([], -0.25, -0.25)
    assert explained.change == pytest.approx(-0.5)


def test_without_an_outlet_in_common_nothing_is_compared() -> None:
    explained = explain(window({("a", "cola"): 1}), window({("b", "rival"): 1}), OWN)
    assert explained
    assert (list(explained.changes), explained.change) == ([], -1)
    assert explain(window({}), window({("b", "rival"): 1}), OWN) is None


def test_each_change_says_in_a_word_what_happened() -> None:
    before = {("a", "cola"): 2.0, ("a", "lemon"): 1.0, ("a", "rival"): 3.0, ("a", "other"): 0.0}
    after = {("a", "cola"): 4.0, ("a", "lemon"): 0.0, ("a", "rival"): 2.0, ("a", "other"): 1.0}
    explained = explain(window(before), window(after), OWN)
    assert explained
    assert {one.sku: one.why for one in explained.changes} == {
        "cola": "more",
        "lemon": "gone",
        "rival": "fewer",
        "other": "new",
    }


shelves = some.dictionaries(
    some.tuples(some.sampled_from("abc"), some.sampled_from(["cola", "lemon", "rival", ""])),
    some.integers(1, 9).map(float),
    min_size=1,
)


@given(before=shelves, after=shelves)
def test_the_effects_add_up_to_the_change(before: Shelf, after: Shelf) -> None:
    explained = explain(window(before), window(after), OWN)
    assert explained
    assert explained.change == pytest.approx(explained.after.value - explained.before.value, abs=2e-4)
    added = sum(explained.changes.by_outlet().values()) + explained.came + explained.went
    assert added == pytest.approx(explained.change)
