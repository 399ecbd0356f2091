"""A promotion studied on daily sell-out: matched outlets, the effect, the dip after it, what sister SKUs lost, ROI.

Incremental units, net = promoted SKUs during + promoted SKUs after (the dip) + sister SKUs during and after. All eight
averages (units and margin, promoted and sisters, during and after) are estimated at once, with their joint covariance
over outlets: the interval of the ROI knows that an outlet that sold more of one may have sold less of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from pydantic import computed_field

from cloud.analytics.promo.answer import (
    Answer,
    Effect,
    EstimatorAnswer,
    EstimatorName,
    Overlap,
    PlaceboInSpace,
    PlaceboInTime,
    PreTrend,
    Ranged,
    Roi,
    Verdict,
)
from cloud.analytics.promo.cautions import Caution
from cloud.analytics.promo.checks import mean_square_before, placebo_in_space, placebo_in_time, pre_trend
from cloud.analytics.promo.course import Course, course
from cloud.analytics.promo.estimate import effects, total
from cloud.analytics.promo.execution import Execution, Sighting, executed
from cloud.analytics.promo.inference import Inference, infer
from cloud.analytics.promo.matching import Matching
from cloud.analytics.promo.panel import FloatArray, PanelError
from cloud.analytics.promo.prepared import WINDOWS, Horizon, Prepared
from cloud.analytics.promo.roi import Money, roi_of
from cloud.analytics.promo.sellout import Promotion, SellOut
from cloud.analytics.promo.verdict import SMALLEST, doubts_of, verdict
from cloud.analytics.promo.weekly import weekly
from cloud.analytics.promo.weights import Method, did_weights, sdid_weights, synthetic_control_weights

_SECOND: dict[EstimatorName, Method] = {
    "synthetic_control": synthetic_control_weights,
    "sdid": sdid_weights,
}


class StudyAnswer(Answer):
    """What a promotion did and earned."""

    verdict: Verdict
    reason: str
    direct: EstimatorAnswer
    """Promoted SKUs, per outlet and day of the promotion, by matched difference-in-differences."""
    others: dict[EstimatorName, Effect]
    """The same by the other estimators, on weeks within cells."""
    dip: Effect
    """Promoted SKUs, per outlet and day after it."""
    cannibalised: Effect | None
    """Sister SKUs, per outlet and day of the promotion."""
    units: dict[str, Ranged]
    """Over all promoted outlets and days: direct, dip, cannibalised, net."""
    roi: Roi
    pre_trend: PreTrend
    placebo_in_time: PlaceboInTime | None
    placebo_in_space: PlaceboInSpace | None
    execution: Execution | None
    matched_outlets: int
    unmatched: list[str]
    """Promoted outlets without a match."""
    control_outlets: int
    imbalance: dict[str, float]
    course: Course
    overlap: Overlap | None = None
    """Promotions of the same SKUs that ran with it."""
    level: float
    cautions: tuple[Caution, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def warnings(self) -> list[str]:
        """The cautions in English."""
        return [str(caution) for caution in self.cautions]


@dataclass(frozen=True, slots=True)
class PromotionStudy:
    """How promotions are studied."""

    horizon: Horizon = field(default_factory=Horizon)
    level: float = 0.90
    seed: int = 0
    smallest: float = SMALLEST
    matching: Matching = field(default_factory=Matching)

    def answer(
        self,
        sell_out: SellOut,
        promotion: Promotion,
        sightings: Iterable[Sighting] | None = None,
        shows: frozenset[str] | None = None,
    ) -> StudyAnswer:
        """What the promotion did.

        Args:
            sell_out: of promoted outlets and of others, before, during and after.
            promotion: what was promoted, where and when.
            sightings: what photos show, for the share of outlets that carried it out.
            shows: what a photo must show for that; the promoted SKUs unless named.

        Raises:
            PanelError: the sell-out does not reach to both sides of the promotion's start, or too few outlets have a
                match.
        """
        ready = Prepared.of(sell_out, promotion, self.horizon, self.matching)
        found = infer(effects(ready.outcomes, did_weights, WINDOWS), ready.made.cohorts, self.seed)
        if found is None:
            raise PanelError("too few outlets to say how sure the effect is: at least five controls are needed")
        execution = None if sightings is None else executed(promotion, sightings, shows or promotion.skus, self.level)
        return _answer(ready, found, self, execution)


def _answer(ready: Prepared, found: Inference, study: PromotionStudy, execution: Execution | None) -> StudyAnswer:
    value = total(effects(ready.outcomes, did_weights, WINDOWS)(ready.made.cohorts))
    sums = _Sums(value, found, study.level)
    cells = ready.totals()
    money = sums.of(_margin_sum(cells, len(value)))
    roi = roi_of(money, Money(1.0, ready.promotion.cost), with_after=True)
    units = {name: sums.of(vector) for name, vector in _unit_sums(cells, len(value)).items()}
    roi = roi.model_copy(update={"incremental_units": units["net"]})
    direct = _direct(ready, sums)
    others = {name: _second(ready, name, study) for name in _SECOND}
    trend = pre_trend(ready.made, study.level, study.seed)
    in_time = placebo_in_time(ready.made, did_weights, study.level, study.seed)
    doubts = doubts_of(trend, in_time, parallel=True)
    word, reason = verdict(direct, others.values(), doubts, roi, study.smallest)
    return StudyAnswer(
        verdict=word,
        reason=reason,
        direct=direct,
        others=others,
        dip=sums.effect(1),
        cannibalised=sums.effect(4) if len(value) > 4 else None,
        units=units,
        roi=roi,
        pre_trend=trend,
        placebo_in_time=in_time,
        placebo_in_space=placebo_in_space(ready.made, did_weights, None, study.seed),
        execution=execution,
        matched_outlets=len(ready.made.treated),
        unmatched=[ready.made.units[unit] for unit in ready.matched.unmatched],
        control_outlets=len(ready.made.controls),
        imbalance=ready.matched.imbalance,
        course=course(ready.made),
        level=study.level,
        cautions=tuple(ready.cautions),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Linear combinations of the averages, with their intervals."""

    value: FloatArray
    found: Inference
    level: float

    def of(self, vector: FloatArray) -> Ranged:
        middle, reach = float(vector @ self.value), self.found.reach(vector, self.level)
        return Ranged(value=middle, low=middle - reach, high=middle + reach)

    def effect(self, column: int) -> Effect:
        one = np.eye(len(self.value))[column]
        number = self.of(one)
        p_value = self.found.p_value(number.value, one)
        return Effect(effect=number.value, low=number.low, high=number.high, se=self.found.se(one), p_value=p_value)


