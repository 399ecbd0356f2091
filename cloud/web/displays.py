"""The page of displays: which arrangements of the shelves sell more in comparable outlets, or that none can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from cloud.analytics.advice.displays import LEAST_OUTLETS, Arrangement, Verdict
from cloud.analytics.advice.reading import USUAL
from cloud.analytics.advice.routes import EffectAnswer, displays_answer
from cloud.analytics.latest_days import latest_days
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.outlets.models import Outlet
from cloud.web import errors
from cloud.web.i18n import N_, Formats, translations
from cloud.web.pages import language_of, page
from facings.messages import Estimate

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

NAMES: dict[Arrangement, tuple[str, str]] = {
    "twice-the-facings": (N_("Twice the facings"), N_("against half as many")),
    "top-shelves": (N_("On the upper third of the shelves"), N_("against the lower third")),
    "eye-level": (N_("At eye level, the middle third"), N_("against the lower third")),
    "beside-competitor": (N_("Beside a competitor's product"), N_("against among own products")),
}
"""Each arrangement, and what it is compared with."""

VERDICTS: dict[Verdict, str] = {
    "more": N_("sells more"),
    "less": N_("sells less"),
    "cannot-tell": N_("cannot tell"),
}

_NARROWEST = 0.1
"""Of the scale of the bars: so much more or less, at least."""


@dataclass(frozen=True)
class Bar:
    """An interval on a scale of a hundred with nothing in its middle."""

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class EffectRow:
    """An arrangement in words."""

    arrangement: Arrangement
    name: str
    against: str
    verdict: Verdict
    verdict_name: str
    told: str
    bar: Bar | None


@dataclass(frozen=True)
class DisplaysView:
    """The page."""

    outlet_class: str
    classes: Sequence[str]
    first: date
    last: date
    outlets: int
    """With sell-out and photos of three shelves or more, which are compared."""
    effects: Sequence[EffectRow]


@router.get("/displays")
def displays(
    request: Request,
    who: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    outlet_class: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The arrangements and what they are worth, in one class of outlets or in all."""
    language = language_of(request, who)
    days = latest_days(session, services.clock.now(), USUAL.days)
    answer = displays_answer(session, services, who.tenant, days.start, days.end, outlet_class or None)
    view = DisplaysView(
        outlet_class=outlet_class,
        classes=sorted(set(session.scalars(select(Outlet.outlet_class))) - {""}),
        first=days.first,
        last=days.last,
        outlets=max((one.outlets for one in answer.effects), default=0),
        effects=effect_rows(answer.effects, language),
    )
    return page(request, "displays.html", who, active="outlets", view=view)


def effect_rows(effects: Sequence[EffectAnswer], language: str) -> list[EffectRow]:
    """The effects in `language`, their bars on one scale."""
    _ = translations(language).gettext
    bounds = [abs(bound) for one in effects if one.change for bound in (one.change.low, one.change.high)]
    scale = max([*bounds, _NARROWEST])
    return [
        EffectRow(
            arrangement=one.arrangement,
            name=_(NAMES[one.arrangement][0]),
            against=_(NAMES[one.arrangement][1]),
            verdict=one.verdict,
            verdict_name=_(VERDICTS[one.verdict]),
            told=told(one, language),
            bar=_bar(one.change, scale) if one.change else None,
        )
        for one in effects
    ]


def told(effect: EffectAnswer, language: str) -> str:
    """How much more or less is sold, with its interval; or why that cannot be said."""
    _, write = translations(language).gettext, Formats(language)
    if effect.change is None:
        if effect.outlets < LEAST_OUTLETS:
            few = _("%(n)s outlets can be compared; it takes %(least)s.")
            return few % {"n": write.integer(effect.outlets), "least": write.integer(LEAST_OUTLETS)}
        return _("It stands alike everywhere: there is nothing to compare.")
    low, high = (_signed(bound, write) for bound in (effect.change.low, effect.change.high))
    if effect.verdict == "cannot-tell":
        return _("anything from %(low)s to %(high)s") % {"low": low, "high": high}
    said = _("%(value)s, likely %(low)s to %(high)s")
    return said % {"value": _signed(effect.change.value, write), "low": low, "high": high}


def _signed(change: float, write: Formats) -> str:
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    return f"{sign}{write.percent(abs(change))}"


def _bar(change: Estimate, scale: float) -> Bar:
    return Bar(*(round(50 + 50 * part / scale, 2) for part in (change.low, change.value, change.high)))
