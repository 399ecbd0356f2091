"""Fits how sure a tuned gallery may be: the `Choice` under which the answers to its own photos are likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from edge.vision.choice import Choice
from edge.vision.detections import FloatArray

STRANGERS = 0.05
"""Share of the products before the cooler's camera that are taken to be of no SKU labelled.

In the trials far more are strangers, as a fifth of the SKUs are taken out. The more strangers are expected, the fewer
products get a name: with one in five, 61% of the counts of `cooler_brands` were exact on folds of its training photos,
with one in twenty 64%.
"""

_START = (np.log(14.0), 0.5)
_LEAST = 1e-6  # no answer is taken to be less likely: a wrong label must not decide alone


@dataclass(frozen=True, eq=False)
class Asked:
    """Products asked of a gallery that has not seen their photos.

    Attributes:
        similarities: (N, SKUs) how similar each is to each SKU.
        of: (N,) position of its own SKU; -1 where the gallery does not hold it.
    """

    similarities: FloatArray
    of: npt.NDArray[np.intp]


def fit_choice(trials: Sequence[Asked]) -> Choice:
    """The choice of greatest likelihood, each trial weighing the same, and in each the strangers `STRANGERS`.

    Raises:
        ValueError: there is no trial.
    """
    if not trials:
        raise ValueError("a choice is fitted to products asked of a gallery: there are none")

    weights = [_weights(asked) for asked in trials]

    def loss(at: npt.NDArray[np.float64]) -> float:
        choice = Choice(sharpness=float(np.exp(at[0])), stranger=float(at[1]))
        surprise = (-np.log(np.maximum(_answered(asked, choice), _LEAST)) for asked in trials)
        return float(np.mean([weight @ of_each for weight, of_each in zip(weights, surprise, strict=True)]))

    found = minimize(loss, np.array(_START), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-5}).x
    return Choice(sharpness=round(float(np.exp(found[0])), 3), stranger=round(float(found[1]), 4))


def _weights(asked: Asked) -> npt.NDArray[np.float64]:
    """(N,) weights that add up to one, those of strangers to `STRANGERS`; where there are none of a kind, to less."""
    known = asked.of >= 0
    shares = np.where(known, (1 - STRANGERS) / max(known.sum(), 1), STRANGERS / max((~known).sum(), 1))
    return np.asarray(shares, np.float64)


def _answered(asked: Asked, choice: Choice) -> FloatArray:
    """(N,) the probability given to what each product is: its SKU, or none of the gallery."""
    likely = choice.probabilities(asked.similarities)
    of_none = 1 - likely.sum(axis=1)
    return np.asarray(np.where(asked.of >= 0, likely[np.arange(len(likely)), asked.of], of_none), np.float32)
