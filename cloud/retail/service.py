"""Replenishment: a stock-out becomes a proposal, and is withdrawn when the product is back by itself.

Ingest calls this inside its own transaction, so a stock-out and its proposal are stored together or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.audits.models import LatestObservation
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Planogram
from cloud.retail.ledger import delivered_units
from cloud.retail.models import OPEN_ORDER_STATES, DemandOutlook, Order, OrderLine, Proposal
from cloud.retail.quantity import fresh, quantity
from facings.clock import SystemClock

if TYPE_CHECKING:
    from cloud.analytics.models import StockoutEpisode

__all__ = ["delivered_units", "on_their_way", "open_counts", "references", "stockout_closed", "stockout_opened"]

STALE_AFTER = timedelta(hours=12)
"""An older photo says little about the shelf now: two photos of a day of four were missed."""

logger = logging.getLogger(__name__)


def stockout_opened(
    session: Session, episode: StockoutEpisode, *, photo_age: timedelta | None = None
) -> Proposal | None:
    """Propose to refill what the photo behind `episode` shows empty; None where nothing is to be done.

    May be called with every photo of the episode: while a proposal is open, while goods are on their way, and after a
    person has decided on this episode, nothing new is made. A fresh photo releases a proposal that was held back.

    Args:
        session: may be one over all tenants.
        episode: the stock-out, stored already.
        photo_age: how long ago the photo was taken, by the device's wall clock; by default since `last_missed_at`.
    """
    now = SystemClock().now()
    stale = (photo_age if photo_age is not None else now - episode.last_missed_at) > STALE_AFTER
    cooler = session.get(Cooler, (episode.tenant_id, episode.cooler_id))
    product = session.get(Product, (episode.tenant_id, episode.sku))
    if cooler is None or product is None or not product.own:
        return None
    if known := _open_proposal(session, episode.tenant_id, cooler.outlet_id, episode.sku):
        if known.held_back and not stale and known.episode_id == episode.id:
            known.held_back, known.based_on = "", episode.last_missed_at
        return known
    if _decided(session, episode) or _on_its_way(session, cooler, episode.sku):
        return None
    outlook = session.get(DemandOutlook, (episode.tenant_id, cooler.outlet_id, episode.sku))
    elsewhere = _units_elsewhere(session, cooler, episode.sku, now)
    found = quantity(_capacity(session, cooler, episode.sku), product.case_units, fresh(outlook, now), elsewhere)
    proposal = Proposal(
        tenant_id=episode.tenant_id,
        outlet_id=cooler.outlet_id,
        cooler_id=cooler.id,
        sku=episode.sku,
        units=found.units,
        case_units=product.case_units,
        reason=found.reason,
        why=dict(found.why),
        held_back="the photo is old: take a new one first" if stale else "",
        episode_id=episode.id,
        based_on=episode.last_missed_at,
        created_at=now,
    )
    return _add_unless_open(session, proposal)


def stockout_closed(session: Session, episode: StockoutEpisode) -> None:
    """Withdraw the proposal of an episode that ended: the product is back without our order."""
    for proposal in session.scalars(
        select(Proposal)
        .where(
            Proposal.tenant_id == episode.tenant_id,
            Proposal.episode_id == episode.id,
            Proposal.state == "open",
        )
        .with_for_update()
    ):
        proposal.state = "withdrawn"
        proposal.decided_at = SystemClock().now()
        proposal.decision_reason = "the product is back"


def open_counts(session: Session) -> tuple[int, int]:
    """Open proposals and open orders of the session's tenant."""
    proposals = session.scalar(select(func.count(Proposal.id)).where(Proposal.state == "open"))
    orders = session.scalar(select(func.count(Order.id)).where(Order.state.in_(OPEN_ORDER_STATES)))
    return proposals or 0, orders or 0


