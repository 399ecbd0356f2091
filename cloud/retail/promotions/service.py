"""Promotions kept, changed and taken away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from cloud.analytics.promo.models import PromotionStudyRecord
from cloud.analytics.promo.prepared import Horizon
from cloud.api.errors import not_found
from cloud.catalog.models import Product
from cloud.identity.service import Caller, record
from cloud.outlets.models import Outlet
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionBody
from facings.errors import BadInputError


def put_promotion(
    session: Session, who: Caller, body: PromotionBody, now: datetime, promotion_id: int | None = None
) -> Promotion:
    """Add a promotion, or change one.

    Raises:
        ApiError: 404 for a promotion that is not there.
        BadInputError: SKUs or outlets are not known, or the rule fits no outlet.
    """
    _known("SKUs", {*body.skus, *body.sisters}, set(session.scalars(select(Product.sku))), "add them to the catalogue")
    _known("outlets", body.outlets, set(session.scalars(select(Outlet.id))), "add them first")
    row = Promotion() if promotion_id is None else found_promotion(session, promotion_id)
    if promotion_id is not None:
        study_again_beside(session, row)  # as it was until now
    for name, value in body.model_dump().items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = now, who.actor
    if not promoted_outlets(session, row):
        raise BadInputError("no outlet is of these regions and classes: name others, or name the outlets themselves")
    session.add(row)
    session.flush()
    study_again_beside(session, row)
    action = "promotion.added" if promotion_id is None else "promotion.changed"
    record(session, who, action, str(row.id), body.model_dump(mode="json"))
    return row


def found_promotion(session: Session, promotion_id: int) -> Promotion:
    """A promotion of the session's tenant.

    Raises:
        ApiError: 404 where there is none.
    """
    row = session.scalar(select(Promotion).where(Promotion.id == promotion_id))
    if row is None:
        raise not_found("promotion", promotion_id)
    return row


def promoted_outlets(session: Session, promotion: Promotion) -> list[Outlet]:
    """The outlets of a promotion: those named, or those that are now of its regions and classes."""
    fits: list[ColumnElement[bool]] = []
    if promotion.outlets:
        fits.append(Outlet.id.in_(promotion.outlets))
    if promotion.regions:
        fits.append(Outlet.region.in_(promotion.regions))
    if promotion.outlet_classes:
        fits.append(Outlet.outlet_class.in_(promotion.outlet_classes))
    return list(session.scalars(select(Outlet).where(*fits).order_by(Outlet.id)))


def study_again_beside(session: Session, promotion: Promotion) -> None:
    """Have those studied anew that a promotion's being there, or not, may change: of its SKUs, around its days."""
    around = timedelta(days=Horizon().before + Horizon().after)
    near = select(Promotion).where(
        Promotion.id != promotion.id,
        Promotion.first <= promotion.last + around,
        Promotion.last >= promotion.first - around,
    )
    beside = [row.id for row in session.scalars(near) if {*row.skus} & {*promotion.skus}]
    session.execute(delete(PromotionStudyRecord).where(PromotionStudyRecord.promotion_id.in_(beside)))


def _known(what: str, named: Collection[str], known: Collection[str], remedy: str) -> None:
    if unknown := sorted(set(named) - set(known)):
        raise BadInputError(f"there are no {what} {', '.join(unknown[:10])}: {remedy}, or look for a mistyped name")
