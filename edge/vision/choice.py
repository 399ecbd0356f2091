"""From similarities to probabilities: which SKU of a gallery a product is, or that it is none of them.

A gallery of pictures alone judges each SKU for itself, by what the embedder's evaluation taught: `each_for_itself`.
A tuned one knows how its own SKUs are mistaken for each other, and lets them share the probability: `Choice`.
"""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from edge.vision.detections import FloatArray
from edge.vision.manifest import CalibrationSpec


class Choice(BaseModel):
    """A choice between all SKUs of a gallery and none of them: a softmax over similarities.

    Method: the multinomial logit (McFadden, Conditional logit analysis of qualitative choice behavior, 1974) with an
    outside option.

    Attributes:
        sharpness: how much a higher similarity counts.
        stranger: similarity at which a SKU is as likely as that the product is none of the gallery.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sharpness: float = Field(gt=0)
    stranger: float

    def probabilities(self, similarities: FloatArray) -> FloatArray:
        """(N, SKUs) how likely each product is each SKU; what a row lacks to one is that it is none of them."""
        odds = self.sharpness * (similarities - self.stranger)
        most = odds.max(axis=1, keepdims=True, initial=0.0)
        shares = np.exp(odds - most)
        return np.asarray(shares / (shares.sum(axis=1, keepdims=True) + np.exp(-most)), np.float32)


def each_for_itself(similarities: FloatArray, calibration: CalibrationSpec) -> FloatArray:
    """(N, SKUs) how likely each product is each SKU, by its similarity and its lead over the most similar other SKU.

    The lead of all but the most similar SKU is negative; that of the only SKU of a gallery is 0. Rows need not add up
    to one: two SKUs that look alike are both likely.
    """
    if similarities.shape[1] < 2:
        return calibration.probability(similarities, np.zeros_like(similarities))
    foremost_two = np.partition(similarities, -2, axis=1)
    first, second = foremost_two[:, -1:], foremost_two[:, -2:-1]
    foremost = np.arange(similarities.shape[1]) == similarities.argmax(axis=1)[:, None]
    return calibration.probability(similarities, similarities - np.where(foremost, second, first))
