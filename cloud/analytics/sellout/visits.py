"""Unseen visits: somebody refills a cooler, many SKUs at once, at a time that nobody reports.

One SKU that is counted higher than before may be an error of counting; when many are, somebody was there. Each SKU's
chain says how much likelier its photos are with a refill than without; the product over the SKUs says whether there was
a visit. Each chain is asked with what is held of its other steps, as in variational inference for factorial chains
(Ghahramani and Jordan 1997, Machine Learning 29).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cloud.analytics.sellout.records import FloatArray

_SURE = 1e-12


@dataclass(frozen=True, slots=True)
class Visits:
    """How often somebody comes, and what happens then.

    Attributes:
        often: chance of a visit where one may have been.
        refilled: chance that a visit refills a SKU that has room.
        otherwise: chance that a SKU is refilled by itself, without such a visit.
    """

    often: float = 0.2
    refilled: float = 0.8
    otherwise: float = 0.003

    def learned(self, visited: Sequence[FloatArray], refilled: Sequence[FloatArray]) -> Visits:
        """What is most likely, given the chance of each visit and, (steps, SKUs), of each refill."""
        steps = sum(len(one) for one in visited)
        if not steps:
            return self
        came = sum(float(one.sum()) for one in visited)
        at_visits = sum(float((one[:, None] * skus).sum()) for one, skus in zip(visited, refilled, strict=True))
        skus_met = sum(float(one.sum()) * skus.shape[1] for one, skus in zip(visited, refilled, strict=True))
        return Visits(
            often=float(np.clip((came + 1) / (steps + 5), 0.01, 0.9)),
            refilled=float(np.clip((at_visits + 8) / (skus_met + 10), 0.4, 0.98)),
            otherwise=self.otherwise,
        )


def evidence(refilled: FloatArray, chance: FloatArray, visits: Visits) -> FloatArray:
    """(steps,) logarithm of how much likelier the photos of all SKUs are with a visit than without.

    Args:
        refilled: (steps, SKUs) chance that each was refilled, given its photos.
        chance: (steps,) what it was held to be without those of the step.
        visits: what a visit does.
    """
    prior = np.clip(chance, _SURE, 1 - _SURE)[:, None]
    after = np.clip(refilled, _SURE, 1 - _SURE)
    ratio = after / (1 - after) * (1 - prior) / prior
    with_visit = 1 - visits.refilled + visits.refilled * ratio
    without = 1 - visits.otherwise + visits.otherwise * ratio
    signs: FloatArray = np.log(with_visit / without).sum(axis=1)
    return signs


def posterior(signs: FloatArray, visits: Visits) -> FloatArray:
    """(steps,) chance of a visit."""
    odds = np.clip(signs + np.log(visits.often / (1 - visits.often)), -40, 40)
    chance: FloatArray = 1 / (1 + np.exp(-odds))
    return chance
