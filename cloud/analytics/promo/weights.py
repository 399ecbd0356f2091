"""The three estimators, each as weights of controls and of periods before the treatment.

All estimate the same double difference: treated minus weighted controls, in the window minus weighted periods before.

- Difference-in-differences: all controls alike. Right where treated and controls would have moved in parallel. The base
  is the mean of all periods before: with one date of adoption, that is two-way fixed effects. With several it is the
  last period before, as in Callaway & Sant'Anna (2021), cohort by cohort.
- Synthetic control (Abadie, Diamond & Hainmueller 2010), on the outcomes before alone: the mix of controls that ran at
  the level of the treated; nothing is subtracted for the periods before.
- Synthetic difference-in-differences (Arkhangelsky, Athey, Hirshberg, Imbens & Wager 2021): the mix of controls that
  ran in parallel, and the periods before that are like those in the window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cloud.analytics.promo.answer import EstimatorName
from cloud.analytics.promo.design import Cohort
from cloud.analytics.promo.panel import FloatArray
from cloud.analytics.promo.simplex import simplex_weights

_TINY = 1e-6
"""Ridge of weights that need none but for being the only ones, in standard deviations of the noise (as published)."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Of a cohort's controls, adding up to 1, and of its periods before, adding up to 1, or 0 for synthetic control."""

    controls: FloatArray
    before: FloatArray


Method = Callable[[FloatArray, Cohort], Weights]
"""From outcomes (units, periods) and a cohort to its weights."""


def did_weights(outcome: FloatArray, cohort: Cohort) -> Weights:  # noqa: ARG001 (the signature of a method)
    """All alike."""
    return Weights(_alike(len(cohort.controls)), _alike(len(cohort.before)))


def last_base_weights(outcome: FloatArray, cohort: Cohort) -> Weights:  # noqa: ARG001 (the signature of a method)
    """Controls alike, the last period before as the base."""
    last = np.zeros(len(cohort.before))
    last[-1] = 1.0
    return Weights(_alike(len(cohort.controls)), last)


def synthetic_control_weights(outcome: FloatArray, cohort: Cohort) -> Weights:
    """Controls that together ran at the level of the mean of the treated."""
    controls, treated = _before(outcome, cohort)
    ridge = (_TINY * noise(outcome, cohort)) ** 2 * len(cohort.before)
    return Weights(simplex_weights(controls.T, treated, ridge, intercept=False), np.zeros(len(cohort.before)))


def sdid_weights(outcome: FloatArray, cohort: Cohort) -> Weights:
    """Controls that ran in parallel to the treated, and periods before that predict the window among the controls.

    The ridge of the controls is ζ² T₀ with ζ = (N₁ T₁)^¼ σ, where σ is the standard deviation of the controls' first
    differences before the treatment.
    """
    if len(cohort.before) < 2:
        return did_weights(outcome, cohort)
    controls, treated = _before(outcome, cohort)
    sigma = noise(outcome, cohort)
    zeta = cohort.cells**0.25 * sigma
    window = outcome[np.ix_(cohort.controls, cohort.during)].mean(axis=1)
    return Weights(
        simplex_weights(controls.T, treated, zeta**2 * len(cohort.before), intercept=True),
        simplex_weights(controls, window, (_TINY * sigma) ** 2 * len(cohort.controls), intercept=True),
    )


def methods(cohorts: Sequence[Cohort]) -> dict[EstimatorName, Method]:
    """The three estimators; difference-in-differences depends on whether all began at once."""
    staggered = len({int(cohort.during[0]) for cohort in cohorts}) > 1
    return {
        "did": last_base_weights if staggered else did_weights,
        "synthetic_control": synthetic_control_weights,
        "sdid": sdid_weights,
    }


def did_variants(cohorts: Sequence[Cohort]) -> dict[str, Method]:
    """The same difference-in-differences on the other base."""
    if methods(cohorts)["did"] is did_weights:
        return {"base_last_period": last_base_weights}
    return {"base_mean_of_periods_before": did_weights}


def noise(outcome: FloatArray, cohort: Cohort) -> float:
    """Standard deviation of the controls' first differences before the treatment; 0 where there are less than two."""
    controls, _ = _before(outcome, cohort)
    steps = np.diff(controls, axis=1)
    return float(steps.std(ddof=1)) if steps.size > 1 else 0.0


def _before(outcome: FloatArray, cohort: Cohort) -> tuple[FloatArray, FloatArray]:
    before = outcome[:, cohort.before]
    return before[cohort.controls], before[cohort.treated].mean(axis=0)


def _alike(count: int) -> FloatArray:
    return np.full(count, 1 / count)
