"""The verdict in plain words: what can be said, and where nothing can, why."""

from __future__ import annotations

from collections.abc import Iterable

from cloud.analytics.promo.answer import Effect, EstimatorAnswer, Overlap, PlaceboInTime, PreTrend, Roi, Verdict

LEAST_ALONE = 5
"""Outlets with a promotion alone, from which on it is told apart from others: with fewer no interval is sure."""
SMALLEST = 0.10
"""The smallest effect that matters, as a part of the outcome without treatment, unless another is named."""


def verdict(
    primary: EstimatorAnswer,
    others: Iterable[Effect],
    doubts: Iterable[str],
    roi: Roi | None,
    smallest: float = SMALLEST,
) -> tuple[Verdict, str]:
    """Success, no effect seen, harmful or cannot tell, with the reason.

    Args:
        primary: the estimator that decides.
        others: those beside it; one that is sure of the opposite makes the verdict 'cannot tell'.
        doubts: failed checks; one is enough for 'cannot tell'.
        roi: where money was named: a sure effect is a success only where it earned its cost for sure.
        smallest: part of the outcome without treatment; where no effect is seen, one as large must be ruled out.
    """
    low, high = primary.low, primary.high
    if low is None or high is None:
        return "cannot tell", "too few units or periods to say how sure the effect is"
    for doubt in doubts:
        return "cannot tell", doubt
    if any(_contradicts(primary, other) for other in others):
        return "cannot tell", "the estimators contradict each other: one is sure of a rise, another of a fall"
    if low > 0:
        return _paid(primary, roi)
    if high < 0:
        return "harmful", f"the outcome fell: {_words(primary)}"
    return _nothing_seen(primary, roi, smallest)


def despite_overlap(word: Verdict, reason: str, overlap: Overlap) -> tuple[Verdict, str]:
    """The verdict of a study of a promotion that ran together with others, where it was told apart as `overlap` says.

    By outlets, it holds as it is. By SKUs, only a success does: what those SKUs earned is weighed against the whole
    cost, and what it earned beside them is not known. By nothing, none does.
    """
    names = ", ".join(repr(name) for name in overlap.promotions)
    if overlap.apart_by == "outlets":
        return word, reason
    if overlap.apart_by == "nothing":
        return "cannot tell", (
            f"it ran together with {names}: the same SKUs, outlets and days; which of them earned what cannot be told; "
            f"leave {LEAST_ALONE} outlets or more to each alone next time"
        )
    left_out = ", ".join(overlap.left_out)
    if word == "success":
        return word, f"{reason}; by the SKUs alone that {names} did not promote, without {left_out}"
    return (
        "cannot tell",
        f"{left_out} were promoted by {names} too: what they earned for which is not known; {reason}",
    )


def doubts_of(trend: PreTrend, in_time: PlaceboInTime | None, *, parallel: bool) -> list[str]:
    """The failed checks that matter: the trend only to an estimator that takes parallel trends for granted."""
    found = []
    if parallel and trend.passed is False:
        found.append("treated units and controls moved apart before the treatment began (the pre-trend test fails)")
    if in_time is not None and in_time.passed is False:
        found.append(
            f"an effect appears already before the treatment, from {in_time.begins} on (the placebo in time fails)"
        )
    return found


def _contradicts(one: Effect, other: Effect) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return (one.low > 0 and other.high < 0) or (one.high < 0 and other.low > 0)


def _paid(primary: EstimatorAnswer, roi: Roi | None) -> tuple[Verdict, str]:
    rose = f"the outcome rose: {_words(primary)}"
    if roi is None or roi.roi.low is None or roi.roi.high is None:
        return "success", rose
    earned = f"ROI {roi.roi.value:.0%} ({roi.roi.low:.0%} to {roi.roi.high:.0%})"
    if roi.roi.low > 0:
        return "success", f"{rose}, and it earned its cost: {earned}"
    if roi.roi.high < 0:
        return "harmful", f"{rose}, but less than it cost: {earned}"
    return "cannot tell", f"{rose}, but whether that earned its cost is open: {earned}"


def _nothing_seen(primary: EstimatorAnswer, roi: Roi | None, smallest: float) -> tuple[Verdict, str]:
    matters = smallest * abs(primary.without_treatment)
    assert primary.low is not None
    assert primary.high is not None
    if max(-primary.low, primary.high) <= matters:
        return "no effect seen", f"an effect of {smallest:.0%} or more is ruled out: {_words(primary)}{_lost(roi)}"
    return "cannot tell", (
        f"the interval is too wide: it holds zero and also effects of {smallest:.0%} or more of the outcome without "
        f"treatment: {_words(primary)}; more controls, more periods before or more treated units would narrow it"
        f"{_lost(roi)}"
    )


def _lost(roi: Roi | None) -> str:
    """What can be said of the money even so."""
    if roi is None or roi.roi.high is None or roi.roi.high >= 0:
        return ""
    return f"; it did not earn its cost in any case: ROI at most {roi.roi.high:.0%}"


def _words(primary: EstimatorAnswer) -> str:
    relative = f" ({primary.relative:+.1%})" if primary.relative is not None else ""
    return f"{primary.effect:+.4g}{relative} a unit and period, between {primary.low:.4g} and {primary.high:.4g}"
