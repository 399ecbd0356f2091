"""The sell-out of a promotion made ready for its study: days, outlets, outcomes, one cohort per matched cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from cloud.analytics.promo.cautions import Caution
from cloud.analytics.promo.design import Cohort, Design, State
from cloud.analytics.promo.estimate import Window, window_cells
from cloud.analytics.promo.gaps import MOST_OF_A_UNIT, filled
from cloud.analytics.promo.matching import Matched, Matching, match
from cloud.analytics.promo.panel import FloatArray, IntArray, PanelError
from cloud.analytics.promo.sellout import Promotion, SellOut, days_between

WINDOWS: tuple[Window, ...] = ("during", "after")
LEAST_BEFORE = 14


@dataclass(frozen=True, slots=True)
class Horizon:
    """Days looked at before and after the promotion."""

    before: int = 56
    after: int = 14


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Cohorts, one a cell, and the outcomes: units and margin of the promoted, then of the sisters."""

    promotion: Promotion
    made: Design
    outcomes: tuple[FloatArray, ...]
    matched: Matched
    cautions: list[Caution]

    @classmethod
    def of(cls, sell_out: SellOut, promotion: Promotion, horizon: Horizon, matching: Matching) -> Prepared:
        """The sell-out of the study's days, gaps filled, outlets matched.

        Raises:
            PanelError: the sell-out does not reach to both sides of the promotion's start, or too few outlets match.
        """
        cautions: list[Caution] = []
        first = promotion.first - timedelta(days=horizon.before)
        last = promotion.last + timedelta(days=horizon.after)
        kept = _known(sell_out, days_between(sell_out.days, first, last), cautions)
        before = days_between(kept.days, first, promotion.first - timedelta(days=1))
        during = days_between(kept.days, promotion.first, promotion.last)
        after = days_between(kept.days, promotion.last + timedelta(days=1), last)
        treated, controls = _outlets(kept, promotion)
        _check(before, during, after, treated, controls, promotion, cautions)
        outcomes = _outcomes(kept, promotion, treated, during, after)
        matched = match(kept.outlets, treated, controls, outcomes[0][:, before], matching)
        if matched.unmatched.size:
            cautions.append(Caution(code="unmatched", n=matched.unmatched.size))
        cohorts = tuple(Cohort(cell.treated, cell.controls, before, during, after) for cell in matched.cells)
        names = tuple(outlet.id for outlet in kept.outlets)
        made = Design(names, tuple(map(str, kept.days)), outcomes[0], cohorts)
        return cls(promotion, made, outcomes, matched, cautions)

    def totals(self) -> FloatArray:
        """(2,): promoted outlet-days during and after; of outlets without a match too."""
        during, after = window_cells(self.made.cohorts, WINDOWS).sum(axis=0)
        return np.array([during, after]) * self._unmatched_scale()

    def _unmatched_scale(self) -> float:
        """All promoted outlets over the matched ones, by what they sold before."""
        before = self.made.outcome[:, self.made.cohorts[0].before].mean(axis=1)
        matched, unmatched = before[self.made.treated].sum(), before[self.matched.unmatched].sum()
        return float((matched + unmatched) / matched) if matched > 0 else 1.0


def _known(sell_out: SellOut, days: IntArray, cautions: list[Caution]) -> SellOut:
    """The days of the study, and the outlets of which enough is known."""
    units = sell_out.units[:, :, days]
    poor = np.isnan(units).any(axis=1).mean(axis=1) > MOST_OF_A_UNIT if days.size else np.zeros(0, dtype=bool)
    if poor.any():
        cautions.append(Caution(code="outlets-left-out", n=int(poor.sum())))
    left = np.flatnonzero(~poor)
    return SellOut(
        tuple(sell_out.outlets[outlet] for outlet in left),
        sell_out.skus,
        tuple(sell_out.days[day] for day in days),
        units[left],
    )


def _outlets(sell_out: SellOut, promotion: Promotion) -> tuple[IntArray, IntArray]:
    promoted = np.array([outlet.id in promotion.outlets for outlet in sell_out.outlets], dtype=bool)
    return np.flatnonzero(promoted), np.flatnonzero(~promoted)


def _check(
    before: IntArray,
    during: IntArray,
    after: IntArray,
    treated: IntArray,
    controls: IntArray,
    promotion: Promotion,
    cautions: list[Caution],
) -> None:
    if not treated.size:
        raise PanelError("there is no sell-out of the promoted outlets")
    if not controls.size:
        raise PanelError("there are no controls: sell-out of outlets without the promotion is needed")
    if before.size < LEAST_BEFORE or not during.size:
        raise PanelError(
            f"sell-out is known on {before.size} days before the promotion and {during.size} of its days: at least "
            f"{LEAST_BEFORE} before and one of it are needed"
        )
    if during.size < (promotion.last - promotion.first).days + 1:
        cautions.append(Caution(code="not-to-the-end"))
    if not after.size:
        cautions.append(Caution(code="nothing-after"))


def _outcomes(
    sell_out: SellOut, promotion: Promotion, treated: IntArray, during: IntArray, after: IntArray
) -> tuple[FloatArray, ...]:
    state = np.zeros((len(sell_out.outlets), len(sell_out.days)), dtype=np.intp)
    state[np.ix_(treated, during)] = State.DURING
    state[np.ix_(treated, after)] = State.AFTER
    groups = [promotion.skus, promotion.sisters] if promotion.sisters else [promotion.skus]
    raw = [sell_out.of_skus(group, worth) for group in groups for worth in (None, promotion.margins)]
    return tuple(filled(outcome, state)[0] if np.isnan(outcome).any() else outcome for outcome in raw)