def _unit_sums(cells: FloatArray, columns: int) -> dict[str, FloatArray]:
    """Which averages make which sum of units: columns 0 and 1 are promoted units, 4 and 5 sister units."""
    direct, dip, sisters = np.zeros(columns), np.zeros(columns), np.zeros(columns)
    direct[0], dip[1] = cells
    if columns > 4:
        sisters[4:6] = cells
    return {"direct": direct, "dip": dip, "cannibalised": sisters, "net": direct + dip + sisters}


def _margin_sum(cells: FloatArray, columns: int) -> FloatArray:
    """Columns 2 and 3 are the margin of the promoted, 6 and 7 that of the sisters."""
    vector = np.zeros(columns)
    vector[2:4] = cells
    if columns > 4:
        vector[6:8] = cells
    return vector


def _direct(ready: Prepared, sums: _Sums) -> EstimatorAnswer:
    effect = sums.effect(0)
    pieces = effects([ready.made.outcome], did_weights)(ready.made.cohorts)
    seen = sum(
        float(piece.share[0]) * float(ready.made.outcome[np.ix_(piece.cohort.treated, piece.cohort.during)].mean())
        for piece in pieces
    )
    without = seen - effect.effect
    return EstimatorAnswer(
        **effect.model_dump(),
        inference=sums.found.method,
        without_treatment=without,
        relative=effect.effect / without if without else None,
        fit_before=mean_square_before(ready.made.outcome, did_weights, ready.made.cohorts) ** 0.5,
    )


def _second(ready: Prepared, name: EstimatorName, study: PromotionStudy) -> Effect:
    """What another estimator says of the direct effect."""
    made, method = weekly(ready.made), _SECOND[name]
    value = total(effects([made.outcome], method)(made.cohorts))
    fit = partial(mean_square_before, made.outcome, method) if method is synthetic_control_weights else None
    found = infer(effects([made.outcome], method), made.cohorts, study.seed, fit)
    return _Sums(value, found, study.level).effect(0) if found else Effect(effect=float(value[0]))
