"""A promotion beside the others that are kept: told when it is planned, and again when it is studied, by one rule."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.promo.answer import Overlap
from cloud.analytics.promo.overlaps import Apart, Ran, told_apart
from cloud.analytics.promo.prepared import Horizon
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.service import promoted_outlets


def overlap_of(session: Session, promotion: Promotion) -> Overlap | None:
    """Other promotions of its SKUs in its outlets and days, as its study would meet them now; None where none is."""
    promoted = frozenset(place.id for place in promoted_outlets(session, promotion))
    return apart_from_others(session, promotion, promoted, Horizon()).overlap


def apart_from_others(session: Session, promotion: Promotion, promoted: frozenset[str], horizon: Horizon) -> Apart:
    """How a promotion of the outlets `promoted` is told apart from other promotions of its SKUs around its days."""
    first, last = promotion.first - timedelta(days=horizon.before), promotion.last + timedelta(days=horizon.after)
    around = select(Promotion).where(Promotion.id != promotion.id, Promotion.first <= last, Promotion.last >= first)
    others = [
        _ran(row, frozenset(outlet.id for outlet in promoted_outlets(session, row)))
        for row in session.scalars(around.order_by(Promotion.id))
        if {*row.skus} & {*promotion.skus}
    ]
    return told_apart(_ran(promotion, promoted), others, horizon)


def _ran(promotion: Promotion, outlets: frozenset[str]) -> Ran:
    skus, sisters = frozenset(promotion.skus), frozenset(promotion.sisters)
    return Ran(promotion.name, skus, sisters, outlets, promotion.first, promotion.last)
