"""/api/v1/promotions: what was promoted, and what it did."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.promo.beside import overlap_of
from cloud.analytics.promo.stored import PromotionStudied, studied
from cloud.api.deps import ManagerDep, ServicesDep, SessionDep
from cloud.api.reading import answered_page
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionAnswer, PromotionBody, PromotionPlanned
from cloud.retail.promotions.service import found_promotion, put_promotion, remove_promotion

router = APIRouter(prefix="/api/v1/promotions", tags=["retail"], route_class=CommittingRoute)


@router.get("")
def list_promotions(session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[PromotionAnswer]:
    """The promotions, in the order in which they were added."""
    return answered_page(PromotionAnswer, session, select(Promotion), Promotion.id, after, limit)


@router.post("", status_code=201)
def add_promotion(body: PromotionBody, who: ManagerDep, session: SessionDep, services: ServicesDep) -> PromotionPlanned:
    """A new promotion, planned or past; it is studied in the background as soon as it is over.

    `overlap` names others that it runs together with, so that its study may not tell which of them earned what.
    """
    return _planned(session, put_promotion(session, who, body, services.clock.now()))


@router.get("/{promotion_id}")
def get_promotion(session: SessionDep, promotion_id: RecordId) -> PromotionPlanned:
    """One promotion."""
    return _planned(session, found_promotion(session, promotion_id))


@router.put("/{promotion_id}")
def change_promotion(
    promotion_id: RecordId, body: PromotionBody, who: ManagerDep, session: SessionDep, services: ServicesDep
) -> PromotionPlanned:
    """Change a promotion: fields left out take their defaults. It is studied anew."""
    return _planned(session, put_promotion(session, who, body, services.clock.now(), promotion_id))


@router.delete("/{promotion_id}", status_code=204)
def delete_promotion(promotion_id: RecordId, who: ManagerDep, session: SessionDep) -> None:
    """Take a promotion away, with its study."""
    remove_promotion(session, who, promotion_id)


@router.get("/{promotion_id}/study")
def get_study(session: SessionDep, promotion_id: RecordId) -> PromotionStudied:
    """What a promotion did and earned, with intervals, checks and verdict; or why that cannot be said (yet)."""
    return studied(session, found_promotion(session, promotion_id))


def _planned(session: Session, row: Promotion) -> PromotionPlanned:
    return PromotionPlanned.model_validate(row).model_copy(update={"overlap": overlap_of(session, row)})
