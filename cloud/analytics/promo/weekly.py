"""The panel on which synthetic control and synthetic DiD give their second opinion on a promotion.

Days are too noisy to choose weights by: a fit to them follows chance. So days are averaged to blocks of a week, counted
from the promotion's start, and the mean of each cell's controls is taken off its outlets, which leaves no shock of a
region or class. All cells then make one cohort.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

from cloud.analytics.promo.design import Cohort, Design
from cloud.analytics.promo.panel import FloatArray, IntArray

DAYS = 7


def weekly(made: Design) -> Design:
    """One cohort, (units, weeks): outcomes less the mean of the controls of their cell, during and before alone."""
    before, during = made.cohorts[0].before, made.cohorts[0].during
    blocks = [*_blocks(before[len(before) % DAYS :]), *_blocks(during)]
    level = np.column_stack([made.outcome[:, block].mean(axis=1) for block in blocks])
    weeks = len(blocks) - len(_blocks(during))
    cohort = Cohort(
        made.treated, made.controls, np.arange(weeks), np.arange(weeks, len(blocks)), np.array([], dtype=np.intp)
    )
    times = tuple(made.times[int(block[0])] for block in blocks)
    return Design(made.units, times, _within(level, made.cohorts), (cohort,))


def _blocks(days: IntArray) -> Sequence[IntArray]:
    return np.array_split(days, ceil(len(days) / DAYS))


def _within(level: FloatArray, cohorts: Sequence[Cohort]) -> FloatArray:
    within = level.copy()
    for cohort in cohorts:
        units = np.concatenate([cohort.treated, cohort.controls])
        within[units] = level[units] - level[cohort.controls].mean(axis=0)
    return within
