"""From similarities to probabilities of SKUs."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.choice import Choice, each_for_itself
from edge.vision.manifest import CalibrationSpec

CHOICE = Choice(sharpness=10, stranger=0.5)
CALIBRATION = CalibrationSpec(intercept=-10, cosine=12, lead=5)


@pytest.mark.parametrize(
    ("similarities", "likely"),
    [
        pytest.param([0.5], [1 / 2], id="at the stranger's similarity it is as likely none"),
        pytest.param([0.5, 0.5], [1 / 3, 1 / 3], id="two alike and none share"),
        pytest.param([0.7, 0.5, 0.5], [0.7112, 0.0963, 0.0963], id="e^2 against three times e^0"),
        pytest.param([1.0, -1.0], [0.9933, 0.0], id="like one and no other"),
        pytest.param([-1.0, -1.0], [0.0, 0.0], id="like nothing"),
    ],
)
def test_a_choice_shares_the_probability(similarities: list[float], likely: list[float]) -> None:
    got = CHOICE.probabilities(np.array([similarities], np.float32))
    assert got[0] == pytest.approx(likely, abs=1e-4)


def test_a_sharp_choice_overflows_nowhere() -> None:
    got = Choice(sharpness=5000, stranger=0.1).probabilities(np.array([[1.0, 0.2], [-1.0, -1.0]], np.float32))
    assert got.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_each_for_itself_judges_the_foremost_by_its_lead_and_the_others_by_what_they_lack() -> None:
    got = each_for_itself(np.array([[0.9, 0.7, 0.4]], np.float32), CALIBRATION)
    logits = [-10 + 12 * 0.9 + 5 * 0.2, -10 + 12 * 0.7 - 5 * 0.2, -10 + 12 * 0.4 - 5 * 0.5]
    assert got[0] == pytest.approx([1 / (1 + np.exp(-logit)) for logit in logits], abs=1e-5)


@pytest.mark.parametrize("similarities", [[[0.8]], [[0.8, 0.8]]], ids=["the only SKU", "two equally like it"])
def test_without_a_lead_likeness_alone_decides(similarities: list[list[float]]) -> None:
    got = each_for_itself(np.array(similarities, np.float32), CALIBRATION)
    assert got[0] == pytest.approx([1 / (1 + np.exp(10 - 12 * 0.8))] * len(similarities[0]), abs=1e-5)
