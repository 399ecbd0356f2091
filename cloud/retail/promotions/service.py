"""Promotions kept, changed and taken away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from cloud.analytics.promo.models import PromotionStudyRecord
from cloud.analytics.promo.prepared import Horizon
from cloud.api.errors import ApiError, not_found
from cloud.catalog.models import Product
from cloud.identity.service import Caller, record
from cloud.outlets.models import Outlet
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionBody
from facings.errors import BadInputError

Stage = Literal["planned", "running", "over"]


class PromotionRefusedError(BadInputError):
    """A promotion does not fit what is known; `field` is that of the body, `rule` the name of what it breaks."""

    def __init__(self, field: str, rule: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.rule = rule


def put_promotion(
    session: Session, who: Caller, body: PromotionBody, now: datetime, promotion_id: int | None = None
) -> Promotion:
    """Add a promotion, or change one.

    Raises:
        ApiError: 404 for a promotion that is not there.
        PromotionRefusedError: SKUs or outlets are not known, or the rule fits no outlet.
    """
    skus, outlets = set(session.scalars(select(Product.sku))), set(session.scalars(select(Outlet.id)))
    _known("skus", "SKUs", body.skus, skus, "add them to the catalogue")
    _known("sisters", "SKUs", body.sisters, skus, "add them to the catalogue")
    _known("outlets", "outlets", body.outlets, outlets, "add them first")
    row = Promotion() if promotion_id is None else found_promotion(session, promotion_id)
    if promotion_id is not None:
        study_again_beside(session, row)  # as it was until now
    for name, value in body.model_dump().items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = now, who.actor
    if not promoted_outlets(session, row):
        message = "no outlet is of these regions and classes: name others, or name the outlets themselves"
        raise PromotionRefusedError("regions", "fits-no-outlet", message)
    session.add(row)
    session.flush()
    study_again_beside(session, row)
    action = "promotion.added" if promotion_id is None else "promotion.changed"
    record(session, who, action, str(row.id), body.model_dump(mode="json"))
    return row


def change_planned(session: Session, who: Caller, promotion_id: int, body: PromotionBody, now: datetime) -> Promotion:
    """Change a promotion that has not begun in any of its outlets.

    Raises:
        ApiError: 404 for one that is not there, 409 for one that has begun.
        PromotionRefusedError: as for `put_promotion`.
    """
    if stage_of(session, found_promotion(session, promotion_id), now) != "planned":
        raise ApiError(409, f"promotion {promotion_id} has begun", "end it, or add another one")
    return put_promotion(session, who, body, now, promotion_id)


def end_promotion(session: Session, who: Caller, promotion_id: int, now: datetime) -> Promotion:
    """Let today, where it is latest among its outlets, be a promotion's last day.

    Raises:
        ApiError: 404 for one that is not there, 409 for one that does not run, or ends today anyway.
    """
    row = found_promotion(session, promotion_id)
    today = max(_todays(session, row, now))
    if not row.first <= today < row.last:
        raise ApiError(409, f"promotion {promotion_id} runs from {row.first} to {row.last}", "there is nothing to end")
    study_again_beside(session, row)
    row.last, row.changed_at, row.changed_by = today, now, who.actor
    record(session, who, "promotion.ended", str(row.id), {"last": str(today)})
    return row


def remove_promotion(session: Session, who: Caller, promotion_id: int) -> None:
    """Take a promotion away, with its study.

    Raises:
        ApiError: 404 for one that is not there.
    """
    row = found_promotion(session, promotion_id)
    study_again_beside(session, row)
    session.execute(delete(PromotionStudyRecord).where(PromotionStudyRecord.promotion_id == row.id))
    session.delete(row)
    record(session, who, "promotion.deleted", str(promotion_id))


def stage_of(session: Session, promotion: Promotion, now: datetime) -> Stage:
    """`planned` until it begins in its first outlet, `running` until it is over in its last; days as each has them."""
    todays = _todays(session, promotion, now)
    if max(todays) < promotion.first:
        return "planned"
    return "running" if min(todays) <= promotion.last else "over"


def _todays(session: Session, promotion: Promotion, now: datetime) -> set[date]:
    """The present day in each of its outlets; in UTC where none is left."""
    zones = {outlet.timezone for outlet in promoted_outlets(session, promotion)} or {"UTC"}
    return {now.astimezone(ZoneInfo(zone)).date() for zone in zones}


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


def _known(field: str, what: str, named: Collection[str], known: Collection[str], remedy: str) -> None:
    if unknown := sorted(set(named) - set(known)):
        message = f"there are no {what} {', '.join(unknown[:10])}: {remedy}, or look for a mistyped name"
        raise PromotionRefusedError(field, "unknown", message)