def references(session: Session, episode_ids: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
    """The latest proposal of each episode and the order it became, by their ids."""
    rows = session.execute(
        select(Proposal.episode_id, Proposal.id, OrderLine.order_id)
        .outerjoin(OrderLine, OrderLine.proposal_id == Proposal.id)
        .where(Proposal.episode_id.in_(list(episode_ids)))
        .order_by(Proposal.id)
    )
    return {episode: (proposal, order) for episode, proposal, order in rows}


def on_their_way(session: Session) -> dict[tuple[str, str], tuple[int, int]]:
    """By cooler and SKU, the proposal and the order whose goods are not delivered yet, of the session's tenant."""
    lines = select(OrderLine.cooler_id, OrderLine.sku, OrderLine.proposal_id, OrderLine.order_id).where(_undelivered())
    rows = session.execute(lines.join(Order, Order.id == OrderLine.order_id).order_by(OrderLine.id))
    return {(cooler, sku): (proposal, order) for cooler, sku, proposal, order in rows}


def _open_proposal(session: Session, tenant: str, outlet: str, sku: str) -> Proposal | None:
    return session.scalar(
        select(Proposal).where(
            Proposal.tenant_id == tenant,
            Proposal.outlet_id == outlet,
            Proposal.sku == sku,
            Proposal.state == "open",
        )
    )


def _decided(session: Session, episode: StockoutEpisode) -> bool:
    # A cancelled order leaves the shelf as empty as before; any other decision on this episode stands.
    decided = (
        select(Proposal.id)
        .outerjoin(OrderLine, OrderLine.proposal_id == Proposal.id)
        .outerjoin(Order, Order.id == OrderLine.order_id)
        .where(
            Proposal.tenant_id == episode.tenant_id,
            Proposal.episode_id == episode.id,
            Order.state.is_distinct_from("cancelled"),
        )
    )
    return session.scalar(decided.limit(1)) is not None


def _on_its_way(session: Session, cooler: Cooler, sku: str) -> bool:
    undelivered = (
        select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.tenant_id == cooler.tenant_id,
            OrderLine.cooler_id == cooler.id,
            OrderLine.sku == sku,
            _undelivered(),
        )
    )
    return session.scalar(undelivered.limit(1)) is not None


def _undelivered() -> ColumnElement[bool]:
    return and_(OrderLine.units_delivered < OrderLine.units_ordered, Order.state.in_(OPEN_ORDER_STATES))


def _units_elsewhere(session: Session, cooler: Cooler, sku: str, now: datetime) -> int:
    """Units of a SKU that fresh photos show in the outlet's other coolers, and that are on their way to them."""
    others = select(Cooler.id).where(
        Cooler.tenant_id == cooler.tenant_id, Cooler.outlet_id == cooler.outlet_id, Cooler.id != cooler.id
    )
    coolers = list(session.scalars(others))
    if not coolers:
        return 0
    latest = select(LatestObservation).where(
        LatestObservation.tenant_id == cooler.tenant_id,
        LatestObservation.cooler_id.in_(coolers),
        LatestObservation.observed_at >= now - STALE_AFTER,
    )
    seen = sum(line["units"] for row in session.scalars(latest) for line in row.lines if line["sku"] == sku)
    coming = select(func.sum(OrderLine.units_ordered - OrderLine.units_delivered)).where(
        OrderLine.tenant_id == cooler.tenant_id, OrderLine.cooler_id.in_(coolers), OrderLine.sku == sku, _undelivered()
    )
    return seen + int(session.scalar(coming.join(Order, Order.id == OrderLine.order_id)) or 0)


def _capacity(session: Session, cooler: Cooler, sku: str) -> int:
    planogram = session.get(Planogram, cooler.planogram_id) if cooler.planogram_id else None
    if planogram is None:
        return 0
    return sum(lane["depth"] for row in planogram.rows for lane in row if lane["sku"] == sku)


def _add_unless_open(session: Session, proposal: Proposal) -> Proposal | None:
    try:
        with session.begin_nested():
            session.add(proposal)
    except IntegrityError:
        # Another ingest was first; the index let only one in.
        return _open_proposal(session, proposal.tenant_id, proposal.outlet_id, proposal.sku)
    logger.info("proposed %d of %s for %s", proposal.units, proposal.sku, proposal.outlet_id)
    return proposal
