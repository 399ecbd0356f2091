"""Difference-in-differences by another published rule, for comparison."""

from __future__ import annotations

from cloud.analytics.promo.design import Design
from cloud.analytics.promo.panel import FloatArray


def last_period_base(made: Design) -> float:
    """With the last period before as the base, in place of the mean of all (Callaway & Sant'Anna 2021, 'simple').

    It needs parallel trends only from that period on, and pays with more noise.
    """
    cells = sum(cohort.cells for cohort in made.cohorts)
    value = 0.0
    for cohort in made.cohorts:
        change: FloatArray = made.outcome[:, cohort.during].mean(axis=1) - made.outcome[:, cohort.before[-1]]
        value += cohort.cells / cells * float(change[cohort.treated].mean() - change[cohort.controls].mean())
    return value
