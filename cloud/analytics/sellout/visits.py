"""Unseen visits: somebody refills a cooler, many SKUs at once, at a time that nobody reports.

One SKU that is counted higher than before may be an error of counting; when many are, somebody was there. Each SKU's
chain says how much likelier its photos are with a refill than without; the product over the SKUs says whether there was
a visit. Each chain is asked with what is held of its other steps, as in variational inference for factorial chains
(Ghahramani and Jordan 1997, Machine Learning 29).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cloud.analytics.sellout.records import FloatArray, IntArray

_SURE = 1e-12


@dataclass(frozen=True, slots=True)
class Visits:
    """How often somebody comes, and what happens then.

    Attributes:
        often: chance of a visit between two photos, or at a moment when the door was open.
        refilled: chance that a visit refills a SKU that has room.
        otherwise: chance that a SKU is refilled by itself, without such a visit.
    """

    often: float = 0.4
    refilled: float = 0.85
    otherwise: float = 0.003

    def refills(self, visited: FloatArray) -> FloatArray:
        """Chance that a SKU is refilled, where there was a visit with the chance `visited`."""
        return visited * self.refilled + (1 - visited) * self.otherwise

    def learned(self, visited: Sequence[FloatArray], spans: Sequence[IntArray]) -> Visits:
        """How often somebody came, given the chance of each visit and the times between photos they belong to."""
        times = sum(len(np.unique(one)) for one in spans)
        came = sum(float(one.sum()) for one in visited)
        return replace(self, often=float(np.clip((came + 1) / (times + 5), 0.01, 0.95))) if times else self


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


def posterior(signs: FloatArray, spans: IntArray, visits: Visits) -> FloatArray:
    """(steps,) chance of a visit, at one of the moments of a span at most.

    Args:
        signs: (steps,) as `evidence` tells.
        spans: (steps,) number of the time between two photos that the moment belongs to.
        visits: how often one comes in a span.
    """
    _, place, moments = np.unique(spans, return_inverse=True, return_counts=True)
    weight = np.exp(np.clip(signs, -40, 40)) * visits.often / moments[place]
    chance: FloatArray = weight / (1 - visits.often + np.bincount(place, weight)[place])
    return chance
