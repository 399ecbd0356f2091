"""A whole panel analysed: three estimators, their checks, money, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cloud.analytics.promo.answer import Effect, EstimatorAnswer, EstimatorName, PromoAnswer, Ranged, Roi
from cloud.analytics.promo.checks import mean_square_before, placebo_in_space, placebo_in_time, pre_trend
from cloud.analytics.promo.design import Cohort, Design, design
from cloud.analytics.promo.estimate import Window, effects, total, window_cells
from cloud.analytics.promo.inference import Inference, infer
from cloud.analytics.promo.over_time import over_time
from cloud.analytics.promo.panel import FloatArray, Panel
from cloud.analytics.promo.roi import Money, roi_of
from cloud.analytics.promo.verdict import SMALLEST, doubts_of, verdict
from cloud.analytics.promo.weights import Method, did_variants, methods, synthetic_control_weights
from facings.errors import BadInputError

_LEAST_BEFORE = 4
"""With fewer periods before, synthetic difference-in-differences has too little to choose weights by."""
_FEW_CONTROLS = 10
_UNEVEN = 5.0
"""Over so many times the median movement of controls, one is told of."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to analyse."""

    level: float = 0.95
    seed: int = 0
    money: Money | None = None
    smallest: float = SMALLEST

    def __post_init__(self) -> None:
        if not 0.5 <= self.level < 1:
            raise BadInputError(f"the level of the intervals is between 0.5 and 1, not {self.level}")
        if not 0 < self.smallest < 1:
            raise BadInputError(f"the smallest effect that matters is between 0 and 1, not {self.smallest}")


def analyse_panel(panel: Panel, wanted: Wanted | None = None) -> PromoAnswer:
    """The effect of a treatment on a panel, by three estimators, with its checks and a verdict.

    Raises:
        PanelError: the panel cannot tell by its build: no treatment, no controls, no time before.
    """
    wanted = wanted or Wanted()
    made = design(panel)
    warnings = [*made.warnings, *_cautions(made)]
    by_name = methods(made.cohorts)
    found = {name: _inference(made, by_name[name], wanted.seed) for name in _NAMES}
    answers = {name: _answer(made, by_name[name], found[name], wanted) for name in _NAMES}
    answers["did"] = answers["did"].model_copy(update={"variants": _variants(made, wanted)})
    warnings += _poor_fit(answers["synthetic_control"])
    warnings += [f"{name}: no interval, as there are too few units and periods" for name in _NAMES if not found[name]]
    primary: EstimatorName = "sdid" if min(len(cohort.before) for cohort in made.cohorts) >= _LEAST_BEFORE else "did"
    method = by_name[primary]
    trend = pre_trend(made, wanted.level, wanted.seed)
    in_time = placebo_in_time(made, method, wanted.level, wanted.seed)
    if trend.passed is False:
        warnings.append("the pre-trend test fails: difference-in-differences is not to be trusted here")
    doubts = doubts_of(trend, in_time, parallel=primary == "did")
    if not np.ptp(made.outcome) > 0:
        doubts.insert(0, "the outcome never changes")
    others = [answer for name, answer in answers.items() if name != primary]
    word, reason = verdict(answers[primary], others, doubts, answers[primary].roi, wanted.smallest)
    return PromoAnswer(
        verdict=word,
        reason=reason,
        estimator=primary,
        did=answers["did"],
        synthetic_control=answers["synthetic_control"],
        sdid=answers["sdid"],
        roi=answers[primary].roi,
        pre_trend=trend,
        placebo_in_time=in_time,
        placebo_in_space=placebo_in_space(made, method, found[primary], wanted.seed),
        level=wanted.level,
        units=len(made.units),
        treated_units=len(made.treated),
        control_units=len(made.controls),
        cohorts=len(made.cohorts),
        periods=len(made.times),
        periods_before=min(len(cohort.before) for cohort in made.cohorts),
        treated_cells=sum(cohort.cells for cohort in made.cohorts),
        warnings=warnings,
    )


_NAMES: tuple[EstimatorName, ...] = ("did", "synthetic_control", "sdid")


def _windows(made: Design) -> tuple[Window, ...]:
    return ("during", "after") if any(len(cohort.after) for cohort in made.cohorts) else ("during",)


