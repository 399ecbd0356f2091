"""Figures of naming and counting by SKU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.counting import UNKNOWN, counting
from models.evaluation.judged import JudgedPhoto
from models.evaluation.naming import calibration, confusion_pairs, named, naming
from tests.support.judging import named_photo, seen

A, B, C, D = ([x, 0, x + 10, 10] for x in (0, 20, 40, 60))
SKUS = frozenset({"cola", "lime"})


@pytest.fixture
def judged() -> list[JudgedPhoto]:
    """Two colas of which one is taken for lime, one lime refused, one stranger accepted as cola."""
    photo = named_photo((A, "cola"), (B, "cola"), (C, "lime"), (D, "stranger"))
    return [seen(photo, (A, 0.9, "cola", 0.95), (B, 0.8, "lime", 0.6), (C, 0.9, "lime", 0.3), (D, 0.7, "cola", 0.7))]


def test_the_figures_of_naming(judged: list[JudgedPhoto]) -> None:
    figures = naming(judged, 0.5, SKUS)
    assert figures["products_found"] == 4
    assert figures["top1"] == pytest.approx(2 / 3, abs=1e-4)  # cola and the lime that was refused
    assert figures["rightly_named"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["wrongly_named"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["refused"] == pytest.approx(1 / 3, abs=1e-4)
    assert (figures["unknown_products"], figures["unknown_accepted"]) == (1, 1.0)


def test_average_precision_of_each_sku_ranks_by_product_and_name(judged: list[JudgedPhoto]) -> None:
    figures = naming(judged, 0.5, SKUS)
    # Cola: 0.9*0.95 right, 0.7*0.7 wrong, one never found: precision 1 up to recall 1/2, then 0.
    # Lime: 0.8*0.6 wrong, then 0.9*0.3 right: precision 1/2 all along.
    assert figures["ap50_by_sku"] == {"cola": pytest.approx(51 / 101, abs=1e-4), "lime": 0.5}
    assert figures["map50"] == pytest.approx((51 / 101 + 0.5) / 2, abs=1e-4)


def test_a_curve_says_what_other_thresholds_would_give(judged: list[JudgedPhoto]) -> None:
    curve = {point["threshold"]: point for point in naming(judged, 0.5, SKUS)["open_set"]}
    assert curve[0.05]["unknown_accepted"] == 1.0
    assert curve[0.75]["unknown_accepted"] == 0.0
    assert curve[0.75]["rightly_named"] == pytest.approx(1 / 3, abs=1e-4)


def test_calibration_compares_what_was_stated_with_what_was_right(judged: list[JudgedPhoto]) -> None:
    found = calibration(named(judged, 0.5, SKUS))
    assert [b["products"] for b in found["bins"]] == [1, 1, 1, 1]
    assert found["error"] == pytest.approx((0.05 + 0.6 + 0.7 + 0.7) / 4, abs=1e-3)


def test_confused_pairs_are_told_with_how_often(judged: list[JudgedPhoto]) -> None:
    assert confusion_pairs(named(judged, 0.5, SKUS)) == [{"sku": "cola", "named": "lime", "products": 1, "of": 2}]


def test_counts_are_exact_or_not_by_photo_and_sku(judged: list[JudgedPhoto]) -> None:
    figures = counting(judged, 0.5, SKUS)
    # Cola: 2 labelled, 2 counted (one of them the stranger); lime: 1 and 1 (the cola); unknown: 1 and 1 (the lime).
    assert (figures["pairs"], figures["exact_count"]) == (3, 1.0)
    assert figures["by_sku"][UNKNOWN] == {"photos": 1, "labelled": 1, "counted": 1, "exact_count": 1.0}
    assert figures["count_error_by_sku"] == 0.0


def test_a_gallery_that_asks_for_more_names_less(judged: list[JudgedPhoto]) -> None:
    figures = naming([replace(photo, accept_from=0.8) for photo in judged], 0.5, SKUS)
    assert (figures["accept_from"], figures["unknown_accepted"]) == (0.8, 0.0)
    assert figures["refused"] == pytest.approx(2 / 3, abs=1e-4)
    assert counting([replace(judged[0], accept_from=0.8)], 0.5, SKUS)["by_sku"][UNKNOWN]["counted"] == 3


def test_pairs_hold_where_one_of_the_two_is_right(judged: list[JudgedPhoto]) -> None:
    figures = naming([replace(photo, others=(None, None, "cola", "lime")) for photo in judged], 0.5, SKUS)
    assert figures["named_as_pair"] == pytest.approx(1 / 3, abs=1e-4)  # of the known products, the cola taken for lime
    assert figures["pair_holds"] == 1.0


def test_nothing_found_is_no_division_by_zero() -> None:
    figures = naming([seen(named_photo((A, "cola")))], 0.5, SKUS)
    assert (figures["map50"], figures["top1"], figures["unknown_accepted"]) == (0.0, None, None)
    assert counting([], 0.5, SKUS)["exact_count"] is None


def test_a_detection_stands_for_every_sku_that_it_may_be(judged: list[JudgedPhoto]) -> None:
    gallery, likely = ("cola", "lime"), [[0.95, 0.01], [0.3, 0.6], [0.7, 0.3], [0.6, 0.0]]
    order = [0, 2, 1, 3]  # best score first: A and C at 0.9, B at 0.8, D at 0.7
    every = replace(judged[0], gallery=gallery, likely=np.array([likely[n] for n in order], np.float32))
    figures = naming([every], 0.5, SKUS)
    # Cola: A right at 0.86, C wrong at 0.63, D wrong at 0.42, B right at 0.24: precision 1 to recall 1/2, then 2/4.
    assert figures["ap50_by_sku"]["cola"] == pytest.approx((51 + 50 * 0.5) / 101, abs=1e-4)
    assert figures["map50_nearest"] < figures["map50"]
