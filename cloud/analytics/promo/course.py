"""The course of a study as a chart shows it: what the promoted outlets sold, and what they would have sold."""

from __future__ import annotations

from datetime import date

import numpy as np

from cloud.analytics.promo.answer import Answer
from cloud.analytics.promo.design import Design
from cloud.analytics.promo.panel import FloatArray, IntArray


class Course(Answer):
    """Units of the promoted SKUs per outlet, day by day."""

    days: list[date]
    promoted: list[float]
    """Mean of the matched promoted outlets."""
    without: list[float]
    """Mean of their controls, moved to the level of the promoted before: over the days of the promotion, the mean
    distance of the two is the effect."""


def course(made: Design) -> Course:
    """Of cells with one time of treatment; each cell counts by its promoted outlets."""
    shares = np.array([len(cohort.treated) for cohort in made.cohorts], dtype=float)
    shares /= shares.sum()
    promoted = _mean(made.outcome, [cohort.treated for cohort in made.cohorts], shares)
    controls = _mean(made.outcome, [cohort.controls for cohort in made.cohorts], shares)
    before = made.cohorts[0].before
    without = controls + (promoted[before] - controls[before]).mean()
    return Course(
        days=[date.fromisoformat(day) for day in made.times],
        promoted=np.round(promoted, 3).tolist(),
        without=np.round(without, 3).tolist(),
    )


def _mean(outcome: FloatArray, groups: list[IntArray], shares: FloatArray) -> FloatArray:
    mean: FloatArray = shares @ np.array([outcome[group].mean(axis=0) for group in groups])
    return mean