def _inference(made: Design, method: Method, seed: int) -> Inference | None:
    windows = _windows(made)
    estimator = effects([made.outcome], method, windows)
    fit = partial(mean_square_before, made.outcome, method) if method is synthetic_control_weights else None
    by_units = infer(estimator, made.cohorts, seed, fit)
    return by_units or over_time(made.outcome, made.cohorts, method, windows)


def _variants(made: Design, wanted: Wanted) -> dict[str, Effect]:
    found = {}
    for name, method in did_variants(made.cohorts).items():
        value = total(effects([made.outcome], method, _windows(made))(made.cohorts))
        found[name] = _effect(value, _inference(made, method, wanted.seed), 0, wanted.level)
    return found


def _answer(made: Design, method: Method, found: Inference | None, wanted: Wanted) -> EstimatorAnswer:
    windows = _windows(made)
    pieces = effects([made.outcome], method, windows)(made.cohorts)
    value = total(pieces)
    each = [_effect(value, found, column, wanted.level) for column in range(len(windows))]
    seen = sum(
        float(piece.share[0]) * float(made.outcome[np.ix_(piece.cohort.treated, piece.cohort.during)].mean())
        for piece in pieces
    )
    without = seen - float(value[0])
    return EstimatorAnswer(
        **each[0].model_dump(),
        inference=found.method if found else "none",
        without_treatment=without,
        relative=each[0].effect / without if without else None,
        fit_before=mean_square_before(made.outcome, method, made.cohorts) ** 0.5,
        after=each[1] if len(windows) > 1 else None,
        controls=_largest(made, [(piece.cohort, piece.share[0] * piece.controls[:, 0]) for piece in pieces]),
        roi=_roi(made, value, found, wanted) if wanted.money else None,
    )


def _effect(value: FloatArray, found: Inference | None, column: int, level: float) -> Effect:
    effect = float(value[column])
    if found is None:
        return Effect(effect=effect)
    one = np.eye(len(value))[column]
    reach = found.reach(one, level)
    p_value = found.p_value(effect, one)
    return Effect(effect=effect, low=effect - reach, high=effect + reach, se=found.se(one), p_value=p_value)


def _roi(made: Design, value: FloatArray, found: Inference | None, wanted: Wanted) -> Roi:
    """Of all windows together: what is lost after the treatment counts too."""
    assert wanted.money is not None
    cells = window_cells(made.cohorts, _windows(made)).sum(axis=0)
    units = float(cells @ value)
    reach = found.reach(cells, wanted.level) if found else None
    counted = Ranged(value=units) if reach is None else Ranged(value=units, low=units - reach, high=units + reach)
    return roi_of(counted, wanted.money, with_after=len(cells) > 1)


def _largest(made: Design, weighted: Sequence[tuple[Cohort, FloatArray]]) -> dict[str, float]:
    weights = np.zeros(len(made.units))
    for cohort, part in weighted:
        weights[cohort.controls] += part
    top = np.argsort(-weights, kind="stable")[:10]
    return {made.units[unit]: float(weights[unit]) for unit in top if weights[unit] > 1e-4}


def _poor_fit(answer: EstimatorAnswer) -> list[str]:
    if not answer.fit_before > abs(answer.effect):
        return []
    return [
        f"synthetic_control: it missed the treated by {answer.fit_before:.4g} before the treatment already, more than "
        "its effect: no mix of the controls runs at their level"
    ]


def _cautions(made: Design) -> list[str]:
    cautions = []
    moves = np.diff(made.outcome[:, made.cohorts[0].before], axis=1)[made.controls]
    spread = moves.std(axis=1) if moves.shape[1] > 1 else np.zeros(1)
    if spread.max() > _UNEVEN * np.median(spread) > 0:
        wildest = made.units[int(made.controls[spread.argmax()])]
        cautions.append(
            f"controls move by very different amounts, most of all {wildest!r}: placebos of such units widen the "
            "intervals; per head, per outlet or in logarithms they compare better"
        )
    if len(made.controls) < _FEW_CONTROLS:
        cautions.append(f"only {len(made.controls)} controls: intervals rest on few units")
    short = min(len(cohort.before) for cohort in made.cohorts)
    if short < _LEAST_BEFORE:
        cautions.append(
            f"only {short} periods before the treatment: too little for synthetic control and synthetic "
            "difference-in-differences to choose weights by; the verdict is about difference-in-differences"
        )
    return cautions
