"""Figures of finding: matching, average precision, recall and counting at the threshold."""

from __future__ import annotations

import pytest

from models.evaluation.finding import finding, product_precision, recall_by_size, recall_by_stress, recall_by_view
from tests.support.judging import Find, named_photo, seen

LEFT, MIDDLE, RIGHT = [0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]
NEAR_LEFT = [1, 0, 11, 10]


@pytest.mark.parametrize(
    ("finds", "products", "ignored", "of"),
    [
        ([], [LEFT], (), []),
        ([(LEFT, 0.9)], [LEFT, RIGHT], (), [0]),
        ([(LEFT, 0.9), (NEAR_LEFT, 0.8)], [LEFT], (), [0, -1]),
        ([(NEAR_LEFT, 0.9), (LEFT, 0.8)], [LEFT], (), [0, -1]),
        ([(MIDDLE, 0.9)], [LEFT], (MIDDLE,), []),
        ([(LEFT, 0.9)], [LEFT], (LEFT,), [0]),
        ([(LEFT, 0.9)], [], (), [-1]),
    ],
    ids=["nothing", "a hit", "a double", "best first", "on an ignored region", "a product on one", "no products"],
)
def test_matching(finds: list[Find], products: list[list[int]], ignored: tuple[list[int], ...], of: list[int]) -> None:
    photo = named_photo(*((box, "cola") for box in products), ignored=ignored)
    assert seen(photo, *finds).of.tolist() == of


def test_average_precision_is_one_for_a_perfect_detector_and_zero_for_a_blind_one() -> None:
    photo = named_photo((LEFT, "cola"), (MIDDLE, "cola"))
    assert product_precision([seen(photo, (LEFT, 0.9), (MIDDLE, 0.1))], 0.5) == 1.0
    assert product_precision([seen(photo)], 0.5) == 0.0
    assert product_precision([seen(photo, (RIGHT, 0.9))], 0.5) == 0.0
    assert product_precision([], 0.5) == 0.0


def test_a_wrong_box_above_a_right_one_costs_precision_over_half_of_the_recall() -> None:
    # Right, wrong, right: precision 1 up to recall 1/2 (51 of 101 points), then 2/3.
    photo = named_photo((LEFT, "cola"), (MIDDLE, "cola"))
    judged = seen(photo, (LEFT, 0.9), (RIGHT, 0.8), (MIDDLE, 0.7))
    assert product_precision([judged], 0.5) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_a_loose_box_counts_at_low_overlaps_only() -> None:
    judged = seen(named_photo((LEFT, "cola")), ([0, 0, 10, 7], 0.9))  # overlap 0.7
    figures = finding([judged], 0.5)
    assert figures["ap50"] == 1.0
    assert figures["ap50_95"] == pytest.approx(0.5)  # 0.50 to 0.70 of ten overlaps


def test_recall_precision_and_counting_are_those_at_the_threshold() -> None:
    judged = [
        seen(named_photo((LEFT, "cola"), (MIDDLE, "cola")), (LEFT, 0.9), (MIDDLE, 0.2)),
        seen(named_photo((RIGHT, "cola")), (RIGHT, 0.9), (LEFT, 0.6), (MIDDLE, 0.6)),
    ]
    figures = finding(judged, 0.5)
    assert figures["recall_max"] == 1.0
    assert figures["recall"] == pytest.approx(2 / 3)
    assert figures["precision"] == pytest.approx(2 / 4)
    assert figures["count_error"] == pytest.approx((0.5 + 2.0) / 2)
    assert figures["count_bias"] == pytest.approx((-0.5 + 2.0) / 2)


def test_recall_by_size_and_stress() -> None:
    big = [100, 0, 200, 100]
    judged = [
        seen(named_photo((LEFT, "cola"), (big, "cola"), stress={"fog": 2, "tilt": 1}), (big, 0.9)),
        seen(named_photo((LEFT, "cola"), stress={"fog": 1}), (LEFT, 0.9)),
    ]
    assert recall_by_size(judged, 0.5) == {
        "small": {"products": 2.0, "recall": 0.5},
        "large": {"products": 1.0, "recall": 1.0},
    }
    by_stress = recall_by_stress(judged, 0.5)
    assert {name: figures["recall"] for name, figures in by_stress.items()} == {
        "fog-1": 1.0, "fog-2": 0.5, "level-1": 1.0, "level-2": 0.5, "tilt-1": 0.5,
    }  # fmt: skip


def test_recall_by_view_says_what_is_found_and_with_a_gallery_what_is_named_too() -> None:
    photo = named_photo((LEFT, "cola"), (MIDDLE, "cola"), (RIGHT, "lime"), views=("door-clear",) * 2 + ("door-hidden",))
    finds: list[Find] = [(LEFT, 0.9, "cola", 0.9), (MIDDLE, 0.9, "lime", 0.9), (RIGHT, 0.2, "lime", 0.9)]
    untold = seen(named_photo((LEFT, "cola")))
    assert recall_by_view([seen(photo, *finds), untold], 0.5) == {
        "door-clear": {"products": 2.0, "recall": 1.0},
        "door-hidden": {"products": 1.0, "recall": 0.0},
    }
    by_gallery = recall_by_view([seen(photo, *finds, gallery=("cola", "lime"))], 0.5)
    assert {view: figures["rightly_named"] for view, figures in by_gallery.items()} == {
        "door-clear": 0.5,
        "door-hidden": 0.0,
    }
