"""How sure a tuned gallery may be, learned from products asked of it."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.choice import Choice
from models.onboarding.choose import STRANGERS, Asked, fit_choice


def asked(choice: Choice, strangers: float, count: int = 6000) -> Asked:
    """Products whose SKUs, or that they are strangers, were drawn as `choice` says of their similarities."""
    rng = np.random.default_rng(4)
    similarities = rng.uniform(0, 1, (count, 3)).astype(np.float32)
    likely = choice.probabilities(similarities).astype(np.float64)
    shares = np.cumsum(np.concatenate([likely, 1 - likely.sum(axis=1, keepdims=True)], axis=1), axis=1)
    of = (rng.uniform(size=(count, 1)) > shares[:, :3]).sum(axis=1)
    kept = (of < 3) | (rng.uniform(size=count) < strangers)
    return Asked(similarities[kept], np.where(of < 3, of, -1)[kept])


def test_the_sharpness_that_answers_were_drawn_with_is_found_again() -> None:
    drawn = Choice(sharpness=8, stranger=0.6)
    found = fit_choice([asked(drawn, 1.0), asked(drawn, 1.0)])
    assert found.sharpness == pytest.approx(8, rel=0.1)


def test_strangers_weigh_as_few_as_are_expected_however_many_there_are() -> None:
    drawn = Choice(sharpness=8, stranger=0.6)
    many, few = fit_choice([asked(drawn, 1.0)]), fit_choice([asked(drawn, 0.3)])
    assert many.stranger == pytest.approx(few.stranger, abs=0.03)
    # Odds of a stranger fall with its share: exp(sharpness * (new - old)) = ratio of the odds.
    trial = asked(drawn, 1.0)
    share = (trial.of < 0).mean()
    shift = np.log(STRANGERS / (1 - STRANGERS) * (1 - share) / share) / 8
    assert many.stranger == pytest.approx(0.6 + shift, abs=0.05)


def test_a_single_wrong_label_does_not_decide() -> None:
    sure = np.tile(np.array([[1.0, 0.0]], np.float32), (500, 1))
    wrong = Asked(sure, np.array([0] * 499 + [1]))
    assert fit_choice([wrong]).probabilities(sure[:1])[0, 0] > 0.9


def test_nothing_asked_is_an_error() -> None:
    with pytest.raises(ValueError, match="there are none"):
        fit_choice([])
