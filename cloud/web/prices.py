"""The page of prices: how many tags say what they ought to, and which do not; and the prices on one cooler's photo."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from babel.numbers import format_percent
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.coverage import AnswerCoverage
from cloud.analytics.latest_days import latest_days
from cloud.analytics.prices.answer import WrongPriceAnswer, own_first, wrong_price_answers
from cloud.analytics.prices.wanted import catalogue_prices, discount_of, price_cuts, right, wanted
from cloud.analytics.registry import BY_NAME
from cloud.analytics.series import Period
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from cloud.web import errors
from cloud.web.i18n import Formats
from cloud.web.loop import named, outlet_names
from cloud.web.pages import language_of, page
from cloud.web.views import TagPrice
from facings.messages import Estimate, Observation

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_LISTED = 200
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class WrongRow:
    """A wrong price; `off` is by how much, in hundredths of the right one, signed."""

    found: WrongPriceAnswer
    off: str


@dataclass(frozen=True)
class PricesView:
    """The page; figures are None where no tag was read."""

    first: date
    last: date
    coverage: AnswerCoverage
    compliance: Estimate | None
    index: Estimate | None
    read: Estimate | None
    wrong: Sequence[WrongRow]
    wrong_in_all: int
    outlets: Mapping[str, str]
    coolers: Mapping[str, str]

    @property
    def said(self) -> bool:
        """Whether any tag was read."""
        return self.read is not None and self.read.value > 0

    @property
    def compared(self) -> bool:
        """Whether any of those read is of a product whose price the catalogue knows."""
        return self.index is not None


@router.get("/prices")
def prices(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> HTMLResponse:
    """The price tags of the last week."""
    view = prices_view(session, services, who, language_of(request, who))
    return page(request, "prices.html", who, active="prices", view=view)


def prices_view(session: Session, services: Services, caller: Caller, language: str) -> PricesView:
    """The last seven days; where every cooler replays another time, the last seven of that."""
    days = latest_days(session, services.clock.now())
    services.rollups.before_reading()
    period = Period(session, services.facts, caller.tenant, days.start, days.end)
    found = {
        name: period.series(BY_NAME[name], "all") for name in ("price-compliance", "price-index", "price-tags-read")
    }
    compliance, index, read = (one.points[0].value if one.points else None for one in found.values())
    wrong = own_first(wrong_price_answers(session, services.facts, caller.tenant, days.start, days.end))
    return PricesView(
        first=days.first,
        last=days.last,
        coverage=found["price-tags-read"].coverage,
        compliance=compliance,
        index=index,
        read=read,
        wrong=[WrongRow(one, off(one.difference, language)) for one in wrong[:MOST_LISTED]],
        wrong_in_all=len(wrong),
        outlets=outlet_names(session, language),
        coolers={cooler.id: named(cooler, language) for cooler in session.scalars(select(Cooler))},
    )


def off(difference: float, language: str) -> str:
    """A relative difference with its sign.

    Example:
        >>> off(-0.105, "en"), off(0.2, "en")
        ('−10%', '+20%')
    """
    return str(format_percent(difference, f"+#,##0%;{_MINUS}#,##0%", Formats(language).locale))


def tag_prices(session: Session, found: Observation, outlet: Outlet) -> Mapping[str, TagPrice]:
    """By SKU, what most of its tags on one cooler's photo say, and what they ought to."""
    said: dict[str, Counter[int]] = defaultdict(Counter)
    for tag in found.price_tags:
        if tag.sku and tag.price is not None:
            said[tag.sku][round(100 * tag.price)] += 1
    if not said:
        return {}
    day = found.captured_at.astimezone(ZoneInfo(outlet.timezone)).date()
    cuts, catalogue = price_cuts(session, day, day), catalogue_prices(session)
    prices = {sku: counts.most_common(1)[0][0] for sku, counts in said.items()}
    return {
        sku: _price(price, wanted(catalogue[sku], discount_of(cuts, sku, outlet.id, day)) if sku in catalogue else None)
        for sku, price in prices.items()
    }


def _price(said: int, ought: int | None) -> TagPrice:
    if ought is None:
        return TagPrice(said / 100, None, wrong=False)
    return TagPrice(said / 100, ought / 100, wrong=not right(said, ought))
