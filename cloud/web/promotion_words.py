"""Promotions in words: mechanics, verdicts, and why."""

from __future__ import annotations

from cloud.analytics.promo.answer import Overlap
from cloud.analytics.promo.cautions import Caution, Code
from cloud.analytics.promo.stored import PromotionStudied
from cloud.analytics.promo.study import StudyAnswer
from cloud.web.i18n import N_, translations

MECHANICS = {
    "price-cut": N_("Price cut"),
    "multi-buy": N_("Multi-buy"),
    "extra-facings": N_("Extra facings"),
    "display": N_("Display"),
    "other": N_("Other"),
}

VERDICTS = {
    "success": N_("Success"),
    "no effect seen": N_("No effect seen"),
    "harmful": N_("Harmful"),
    "cannot tell": N_("Cannot tell"),
}

STATES = {
    "waiting": N_("Being studied"),
    "planned": N_("Planned"),
    "running": N_("Running"),
    "no-sell-out": N_("No sell-out known"),
    "no-controls": N_("No outlets to compare"),
    "moved-cooler": N_("A cooler was moved"),
    "short-history": N_("Too little known before"),
    "not-comparable": N_("Outlets not comparable"),
}

PARTS = {
    "direct": N_("Promoted products, during"),
    "dip": N_("Promoted products, after"),
    "cannibalised": N_("Sister products"),
    "net": N_("Net"),
}
"""Parts of the incremental units."""

TOLD = {
    "added": N_("The promotion is planned."),
    "kept": N_("Kept."),
    "ended": N_("It ends today."),
    "begun": N_("It has begun: it can be ended, but not changed."),
    "over": N_("It does not run, or ends today anyway."),
}
"""What came of a change."""

_REFUSED = {
    "waiting": N_("It is studied within a few minutes."),
    "planned": N_("It has not begun. It is studied when it is over."),
    "running": N_("It is studied when it is over: who looks before the end takes chance for success."),
    "no-sell-out": N_("No sell-out is known of its outlets or products around its days."),
    "no-controls": N_("All outlets had it: leave some of each region and class without it next time."),
    "moved-cooler": N_("A cooler of its outlets moved to or from another outlet: before and after cannot be compared."),
    "short-history": N_("Sell-out is known for less than two weeks before it: how it sold without it is not known."),
    "not-comparable": N_("Too few outlets without it are like those with it: there is nothing fair to compare with."),
}

_APART = N_("Its outlets and the others moved apart before it began, so the difference since may not be its doing.")
_EARLY = N_("An effect shows already before it began, so the difference since may not be its doing.")
_UNPAID = N_("It sold more, but whether that earned its cost is open.")
_TOGETHER = N_(
    "It ran together with %(names)s: same products, outlets and days. Which of them earned what cannot be told; give "
    "each some outlets of its own next time."
)
_SOME_SKUS = N_("Some of its products were promoted by %(names)s too: what they earned for which cannot be told.")
_ALONE = N_("Studied in the outlets that had it alone, without %(names)s.")
_ALONE_SKUS = N_("Studied by the products that %(names)s did not promote.")
_MEETS = {
    "nothing": N_(
        "It runs together with %(names)s: same products, outlets and days. The study will not tell which of them "
        "earned what; give each some outlets of its own."
    ),
    "outlets": N_(
        "It runs together with %(names)s in some of its outlets. It will be studied in the outlets that have it alone."
    ),
    "skus": N_(
        "%(names)s promotes some of its products in the same outlets and days. It will be studied by its other "
        "products; what the shared ones earn for which cannot be told."
    ),
}
_WIDE = N_("The interval is too wide: more outlets without it, or more promoted outlets, would narrow it.")
_SAID = {
    "success": N_("It sold more, and earned its cost."),
    "no effect seen": N_("An effect that matters is ruled out."),
}
_LOST = N_("It sold less than without it.")
_COST_MORE = N_("It sold more, but cost more than it earned.")


CAUTIONS: dict[Code, str] = {
    "outlets-left-out": N_("%(n)s outlets with sell-out unknown on over a quarter of the days are left out"),
    "unmatched": N_(
        "%(n)s promoted outlets have no match: they count as the others do, in proportion to what they sold before"
    ),
    "not-to-the-end": N_("the sell-out does not reach to the end of the promotion"),
    "nothing-after": N_("nothing is known of the days after: a dip would not be seen, and the ROI is flattered"),
    "moved-coolers": N_("%(n)s outlets between which coolers moved are left out of the comparison"),
    "other-promotion": N_("%(n)s outlets with another promotion of these SKUs are left out of the comparison"),
    "alone": N_(
        "studied in the %(n)s outlets that had it alone, with their part of the cost by what they sold before: the "
        "other %(others)s had %(names)s too"
    ),
    "sisters-unknown": N_("no sell-out is known of the sister SKUs %(names)s"),
}
"""As the study says them, to be translated."""


def caution(found: Caution, language: str) -> str:
    """What speaks against taking a study at its word."""
    said = found.said(translations(language).gettext(CAUTIONS[found.code]))
    return said[:1].upper() + said[1:] + (".", "。")[language.startswith("zh")]


def why(found: PromotionStudied, language: str) -> str:
    """The verdict's reason, or why there is none, in a sentence or two."""
    said = translations(language).gettext
    if found.study is None:
        return said(_REFUSED[found.state])
    overlap = found.study.overlap
    texts = [_reason(found.study)] if overlap is None else _beside(found.study, overlap)
    names = ", ".join(overlap.promotions) if overlap else ""
    return " ".join(said(text) % {"names": names} if "%(names)s" in text else said(text) for text in texts)


def _beside(study: StudyAnswer, overlap: Overlap) -> list[str]:
    """The reason where others ran with it."""
    if overlap.apart_by == "nothing":
        return [_TOGETHER]
    if overlap.apart_by == "outlets":
        return [_reason(study), _ALONE]
    return [_reason(study), _ALONE_SKUS] if study.verdict == "success" else [_SOME_SKUS]


def meets(overlap: Overlap, language: str) -> str:
    """What others that run with a promotion will mean for its study, told while that can still be changed."""
    return translations(language).gettext(_MEETS[overlap.apart_by]) % {"names": ", ".join(overlap.promotions)}


def _reason(study: StudyAnswer) -> str:
    more = study.direct.low is not None and study.direct.low > 0
    if study.verdict in _SAID:
        return _SAID[study.verdict]
    if study.verdict == "harmful":
        return _COST_MORE if more else _LOST
    if study.pre_trend.passed is False:
        return _APART
    if study.placebo_in_time is not None and study.placebo_in_time.passed is False:
        return _EARLY
    return _UNPAID if more else _WIDE
