"""Controls in the place of the treated: the cohorts of a placebo in space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cloud.analytics.promo.design import Cohort
from cloud.analytics.promo.panel import IntArray

PLACEBOS = 100
"""Draws; with one treated unit and no more controls than this, each control has its turn."""


def distinct_controls(cohorts: Sequence[Cohort]) -> IntArray:
    """The units that are a control of any cohort."""
    return np.unique(np.concatenate([cohort.controls for cohort in cohorts]))


def placebo_possible(cohorts: Sequence[Cohort]) -> bool:
    """Whether enough controls are left beside those drawn."""
    needed = sum(len(cohort.treated) for cohort in cohorts)
    return (
        all(len(cohort.controls) >= len(cohort.treated) + 2 for cohort in cohorts)
        and distinct_controls(cohorts).size >= needed + 2
    )


def placebo_cohorts(cohorts: Sequence[Cohort], seed: int) -> list[list[Cohort]]:
    """The cohorts with controls in place of the treated, once per placebo; none where controls are too few."""
    if not placebo_possible(cohorts):
        return []
    if len(cohorts) == 1 and len(cohorts[0].treated) == 1 and len(cohorts[0].controls) <= PLACEBOS:
        return [_given_to(cohorts, [np.array([unit])]) for unit in cohorts[0].controls]
    rng = np.random.default_rng(seed)
    return [_given_to(cohorts, _drawn(cohorts, rng)) for _ in range(PLACEBOS)]


def _drawn(cohorts: Sequence[Cohort], rng: np.random.Generator) -> list[IntArray]:
    taken = np.array([], dtype=np.intp)
    drawn = []
    for cohort in cohorts:
        free = np.setdiff1d(cohort.controls, taken)
        chosen = rng.choice(free, size=min(len(cohort.treated), len(free) - 1), replace=False)
        taken = np.concatenate([taken, chosen])
        drawn.append(chosen)
    return drawn


def _given_to(cohorts: Sequence[Cohort], chosen: Sequence[IntArray]) -> list[Cohort]:
    taken = np.concatenate(chosen)
    return [
        replace(cohort, treated=units, controls=np.setdiff1d(cohort.controls, taken))
        for cohort, units in zip(cohorts, chosen, strict=True)
    ]
