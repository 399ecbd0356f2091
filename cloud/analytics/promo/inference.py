"""How sure the numbers are: covariance by units, since the periods of one unit are never independent.

- `jackknife`: each unit left out in turn, weights held (Arkhangelsky et al. 2021, algorithm 3); for equal weights it is
  the variance clustered by unit. Treated units and controls are two strata, degrees of freedom after Satterthwaite.
- `refitted jackknife`: the same with new weights each time, for synthetic control: its scores are levels, whose
  differences between outlets the weights take up.
- `placebo`: the treatment is given to controls at random, as many as were treated, and all is estimated anew
  (algorithm 4; Abadie et al. 2010); with one treated unit each control has its turn.
- `spread of the controls`: too few treated, and too few controls beside some of them for placebos: treated units are
  taken to differ as much as controls do (Conley & Taber 2011, in its normal form).
- `over time`: with too few units for either, from how much treated minus controls moves from period to period (Newey &
  West 1987). It cannot know of what befell one unit for good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from cloud.analytics.promo.design import Cohort
from cloud.analytics.promo.estimate import Estimator, Piece, total
from cloud.analytics.promo.panel import FloatArray, IntArray
from cloud.analytics.promo.placebos import distinct_controls, placebo_cohorts, placebo_possible

FEW = 5
"""Fewer treated units or controls than this do not show how much units of their kind differ."""
MOST_REFITS = 40
POOR_FIT = 20.0
"""Placebos whose mean square gap before is over so many times that of the treated say nothing of it (Abadie et al.)."""


Fit = Callable[[Sequence[Cohort]], float]


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """The covariance of K numbers."""

    method: str
    covariance: FloatArray
    """(K, K)."""
    freedom: float
    """Degrees of freedom of the t distribution."""
    draws: FloatArray | None = None
    """(placebos, K): what no treatment looks like."""

    def reach(self, combination: FloatArray, level: float) -> float:
        """Half the width of the interval of a linear combination (K,)."""
        return float(stats.t.ppf((1 + level) / 2, self.freedom) * self.se(combination))

    def se(self, combination: FloatArray) -> float:
        """Standard error of a linear combination (K,)."""
        return float(np.sqrt(max(float(combination @ self.covariance @ combination), 0.0)))

    def p_value(self, value: float, combination: FloatArray) -> float | None:
        """Two-sided, that the combination is zero; None where nothing varies. Of placebos: how many went as far."""
        if self.draws is not None:
            draws = np.abs(self.draws @ combination)
            return float((1 + (draws >= abs(value) - 1e-12).sum()) / (1 + len(draws)))
        se = self.se(combination)
        return float(2 * stats.t.sf(abs(value) / se, self.freedom)) if se > 0 else None


def infer(estimator: Estimator, cohorts: Sequence[Cohort], seed: int, fit: Fit | None = None) -> Inference | None:
    """The way that the numbers of units allow; None where they allow none.

    Args:
        estimator: what is estimated.
        cohorts: the real ones.
        seed: of the placebos' draw.
        fit: mean square gap before the treatment; given for synthetic control, whose scores are levels.
    """
    treated = sum(len(cohort.treated) for cohort in cohorts)
    controls = distinct_controls(cohorts).size
    levels = fit is not None
    if levels and controls >= max(2 * treated, FEW) and placebo_possible(cohorts):
        return placebo(estimator, cohorts, seed, fit)
    if treated >= FEW and controls >= FEW:
        return refitted_jackknife(estimator, cohorts) if levels else jackknife(estimator(cohorts))
    if controls >= FEW and placebo_possible(cohorts):
        return placebo(estimator, cohorts, seed, fit)
    if controls >= FEW + len(cohorts) and not levels:
        return borrowed(estimator(cohorts))
    return None


def jackknife(pieces: Sequence[Piece]) -> Inference:
    """Each unit left out in turn, weights held."""
    treated = np.vstack([_without_treated(piece, total(pieces)) for piece in pieces])
    part = _parts(pieces)[:, 0]
    return _of_strata(
        "jackknife over units", treated, _without_controls(pieces), float(1 / (part @ part)), _alike(pieces)
    )


def borrowed(pieces: Sequence[Piece]) -> Inference:
    """With treated units taken to differ as the controls of their cohort do, for too few treated to show it."""
    residuals = np.vstack(
        [
            (piece.scores[piece.cohort.controls] - piece.expected) * np.sqrt(_correction(len(piece.cohort.controls)))
            for piece in pieces
        ]
    )
    spread = residuals.T @ residuals / len(residuals)
    part, changes = _parts(pieces), _without_controls(pieces)
    covariance = spread * (part.T @ part) + changes.T @ changes / _correction(len(changes))
    return Inference("spread of the controls", covariance, float(len(changes) - len(pieces)))


def _correction(count: int) -> float:
    return count / max(count - 1, 1)


def _parts(pieces: Sequence[Piece]) -> FloatArray:
    """(treated units, K): how much of each number each is."""
    counts = [len(piece.cohort.treated) for piece in pieces]
    return np.repeat([piece.share / count for piece, count in zip(pieces, counts, strict=True)], counts, axis=0)


def _without_treated(piece: Piece, value: FloatArray) -> FloatArray:
    """(treated of the piece, K): by how much the numbers would be other without each."""
    part = piece.share / len(piece.cohort.treated)
    own = piece.scores[piece.cohort.treated] - piece.expected
    change: FloatArray = np.where(part > 0, part / np.maximum(1 - part, 1e-9) * (own - value), 0.0)
    return change


def _without_controls(pieces: Sequence[Piece]) -> FloatArray:
    """(controls, K): by how much the numbers would be other without each."""
    change = np.zeros_like(pieces[0].scores)
    for piece in pieces:
        gap = piece.scores[piece.cohort.controls] - piece.expected
        change[piece.cohort.controls] += piece.share * piece.controls / np.maximum(1 - piece.controls, 1e-9) * gap
    return change[distinct_controls([piece.cohort for piece in pieces])]


def _alike(pieces: Sequence[Piece]) -> float:
    """How many equally weighted controls would be worth as much as these."""
    weights = np.zeros(len(pieces[0].scores))
    for piece in pieces:
        weights[piece.cohort.controls] += piece.share[0] * piece.controls[:, 0]
    return float(1 / (weights @ weights))


def _of_strata(method: str, treated: FloatArray, controls: FloatArray, worth_t: float, worth_c: float) -> Inference:
    parts = [
        (rows.T @ rows / _correction(len(rows)), worth) for rows, worth in ((treated, worth_t), (controls, worth_c))
    ]
    covariance = parts[0][0] + parts[1][0]
    spread = sum(np.trace(part) ** 2 / max(worth - 1, 1) for part, worth in parts)
    freedom = np.trace(covariance) ** 2 / spread if spread > 0 else worth_t + worth_c - 2
    return Inference(method, covariance, float(max(freedom, 1.0)))


def refitted_jackknife(estimator: Estimator, cohorts: Sequence[Cohort]) -> Inference:
    """Each unit left out in turn, weights made anew; a control without weight changes nothing."""
    pieces = estimator(cohorts)
    value = total(pieces)
    strata = [
        np.concatenate([cohort.treated for cohort in cohorts]),
        distinct_controls(cohorts),
    ]
    used = {int(unit) for piece in pieces for unit in piece.cohort.controls[(piece.controls > 0).any(axis=1)]}
    used |= set(map(int, strata[0]))
    changes = [
        np.array(
            [
                total(estimator(_without(cohorts, group))) - value if used & set(map(int, group)) else 0 * value
                for group in _groups(stratum)
            ]
        )
        for stratum in strata
    ]
    worth = min(_alike(pieces), len(changes[1]))
    return _of_strata("jackknife over units, refitted", changes[0], changes[1], len(changes[0]), worth)


def _groups(units: IntArray) -> list[IntArray]:
    """Units to be left out together: each alone, or `MOST_REFITS` groups where that would take too long (Kott 2001)."""
    return [units[start::MOST_REFITS] for start in range(min(MOST_REFITS, len(units)))]


def _without(cohorts: Sequence[Cohort], units: IntArray) -> list[Cohort]:
    less = [
        replace(cohort, treated=np.setdiff1d(cohort.treated, units), controls=np.setdiff1d(cohort.controls, units))
        for cohort in cohorts
    ]
    return [cohort for cohort in less if len(cohort.treated)]


def placebo(estimator: Estimator, cohorts: Sequence[Cohort], seed: int, fit: Fit | None = None) -> Inference:
    """The treatment given to controls.

    Args:
        estimator: what is estimated.
        cohorts: the real ones.
        seed: of the draw.
        fit: mean square gap before the treatment; where given, placebos that fit far worse are left out.
    """
    drawn = placebo_cohorts(cohorts, seed)
    in_turn = len(cohorts) == 1 and len(cohorts[0].treated) == 1
    method = "placebo: each control in turn" if in_turn else "placebo draws"
    if fit is not None and in_turn:
        fitting = [one for one in drawn if fit(one) <= POOR_FIT * fit(cohorts)]
        if len(fitting) >= max(FEW, len(drawn) / 2):
            method += f", {len(drawn) - len(fitting)} that fit poorly left out" if len(fitting) < len(drawn) else ""
            drawn = fitting
    draws = np.array([total(estimator(one)) for one in drawn])
    freedom = min(len(drawn), distinct_controls(cohorts).size) - 1
    return Inference(method, np.atleast_2d(np.cov(draws, rowvar=False)), float(freedom), draws)
