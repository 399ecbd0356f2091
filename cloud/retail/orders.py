"""The life of an order: proposals are confirmed into it, it is dispatched, delivered in parts or at once, or cancelled.

Every step locks the rows it decides on, so of two who act at once one succeeds and the other is told of the conflict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError, not_found
from cloud.catalog.models import Product
from cloud.identity.service import Caller, record
from cloud.retail.models import (
    ORDER_TRANSITIONS,
    Delivery,
    Order,
    OrderLine,
    OrderState,
    Proposal,
    ProposalState,
    StockMovement,
)
from facings.clock import SystemClock


def confirm(session: Session, caller: Caller, proposal_ids: Sequence[int], *, despite_held_back: bool = False) -> Order:
    """Turn open proposals of one outlet into an order.

    Raises:
        ApiError: 404 for an unknown proposal, 409 for one decided or held back, 422 for proposals of several outlets.
    """
    proposals = [_open_proposal(session, proposal_id) for proposal_id in sorted(set(proposal_ids))]
    if not proposals or len({proposal.outlet_id for proposal in proposals}) != 1:
        raise ApiError(422, "an order is for one outlet", "confirm the proposals of each outlet on their own")
    for proposal in proposals:
        if proposal.held_back and not despite_held_back:
            raise ApiError(
                409,
                f"proposal {proposal.id} is held back: {proposal.held_back}",
                "wait for a new photo, or confirm with despite_held_back",
            )
    order = Order(
        outlet_id=proposals[0].outlet_id,
        state="confirmed",
        confirmed_at=SystemClock().now(),
        confirmed_by=caller.actor,
        lines=[_line_for(session, proposal) for proposal in proposals],
    )
    session.add(order)
    for proposal in proposals:
        _decide(proposal, caller, "confirmed")
    session.flush()
    record(session, caller, "order.confirm", order.number, {"proposals": [proposal.id for proposal in proposals]})
    return order


def dismiss(session: Session, caller: Caller, proposal_id: int, reason: str) -> Proposal:
    """Turn a proposal down; it does not come back for this stock-out.

    Raises:
        ApiError: 404 for an unknown proposal, 409 for one that is decided.
    """
    proposal = _open_proposal(session, proposal_id)
    _decide(proposal, caller, "dismissed", reason)
    record(session, caller, "proposal.dismiss", str(proposal.id), {"reason": reason})
    return proposal


def dispatch(session: Session, caller: Caller, order_id: int) -> Order:
    """The goods have left for the outlet.

    Raises:
        ApiError: 404 for an unknown order, 409 where its state does not allow it.
    """
    order = _locked(session, order_id)
    _move(order, "dispatched")
    order.dispatched_at = SystemClock().now()
    record(session, caller, "order.dispatch", order.number)
    return order


def cancel(session: Session, caller: Caller, order_id: int) -> Order:
    """Call off an order of which nothing has arrived.

    Raises:
        ApiError: 404 for an unknown order, 409 where its state does not allow it or a part was delivered.
    """
    order = _locked(session, order_id)
    if any(line.units_delivered for line in order.lines):
        raise ApiError(409, f"a part of order {order.number} has arrived", "close it: deliver no more units as final")
    _move(order, "cancelled")
    order.cancelled_at = SystemClock().now()
    record(session, caller, "order.cancel", order.number)
    return order


def deliver(
    session: Session,
    caller: Caller,
    order_id: int,
    units: Mapping[int, int] | None = None,
    *,
    at: datetime | None = None,
    final: bool = False,
    key: str | None = None,
) -> Order:
    """Goods of an order have arrived. The order is delivered when nothing is outstanding, or with `final`.

    Args:
        session: of the caller's tenant.
        caller: who reports it.
        order_id: the order.
        units: units that arrived by order line; default: all that is outstanding.
        at: when they arrived; default: now.
        final: nothing more will come.
        key: the caller's name for this delivery; a repeat with the same key and units changes nothing.

    Raises:
        ApiError: 404 for an unknown order or line, 409 where its state does not allow it or the key was used for
            something else, 422 for more than is outstanding or for no unit at all.
    """
    order = _locked(session, order_id)
    if key is not None and (known := session.scalar(select(Delivery).where(Delivery.key == key))):
        return _repeated(order, known, units)
    if "delivered" not in ORDER_TRANSITIONS[order.state]:
        raise _wrong_state(order, "delivered")
    arrived = _arrived(order, units)
    if not arrived and not final:
        raise ApiError(422, "a delivery of no units", "name units by line, or say final to close the order")
    now = SystemClock().now()
    session.add(
        Delivery(
            order_id=order.id,
            key=key,
            at=at or now,
            movements=[_movement(order, line, count, at or now, now, caller) for line, count in arrived],
        )
    )
    for line, count in arrived:
        line.units_delivered += count
    if final or not any(line.outstanding for line in order.lines):
        _move(order, "delivered")
        order.delivered_at = at or now
    session.flush()
    record(session, caller, "order.deliver", order.number, {line.sku: count for line, count in arrived})
    return order


def _open_proposal(session: Session, proposal_id: int) -> Proposal:
    proposal = session.scalar(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    if proposal is None:
        raise not_found("proposal", proposal_id)
    if proposal.state != "open":
        raise ApiError(409, f"proposal {proposal_id} is {proposal.state} already", "list the open ones")
    return proposal


def _decide(proposal: Proposal, caller: Caller, state: ProposalState, reason: str = "") -> None:
    proposal.state = state
    proposal.decided_at = SystemClock().now()
    proposal.decided_by = caller.actor
    proposal.decision_reason = reason


def _line_for(session: Session, proposal: Proposal) -> OrderLine:
    product = session.get_one(Product, (proposal.tenant_id, proposal.sku))
    return OrderLine(
        proposal_id=proposal.id,
        cooler_id=proposal.cooler_id,
        sku=proposal.sku,
        units_ordered=proposal.units,
        units_delivered=0,
        unit_price=product.price,
        currency=product.currency,
    )


def _locked(session: Session, order_id: int) -> Order:
    order = session.scalar(select(Order).where(Order.id == order_id).with_for_update())
    if order is None:
        raise not_found("order", order_id)
    return order


def _move(order: Order, to: OrderState) -> None:
    if to not in ORDER_TRANSITIONS[order.state]:
        raise _wrong_state(order, to)
    order.state = to


def _wrong_state(order: Order, to: OrderState) -> ApiError:
    possible = ", ".join(ORDER_TRANSITIONS[order.state]) or "nothing: it is closed"
    return ApiError(409, f"order {order.number} is {order.state}: it cannot become {to}", f"possible: {possible}")


def _arrived(order: Order, units: Mapping[int, int] | None) -> list[tuple[OrderLine, int]]:
    if units is None:
        return [(line, line.outstanding) for line in order.lines if line.outstanding]
    lines = {line.id: line for line in order.lines}
    for line_id, count in units.items():
        if line_id not in lines:
            raise not_found(f"line of order {order.number}", line_id)
        if count > lines[line_id].outstanding:
            raise ApiError(
                422,
                f"line {line_id}: {count} units arrived, {lines[line_id].outstanding} are outstanding",
                "book what came on top as an adjustment of the outlet's stock",
            )
    return [(lines[line_id], count) for line_id, count in units.items() if count]


def _repeated(order: Order, known: Delivery, units: Mapping[int, int] | None) -> Order:
    booked = {movement.order_line_id: movement.units for movement in known.movements}
    same = units is None or booked == {line: count for line, count in units.items() if count}
    if known.order_id != order.id or not same:
        raise ApiError(409, f"the key {known.key!r} names another delivery", "give each delivery a key of its own")
    return order


def _movement(order: Order, line: OrderLine, units: int, at: datetime, now: datetime, caller: Caller) -> StockMovement:
    return StockMovement(
        outlet_id=order.outlet_id,
        cooler_id=line.cooler_id,
        sku=line.sku,
        kind="delivery",
        units=units,
        at=at,
        recorded_at=now,
        recorded_by=caller.actor,
        order_line_id=line.id,
    )
