"""The competition page: whose products stand in the coolers, what changed, and who has intruded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.coverage import AnswerCoverage, coverage_of
from cloud.analytics.latest_days import LatestDays, latest_days
from cloud.analytics.measures import Group
from cloud.analytics.present import Catalogue
from cloud.analytics.query.known import Known
from cloud.analytics.share.answer import ChangeAnswer, change_answers
from cloud.analytics.share.changes import explain
from cloud.analytics.share.heights import HEIGHTS, lines_by_height
from cloud.analytics.share.mean_lines import MeanLines
from cloud.analytics.share.shares import fraction, purity, shares
from cloud.analytics.share.window import read_windows
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from cloud.web import errors
from cloud.web.i18n import Formats
from cloud.web.intruders import Intruders, open_intruders
from cloud.web.pages import language_of, page
from facings.messages import Estimate

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_CHANGES = 8


@dataclass(frozen=True)
class OwnerRow:
    """The facings of one owner of brands."""

    name: str
    group: Group
    share: Estimate


@dataclass(frozen=True)
class EffectRow:
    """What one product in one outlet did to the own share."""

    product: str
    outlet: str
    why: str
    before: float
    after: float
    points: str
    """In hundredths of the share, signed."""


@dataclass(frozen=True)
class CompetitionView:
    """The page."""

    first: date
    last: date
    coverage: AnswerCoverage
    share: Estimate | None
    share_before: Estimate | None
    points: str
    purity: Estimate | None
    owners: Sequence[OwnerRow]
    heights: Sequence[tuple[str, Estimate]]
    """Own share by height of the shelf, from the top."""
    intruders: Intruders
    losses: Sequence[EffectRow]
    gains: Sequence[EffectRow]
    others: str
    """Effect of the outlets that were watched in one of the two weeks only."""


@router.get("/competition")
def competition(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> HTMLResponse:
    """Shares, purity, intrusions, gains and losses of the last week."""
    view = competition_view(session, services, who, language_of(request, who))
    return page(request, "competition.html", who, active="competition", view=view)


def competition_view(session: Session, services: Services, caller: Caller, language: str) -> CompetitionView:
    """The last seven days; where every cooler replays another time, the last seven of that."""
    days = latest_days(session, services.clock.now())
    catalogue = Catalogue(session)
    outlets = {row.id: row for row in session.scalars(select(Outlet))}
    coolers = {row.id: row for row in session.scalars(select(Cooler))}
    services.rollups.before_reading()
    known = Known(session)
    before, window = read_windows(services.facts, caller.tenant, known, days.start, days.end)
    own = {sku for sku, one in catalogue.products.items() if one.own}
    change = explain(before, window, own)
    changes, _ = change_answers(change, outlets, catalogue) if change else ((), 0.0)
    owned = {cooler.id for cooler in coolers.values() if cooler.owned}
    own_share = shares(window.lines, window.lines.sku.mapped(catalogue.group)).get("own")
    told = [_effect(one, language) for one in changes]
    return CompetitionView(
        first=days.first,
        last=days.last,
        coverage=coverage_of(services.facts, caller.tenant, known, window),
        share=own_share,
        share_before=change.before if change else None,
        points=points(change.change, language) if change else "",
        purity=purity(window.lines, owned, own),
        heights=_heights(services, caller.tenant, known, days, own),
        owners=_owners(window.lines, catalogue),
        intruders=open_intruders(session, catalogue, coolers, outlets, language),
        losses=[row for row in told if row.points.startswith(_MINUS)][:MOST_CHANGES],
        gains=[row for row in told if not row.points.startswith(_MINUS)][:MOST_CHANGES],
        others=points(change.came + change.went, language) if change and change.came + change.went else "",
    )


_MINUS = "\N{MINUS SIGN}"


def points(fraction: float, language: str) -> str:
    """A difference of shares in hundredths, with its sign.

    Example:
        >>> points(-0.0125, "en"), points(0.2, "en")
        ('−1.2', '+20.0')
    """
    return str(format_decimal(100 * fraction, f"+#,##0.0;{_MINUS}#,##0.0", Formats(language).locale))


def _owners(lines: MeanLines, catalogue: Catalogue) -> list[OwnerRow]:
    """Own first, then the others, and last what has no name."""

    def owner(sku: str) -> str:
        product = catalogue.products.get(sku)
        return product.owner if product else ""

    groups: Mapping[str, Group] = {owner(sku): catalogue.group(sku) for sku in lines.sku.names}
    rows = [OwnerRow(name, groups[name], share) for name, share in shares(lines, lines.sku.mapped(owner)).items()]
    order: tuple[Group, ...] = ("own", "competitor", "unknown")
    return sorted(rows, key=lambda row: (order.index(row.group), -row.share.value))


def _heights(
    services: Services, tenant: str, known: Known, days: LatestDays, own: Collection[str]
) -> list[tuple[str, Estimate]]:
    lines = lines_by_height(services.facts, tenant, known, days.start, days.end)
    shown = ((height, fraction(lines[height], lines[height].sku.among(own))) for height in HEIGHTS)
    return [(height, share) for height, share in shown if share is not None]


def _effect(one: ChangeAnswer, language: str) -> EffectRow:
    chinese = language.startswith("zh")
    return EffectRow(
        product=one.name_zh if chinese and one.name_zh else one.name,
        outlet=one.outlet_name_zh if chinese and one.outlet_name_zh else one.outlet_name,
        why=one.why,
        before=one.before,
        after=one.after,
        points=points(one.effect, language),
    )
