"""What the stock-outs page says of shortages: what runs out next, and what runs out again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.overview import reference_time
from cloud.analytics.present import Present
from cloud.analytics.shortages.answer import (
    USUAL,
    LastUnitsAnswer,
    RepeatedAnswer,
    last_units_answers,
    repeated_answers,
)
from cloud.analytics.shortages.repeated import LEAST, Reason
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler
from cloud.services import Services
from cloud.web import errors
from cloud.web.i18n import N_, Formats, translations
from cloud.web.loop import named, outlet_names
from cloud.web.pages import is_fragment, language_of, page
from facings.messages import Estimate

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_LISTED = 50

REASONS: Mapping[Reason, tuple[str, str]] = {
    "lanes-too-few": (N_("Give it more lanes"), N_("%(holds)s fit in, %(wanted)s a day are wanted")),
    "visits-too-rare": (N_("Come more often"), N_("full lanes last %(lasts)s, somebody comes every %(visit)s")),
    "not-filled-up": (
        N_("Fill it up"),
        N_("full lanes would last %(lasts)s, longer than the %(visit)s between visits"),
    ),
    "unknown": (N_("Cannot tell why"), N_("its demand, or the visits, are not known")),
}
"""What to do, and why, by the likeliest reason."""


@dataclass(frozen=True)
class RepeatedRow:
    """A repeat offender in words."""

    found: RepeatedAnswer
    advice: str
    why: str


@dataclass(frozen=True)
class ShortagesView:
    """Both lists, as far as they are shown."""

    last_units: Sequence[LastUnitsAnswer]
    last_units_in_all: int
    repeated: Sequence[RepeatedRow]
    repeated_in_all: int
    outlets: Mapping[str, str]
    coolers: Mapping[str, str]
    days: int
    least: int


@router.get("/stock-outs/shortages")
def shortages(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> Response:
    """Both lists as they are now, for the page that is there; to it for those who come without it."""
    if not is_fragment(request):
        return RedirectResponse("/stock-outs#last-units", status_code=303)
    present = Present(session, services.clock.now())
    view = shortages_view(session, services, who, reference_time(present), language_of(request, who))
    return page(request, "shortages.html", who, active="stock-outs", shortages=view)


def shortages_view(session: Session, services: Services, caller: Caller, now: datetime, language: str) -> ShortagesView:
    """The lists for `caller`; where every cooler replays another time, `now` is of that time."""
    end = now + timedelta(milliseconds=1)
    running = last_units_answers(session, services.facts, caller.tenant, end)
    repeated = repeated_answers(session, services.facts, caller.tenant, end - USUAL, end, LEAST)
    return ShortagesView(
        last_units=running[:MOST_LISTED],
        last_units_in_all=len(running),
        repeated=[repeated_row(one, language) for one in repeated[:MOST_LISTED]],
        repeated_in_all=len(repeated),
        outlets=outlet_names(session, language),
        coolers={cooler.id: named(cooler, language) for cooler in session.scalars(select(Cooler))},
        days=USUAL.days,
        least=LEAST,
    )


def repeated_row(found: RepeatedAnswer, language: str) -> RepeatedRow:
    """A repeat offender with its reason in `language`."""
    _, write = translations(language).gettext, Formats(language)
    advice, why = REASONS[found.reason]
    lasts = 24 * found.holds / found.wanted_a_day if found.wanted_a_day else None
    told = {
        "holds": write.integer(found.holds),
        "wanted": write.decimal(found.wanted_a_day),
        "lasts": _span(lasts, write),
        "visit": _span(found.visit_every_hours, write),
    }
    return RepeatedRow(found, _(advice), _(why) % told)


def _span(hours: float | None, write: Formats) -> str:
    return "–" if hours is None else write.hours(Estimate(value=hours, low=hours, high=hours))
