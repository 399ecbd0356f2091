"""The pages of promotions: all of them with their verdict, and one with its course, its money and its checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.present import Catalogue
from cloud.analytics.promo.answer import Ranged
from cloud.analytics.promo.beside import overlap_of
from cloud.analytics.promo.stored import WAITING, PromotionStudied, studied
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.shapes import RecordId
from cloud.identity.service import Caller
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.service import Stage, found_promotion, stage_of
from cloud.web import errors
from cloud.web.i18n import Formats, translations
from cloud.web.loop import may_act
from cloud.web.pages import language_of, page
from cloud.web.promotion_facts import facts_of
from cloud.web.promotion_words import MECHANICS, PARTS, STATES, TOLD, VERDICTS, caution, meets, why
from facings.messages import Coverage

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_LISTED = 200


@dataclass(frozen=True)
class Told:
    """A number and its interval as a reader sees them."""

    value: str
    range: str


@dataclass(frozen=True)
class PromotionRow:
    """One promotion in the list."""

    id: int
    name: str
    mechanic: str
    days: str
    products: str
    verdict: str
    verdict_kind: str
    """As the study spells it; a state where there is none."""
    roi: Told | None


@dataclass(frozen=True)
class PromotionView:
    """One promotion."""

    row: PromotionRow
    why: str
    detail: str
    """The reason of a refusal as the study words it, with its names and numbers: in English, for English pages only."""
    coverage: Coverage
    cost: str
    executed: Told | None
    photographed: int
    units: Sequence[tuple[str, Told]]
    margin: Told | None
    controls: int
    matched: int
    checks: Sequence[tuple[str, str]]
    course: Mapping[str, object] | None
    warnings: Sequence[str]
    meets: str
    """Of a promotion that is not over: with which others it runs together."""
    facts: Sequence[tuple[str, str]]
    changed: tuple[datetime, str]
    """When, and by whom."""
    stage: Stage
    may_act: bool


@router.get("/promotions")
def promotions(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> HTMLResponse:
    """The promotions, the latest first."""
    latest = select(Promotion).order_by(Promotion.first.desc(), Promotion.id.desc()).limit(MOST_LISTED)
    catalogue, language, now = Catalogue(session), language_of(request, who), services.clock.now()
    rows = [_row(one, _known(session, one, now), catalogue, language) for one in session.scalars(latest)]
    return page(request, "promotions.html", who, active="promotions", rows=rows, may_act=may_act(who))


@router.get("/promotions/{promotion_id}")
def promotion(
    request: Request,
    who: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    promotion_id: RecordId,
    told: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """One promotion: what it did, how sure that is, what speaks against it; `told` is what just came of a change."""
    language = language_of(request, who)
    view = promotion_view(session, found_promotion(session, promotion_id), who, services.clock.now(), language)
    notice = translations(language).gettext(TOLD[told]) if told in TOLD else ""
    return page(request, "promotion.html", who, active="promotions", view=view, notice=notice)


def promotion_view(session: Session, promotion: Promotion, who: Caller, now: datetime, language: str) -> PromotionView:
    """What the page of a promotion shows `who`."""
    found, _, numbers = _known(session, promotion, now), translations(language).gettext, Formats(language)
    study = found.study
    execution = study.execution if study else None
    stage = stage_of(session, promotion, now)
    overlap = overlap_of(session, promotion) if stage != "over" else None

    def money(amount: float) -> str:
        return f"{numbers.integer(amount)} {promotion.currency}"

    return PromotionView(
        row=_row(promotion, found, Catalogue(session), language),
        why=why(found, language),
        detail=found.reason if found.studied_at and language == "en" else "",
        coverage=found.coverage,
        cost=money(float(promotion.cost)),
        executed=_told(execution.share, numbers.percent, _) if execution and execution.share else None,
        photographed=execution.photographed if execution else 0,
        units=[(_(name), _told(study.units[part], numbers.integer, _)) for part, name in PARTS.items()]
        if study
        else (),
        margin=_told(study.roi.incremental_margin, money, _) if study else None,
        controls=study.control_outlets if study else 0,
        matched=study.matched_outlets if study else 0,
        checks=_checks(found, _),
        course=_course(found, promotion, _) if study else None,
        warnings=[caution(one, language) for one in study.cautions] if study else (),
        meets=meets(overlap, language) if overlap else "",
        facts=facts_of(session, promotion, language),
        changed=(promotion.changed_at, promotion.changed_by),
        stage=stage,
        may_act=may_act(who),
    )


def _known(session: Session, promotion: Promotion, now: datetime) -> PromotionStudied:
    """Its study; one that is not over waits for its end rather than for its turn to be studied."""
    found = studied(session, promotion)
    stage = stage_of(session, promotion, now) if found.state == WAITING else "over"
    return found if stage == "over" else found.model_copy(update={"state": stage})


def _row(promotion: Promotion, found: PromotionStudied, catalogue: Catalogue, language: str) -> PromotionRow:
    _, numbers = translations(language).gettext, Formats(language)
    kind = found.study.verdict if found.study else found.state
    return PromotionRow(
        id=promotion.id,
        name=promotion.name,
        mechanic=_(MECHANICS[promotion.mechanic]),
        days=f"{_day(promotion.first, numbers)} – {_day(promotion.last, numbers)}",
        products=", ".join(_name(catalogue, sku, language) for sku in promotion.skus),
        verdict=_(VERDICTS[kind] if found.study else STATES[kind]),
        verdict_kind=kind,
        roi=_told(found.study.roi.roi, numbers.percent, _) if found.study else None,
    )


def _told(number: Ranged, write: Callable[[float], str], _: Callable[[str], str]) -> Told:
    if number.low is None or number.high is None:
        return Told(write(number.value), "")
    return Told(write(number.value), _("%(low)s to %(high)s") % {"low": write(number.low), "high": write(number.high)})


def _day(day: date, numbers: Formats) -> str:
    return str(format_date(day, "medium", locale=numbers.locale))


def _name(catalogue: Catalogue, sku: str, language: str) -> str:
    name, chinese = catalogue.names(sku)
    return chinese if language.startswith("zh") and chinese else name


def _checks(found: PromotionStudied, _: Callable[[str], str]) -> list[tuple[str, str]]:
    """What was checked, and how it came out."""
    if found.study is None:
        return []
    words = {True: _("passed"), False: _("failed"), None: _("cannot be tested")}
    in_time = found.study.placebo_in_time
    return [
        (_("Promoted outlets and controls moved alike before"), words[found.study.pre_trend.passed]),
        (_("No effect where there was no promotion yet"), words[in_time.passed if in_time else None]),
    ]


def _course(found: PromotionStudied, promotion: Promotion, _: Callable[[str], str]) -> dict[str, object]:
    """For the chart: two lines, and the days between which the promotion ran."""
    assert found.study
    course = found.study.course
    lines = ((_("With the promotion"), course.promoted, "--own"), (_("Without it"), course.without, "--unknown"))
    return {
        "series": [
            {"name": name, "hue": hue, "points": [[str(day), one] for day, one in zip(course.days, units, strict=True)]}
            for name, units, hue in lines
        ],
        "ran": {"name": _("Promotion"), "from": str(promotion.first), "to": str(promotion.last + timedelta(days=1))},
    }
