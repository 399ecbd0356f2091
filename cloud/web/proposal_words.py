"""Why a proposal is of so many units, in words."""

from __future__ import annotations

from cloud.retail.models import Proposal
from cloud.web.i18n import N_, Formats, translations

_DEMAND = N_(
    "stock-out; at most %(wanted)s are wanted in the %(days)s days between two deliveries, with a chance of %(service)s"
)
_MORE = N_("stock-out; fills the lanes: up to %(wanted)s are wanted in the %(days)s days between two deliveries")
_ELSEWHERE = N_("the outlet's other coolers have %(elsewhere)s")
_UNKNOWN = N_("stock-out; fills the lanes, as its demand is not known yet")


def why_so_many(proposal: Proposal, language: str) -> str:
    """The reason of a proposal and of its quantity, in one sentence."""
    said, numbers, why = translations(language).gettext, Formats(language), proposal.why
    if why is None or why["by"] == "case":
        return said(proposal.reason)
    if "wanted" not in why:
        return said(_UNKNOWN)
    told = {name: numbers.integer(why[name]) for name in ("wanted", "days", "elsewhere")}
    told["service"] = numbers.percent(why["service"])
    parts = [_MORE if why["by"] == "lanes" else _DEMAND, *([_ELSEWHERE] if why["elsewhere"] else [])]
    return "; ".join(said(part) % told for part in parts)
