"""Studies kept in the records: made where they are due, and told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.analytics.apart import apart
from cloud.analytics.promo.models import PromotionStudyRecord
from cloud.analytics.promo.panel import PanelError
from cloud.analytics.promo.prepared import Horizon
from cloud.analytics.promo.reading import Evidence, Reading
from cloud.analytics.promo.refusals import StudyRefusedError
from cloud.analytics.promo.study import PromotionStudy, StudyAnswer
from cloud.analytics.promo.verdict import despite_overlap
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts
from cloud.retail.promotions.models import Promotion
from cloud.services import Services
from facings.clock import UtcDatetime
from facings.messages import Coverage

STUDIED, WAITING = "studied", "waiting"
LATE = timedelta(days=50)
"""So long after its end a promotion is studied anew when sell-out has changed: its dip, and what came late."""

Answering = Callable[[Evidence], StudyAnswer]


class PromotionStudied(BaseModel):
    """What is known of a promotion's effect."""

    promotion: int
    state: str = Field(description="studied; waiting for its turn; or why it cannot be studied (yet)")
    reason: str = Field(description="the same in words; empty where it is studied")
    studied_at: UtcDatetime | None
    coverage: Coverage = Field(description="promoted outlets whose sell-out is known well enough, of all promoted")
    study: StudyAnswer | None


def studied(session: Session, promotion: Promotion) -> PromotionStudied:
    """The study of a promotion as it is kept."""
    row = _row(session, promotion.id)
    if row is None or row.studied_at < promotion.changed_at:
        nothing = Coverage(reporting=0, expected=0)
        reason = "it is studied within a few minutes"
        return PromotionStudied(
            promotion=promotion.id, state=WAITING, reason=reason, studied_at=None, coverage=nothing, study=None
        )
    return PromotionStudied(
        promotion=promotion.id,
        state=row.state,
        reason=row.reason,
        studied_at=row.studied_at,
        coverage=Coverage(reporting=row.outlets_known, expected=row.outlets_promoted),
        study=StudyAnswer.model_validate(row.answer) if row.answer else None,
    )


def answer_of(evidence: Evidence) -> StudyAnswer:
    """The study itself; runs in a process of its own."""
    answer = PromotionStudy().answer(evidence.sell_out, evidence.promotion, evidence.sightings)
    changed: dict[str, object] = {"cautions": (*evidence.cautions, *answer.cautions)}
    if evidence.overlap:
        word, reason = despite_overlap(answer.verdict, answer.reason, evidence.overlap)
        changed |= {"overlap": evidence.overlap, "verdict": word, "reason": reason}
    return answer.model_copy(update=changed)


def answering(stopping: threading.Event) -> Answering:
    """`answer_of` in another process, until `stopping` is set."""

    def answer(evidence: Evidence) -> StudyAnswer:
        return apart(stopping, answer_of, evidence)

    return answer


def due(session: Session, facts: Facts, tenant: str, now: datetime) -> list[int]:
    """The promotions to study: never studied, changed, over since, or with sell-out computed after their study."""
    computed: dict[tuple[object, object], datetime] = {}
    found = []
    for promotion in session.scalars(select(Promotion).order_by(Promotion.id)):
        row = _row(session, promotion.id)
        if row is None or row.studied_at < promotion.changed_at:
            found.append(promotion.id)
            continue
        late = now.date() > promotion.last + LATE
        if late and row.studied_at.date() > promotion.last + LATE:
            continue
        span = promotion.first - timedelta(days=Horizon().before), promotion.last + timedelta(days=Horizon().after)
        if span not in computed:
            computed[span] = _computed(facts, tenant, *span)
        days_passed = row.state in ("planned", "running") and row.studied_at.date() < now.date()
        if days_passed or computed[span] > row.studied_at:
            found.append(promotion.id)
    return found


def study(services: Services, tenant: str, promotion_id: int, answer: Answering = answer_of) -> str | None:
    """Study a promotion and keep what is found; its state, or None where it was changed or deleted meanwhile."""
    now = services.clock.now()  # before reading: what comes meanwhile is later than this
    with services.records.session(tenant, write=False) as session:
        promotion = session.scalar(select(Promotion).where(Promotion.id == promotion_id))
        if promotion is None:
            return None
        changed_at = promotion.changed_at
        made = PromotionStudyRecord(
            promotion_id=promotion_id, studied_at=now, reason="", outlets_known=0, outlets_promoted=0
        )
        evidence = _evidence(Reading(session, services.facts, tenant), promotion, now, made)
    if evidence:
        _answer(evidence, answer, made)
    with services.records.session(tenant) as session:
        promotion = session.scalar(select(Promotion).where(Promotion.id == promotion_id))
        if promotion is None or promotion.changed_at != changed_at:
            return None
        session.merge(made)
    return made.state


def _evidence(reading: Reading, promotion: Promotion, now: datetime, made: PromotionStudyRecord) -> Evidence | None:
    made.tenant_id = reading.tenant
    try:
        evidence = reading.evidence(promotion, now)
    except StudyRefusedError as error:
        made.state, made.reason, made.answer = error.why, str(error), None
        return None
    made.outlets_known, made.outlets_promoted = evidence.coverage.reporting, evidence.coverage.expected
    return evidence


def _answer(evidence: Evidence, answer: Answering, made: PromotionStudyRecord) -> None:
    try:
        made.answer = answer(evidence).model_dump(mode="json")
        made.state = STUDIED
    except PanelError as error:
        made.state, made.reason, made.answer = "not-comparable", str(error), None


def _row(session: Session, promotion_id: int) -> PromotionStudyRecord | None:
    return session.scalar(select(PromotionStudyRecord).where(PromotionStudyRecord.promotion_id == promotion_id))


def _computed(facts: Facts, tenant: str, first: object, last: object) -> datetime:
    """When sell-out of the days was last computed."""
    row = sellout_day.c
    latest = select(func.max(row.computed_at).label("at")).where(row.day.between(first, last))
    (found,) = facts.select(tenant, latest, sellout_day)
    at: datetime = found.at
    return at if at.tzinfo else at.replace(tzinfo=UTC)
