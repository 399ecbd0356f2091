"""Grades of outlets whose truth is known by construction."""

from __future__ import annotations

import pytest

from cloud.analytics.compliance.judgement import judge
from cloud.analytics.compliance.shelf import standing
from cloud.analytics.grades.grade import DEFAULT, PILLARS, Action, Pillar, Scheme, grade
from cloud.analytics.grades.pillars import (
    availability_pillars,
    planogram_pillar,
    purity_pillars,
    sell_out_pillars,
    share_pillars,
)
from cloud.analytics.share.availability import ShelfTime, ShelfTimes
from cloud.analytics.share.mean_lines import MeanLine, MeanLines
from facings.messages import Estimate

EQUAL = Scheme(weights=dict.fromkeys(PILLARS, 1), targets=dict.fromkeys(PILLARS, 1.0))


def sure(value: float, *actions: Action) -> Pillar:
    return Pillar(Estimate(value=value, low=value, high=value), actions)


def estimate(value: float, reach: float = 0.0) -> Estimate:
    return Estimate(value=value, low=value - reach, high=value + reach)


@pytest.mark.parametrize(
    ("values", "points", "missing"),
    [
        pytest.param(dict.fromkeys(PILLARS, 1.0), 100, (), id="perfect"),
        pytest.param(dict.fromkeys(PILLARS, 0.5), 50, (), id="half of everything"),
        pytest.param({"share": 0.5, "purity": 1.0}, 75, ("availability", "planogram", "sell-out"), id="some missing"),
        pytest.param(dict.fromkeys(PILLARS, 2.0), 100, (), id="no pillar counts more than full"),
    ],
)
def test_grades(values: dict[str, float], points: float, missing: tuple[str, ...]) -> None:
    found = grade({name: sure(value) for name, value in values.items()}, EQUAL)
    assert found
    assert (found.value.value, found.missing) == (points, missing)
    assert sum(part.weight for part in found.parts) == pytest.approx(100, abs=0.02)
    assert sum(part.points for part in found.parts) == pytest.approx(points, abs=0.05)


def test_nothing_known_is_no_grade() -> None:
    assert grade({}) is None
    assert grade({"share": None}) is None
    assert grade({"share": sure(1)}, Scheme({"share": 0, "purity": 1}, {"purity": 1})) is None


def test_the_intervals_of_pillars_make_that_of_the_grade() -> None:
    found = grade({"share": Pillar(estimate(0.5, 0.06)), "purity": Pillar(estimate(0.5, 0.08))}, EQUAL)
    assert found
    assert (found.value.low, found.value.value, found.value.high) == (45, 50, 55)


def test_what_would_raise_it_most_comes_first_and_never_beyond_the_target() -> None:
    scheme = Scheme({"availability": 30, "purity": 10}, {"availability": 0.9, "purity": 1.0})
    availability = sure(0.8, Action("keep-in-stock", "cola", 0.05), Action("keep-in-stock", "lemon", 0.15))
    found = grade({"availability": availability, "purity": sure(0.5, Action("take-out", "rival", 0.5))}, scheme)
    assert found
    assert [(one.action.subject, one.points) for one in found.raises] == [
        ("rival", 12.5),
        ("lemon", 8.33),
        ("cola", 4.17),
    ]


def test_doing_what_it_says_raises_the_grade_by_what_it_says() -> None:
    lines = MeanLines.of(
        MeanLine("a", "a", sku, count, count, 0, 1) for sku, count in (("cola", 6.0), ("rival", 2.0), ("ale", 1.0))
    )
    without = lines.where(~lines.sku.among({"rival"}))
    pillars = [purity_pillars(some, {"a"}, {"cola"})["a"] for some in (lines, without)]
    graded = [grade({"purity": pillar}, EQUAL) for pillar in pillars]
    assert graded[0] and graded[1]
    (first, *_) = graded[0].raises
    assert (first.action.doing, first.action.subject) == ("take-out", "rival")
    assert first.points == pytest.approx(graded[1].value.value - graded[0].value.value, abs=0.02)


def test_availability_names_what_was_missing() -> None:
    times = [ShelfTime("c", "o", "cola", 90, estimate(9, 1)), ShelfTime("c", "o", "lemon", 10, estimate(0))]
    pillar = availability_pillars(ShelfTimes.of(times))["o"]
    assert (pillar.value.low, pillar.value.value, pillar.value.high) == (0.9, 0.91, 0.92)
    assert pillar.actions == [Action("keep-in-stock", "cola", 0.09, 9)]
    assert availability_pillars(ShelfTimes.of([])) == {}


def test_share_asks_for_no_more_facings_than_the_target_needs() -> None:
    lines = MeanLines.of(MeanLine("a", outlet, sku, 5, 5, 0, 1) for outlet in "ab" for sku in ("cola", "rival"))
    pillar = share_pillars(lines, {"cola"}, {"a": 0.6})["a"]
    assert [(one.doing, one.subject, one.amount) for one in pillar.actions] == [
        ("win-facings", "rival", pytest.approx(1))
    ]
    assert share_pillars(MeanLines.of([]), {"cola"}, {"a": 0.6}) == {}


def test_a_planogram_is_repaired_cooler_by_cooler() -> None:
    good, bad = judge(["aa"], standing(["aa"])), judge(["aa"], standing(["x"]))
    listed = judge(["ab"], standing(["a"]), ordered=False)
    pillar = planogram_pillar({"good": (good, 0), "bad": (bad, 3), "listed": (listed, 1)})
    assert pillar
    assert pillar.value.value == 0.5
    assert [(one.subject, round(one.gain, 4), one.amount) for one in pillar.actions] == [
        ("bad", 0.3333, 3),
        ("listed", 0.1667, 1),
    ]
    assert planogram_pillar({}) is None


def test_sell_out_is_measured_by_the_best_quarter_of_its_class() -> None:
    sold = {outlet: estimate(units) for outlet, units in zip("abcd", (10, 20, 30, 40), strict=True)} | {
        "z": estimate(9)
    }
    classes = dict.fromkeys("abcd", "kiosk") | {"z": "bar"}
    of_all = {outlet: units.value for outlet, units in sold.items()}
    found = sell_out_pillars(sold, classes, {"a": {"cola": 6.5, "lemon": 0}}, of_all)
    assert {outlet: pillar.value.value for outlet, pillar in found.items()} == {
        "a": 0.3077,
        "b": 0.6154,
        "c": 0.9231,
        "d": 1.2308,
    }, "bars are too few to compare"
    assert found["a"].actions == [Action("sell", "cola", 0.2, 6.5)]


def test_the_default_weights_and_targets_name_every_pillar() -> None:
    assert DEFAULT.weights.keys() == DEFAULT.targets.keys() == set(PILLARS)
    assert sum(DEFAULT.weights.values()) == 100
