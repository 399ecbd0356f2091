"""What speaks against a causal reading: trends before the treatment, and effects where there can be none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import numpy as np

from cloud.analytics.promo.answer import PlaceboInSpace, PlaceboInTime, PreTrend
from cloud.analytics.promo.design import Cohort, Design
from cloud.analytics.promo.estimate import effects, slopes, total
from cloud.analytics.promo.inference import Inference, infer
from cloud.analytics.promo.over_time import over_time
from cloud.analytics.promo.panel import FloatArray
from cloud.analytics.promo.placebos import placebo_cohorts
from cloud.analytics.promo.weights import Method

ALPHA = 0.05
_PRETENDED_PART = 1 / 3
"""Part of the periods before that a placebo in time takes for treated."""
_LEAST_BEFORE = 6
ONE = np.ones(1)


def pre_trend(made: Design, level: float, seed: int) -> PreTrend:
    """Difference between the linear trends of treated and controls before the treatment.

    A passed test is no proof: it may be blind (Roth 2022); its interval says what it could have missed.
    """
    if not any(len(cohort.before) > 2 for cohort in made.cohorts):
        return PreTrend(passed=None, inference="needs three periods before the treatment")
    estimator = slopes(made.outcome)
    slope = float(total(estimator(made.cohorts))[0])
    found = infer(estimator, [cohort for cohort in made.cohorts if len(cohort.before) > 2], seed)
    if found is None:
        return PreTrend(slope=slope, passed=None, inference="too few units for a test")
    reach, p_value = found.reach(ONE, level), found.p_value(slope, ONE)
    return PreTrend(
        slope=slope,
        low=slope - reach,
        high=slope + reach,
        p_value=p_value,
        passed=None if p_value is None else p_value >= ALPHA,
        inference=found.method,
    )


def placebo_in_time(made: Design, method: Method, level: float, seed: int) -> PlaceboInTime | None:
    """The effect of a treatment pretended to begin in the last third of the periods before; None with less than six."""
    cohorts = [_earlier(cohort) for cohort in made.cohorts if len(cohort.before) >= _LEAST_BEFORE]
    if not cohorts:
        return None
    estimator = effects([made.outcome], method)
    effect = float(total(estimator(cohorts))[0])
    found = infer(estimator, cohorts, seed) or over_time(made.outcome, cohorts, method, ["during"])
    largest = max(cohorts, key=lambda cohort: len(cohort.treated))
    begins = made.times[int(largest.during[0])]
    if found is None:
        return PlaceboInTime(effect=effect, begins=begins, passed=None)
    reach, p_value = found.reach(ONE, level), found.p_value(effect, ONE)
    return PlaceboInTime(
        effect=effect,
        low=effect - reach,
        high=effect + reach,
        se=found.se(ONE),
        p_value=p_value,
        begins=begins,
        passed=None if p_value is None else p_value >= ALPHA,
    )


def _earlier(cohort: Cohort) -> Cohort:
    pretended = ceil(len(cohort.before) * _PRETENDED_PART)
    nothing = cohort.after[:0]
    return replace(cohort, before=cohort.before[:-pretended], during=cohort.before[-pretended:], after=nothing)


def placebo_in_space(made: Design, method: Method, found: Inference | None, seed: int) -> PlaceboInSpace | None:
    """Where the effect stands among placebo effects; None where the controls are too few to play the treated."""
    drawn = placebo_cohorts(made.cohorts, seed)
    if not drawn:
        return None
    estimator = effects([made.outcome], method)
    effect = abs(total(estimator(made.cohorts))[0])
    if found is not None and found.draws is not None:
        draws = np.abs(found.draws[:, 0])
    else:
        draws = np.abs([total(estimator(cohorts))[0] for cohorts in drawn])
    ratio = None
    if len(made.cohorts) == 1 and len(made.cohorts[0].treated) == 1:
        ratio = _rank(
            _rmspe_ratio(made.outcome, made.cohorts, method),
            np.array([_rmspe_ratio(made.outcome, cohorts, method) for cohorts in drawn]),
        )
    return PlaceboInSpace(p_value=_rank(effect, draws), placebos=len(draws), rmspe_ratio_p_value=ratio)


def _rank(value: float, draws: FloatArray) -> float:
    """Part of the values, the real one among them, that are as large as the real one."""
    return float((1 + (draws >= value - 1e-12).sum()) / (1 + len(draws)))


def _rmspe_ratio(outcome: FloatArray, cohorts: Sequence[Cohort], method: Method) -> float:
    """Root mean square gap in the window over that before (Abadie, Diamond & Hainmueller 2010)."""
    gap = gap_of(outcome, cohorts[0], method) ** 2
    in_window, ahead = float(gap[cohorts[0].during].mean()), float(gap[cohorts[0].before].mean())
    return (in_window / ahead) ** 0.5 if ahead > 0 else float("inf")


def mean_square_before(outcome: FloatArray, method: Method, cohorts: Sequence[Cohort]) -> float:
    """Mean square gap before the treatment, over the periods before of all cohorts."""
    gaps = [gap_of(outcome, cohort, method)[cohort.before] for cohort in cohorts]
    return float((np.concatenate(gaps) ** 2).mean())


def gap_of(outcome: FloatArray, cohort: Cohort, method: Method) -> FloatArray:
    """(periods,): mean of the treated minus weighted controls, less its weighted mean before."""
    weights = method(outcome, cohort)
    gap = outcome[cohort.treated].mean(axis=0) - weights.controls @ outcome[cohort.controls]
    level: FloatArray = gap - weights.before @ gap[cohort.before]
    return level
