"""The loop over HTTP: proposals, orders, and the stock ledger of an outlet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, status
from sqlalchemy import select

from cloud.api.deps import LIVE, CallerDep, ManagerDep, SessionDep
from cloud.api.errors import not_found
from cloud.api.reading import answered_page, existing
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId, page_of
from cloud.outlets.models import Outlet
from cloud.retail import orders
from cloud.retail.ledger import book_correction
from cloud.retail.models import Order, OrderState, Proposal, ProposalState, StockMovement
from cloud.retail.schemas import (
    Arrival,
    Confirmation,
    Correction,
    Dismissal,
    JointConfirmation,
    MovementAnswer,
    OrderAnswer,
    ProposalAnswer,
)
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["retail"], route_class=CommittingRoute)


DeliveryKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", max_length=200, description="your name for this delivery: a repeat changes nothing"
    ),
]


@router.get("/proposals")
def list_proposals(
    session: SessionDep,
    state: ProposalState | None = None,
    outlet: Slug | None = None,
    after: AfterNumber = None,
    limit: Limit = 100,
) -> Page[ProposalAnswer]:
    """Proposals, oldest first."""
    conditions = [Proposal.state == state] if state else []
    conditions += [Proposal.outlet_id == outlet] if outlet else []
    return answered_page(ProposalAnswer, session, select(Proposal), Proposal.id, after, limit, *conditions)


@router.post("/proposals/confirm", status_code=status.HTTP_201_CREATED, dependencies=LIVE)
def confirm_proposals(session: SessionDep, who: ManagerDep, body: JointConfirmation) -> OrderAnswer:
    """Confirm proposals of one outlet: they become one order."""
    order = orders.confirm(session, who, body.ids, despite_held_back=body.despite_held_back)
    return OrderAnswer.model_validate(order)


@router.post("/proposals/{proposal_id}/confirm", status_code=status.HTTP_201_CREATED, dependencies=LIVE)
def confirm_proposal(
    session: SessionDep, who: ManagerDep, proposal_id: RecordId, body: Confirmation | None = None
) -> OrderAnswer:
    """Confirm a proposal: it becomes an order of one line."""
    despite = body is not None and body.despite_held_back
    return OrderAnswer.model_validate(orders.confirm(session, who, [proposal_id], despite_held_back=despite))


@router.post("/proposals/{proposal_id}/dismiss", dependencies=LIVE)
def dismiss_proposal(
    session: SessionDep, who: ManagerDep, proposal_id: RecordId, body: Dismissal | None = None
) -> ProposalAnswer:
    """Turn a proposal down; it does not come back for this stock-out."""
    reason = body.reason if body else ""
    return ProposalAnswer.model_validate(orders.dismiss(session, who, proposal_id, reason))


@router.get("/orders")
def list_orders(
    session: SessionDep,
    state: OrderState | None = None,
    outlet: Slug | None = None,
    after: AfterNumber = None,
    limit: Limit = 100,
) -> Page[OrderAnswer]:
    """Orders, oldest first."""
    conditions = [Order.state == state] if state else []
    conditions += [Order.outlet_id == outlet] if outlet else []
    return answered_page(OrderAnswer, session, select(Order), Order.id, after, limit, *conditions)


@router.get("/orders/{order_id}")
def show_order(session: SessionDep, order_id: RecordId) -> OrderAnswer:
    """One order with its lines."""
    order = session.scalar(select(Order).where(Order.id == order_id))
    if order is None:
        raise not_found("order", order_id)
    return OrderAnswer.model_validate(order)


@router.post("/orders/{order_id}/dispatch", dependencies=LIVE)
def dispatch_order(session: SessionDep, who: ManagerDep, order_id: RecordId) -> OrderAnswer:
    """The goods have left for the outlet."""
    return OrderAnswer.model_validate(orders.dispatch(session, who, order_id))


@router.post("/orders/{order_id}/deliver", dependencies=LIVE)
def deliver_order(
    session: SessionDep, who: ManagerDep, order_id: RecordId, body: Arrival | None = None, key: DeliveryKey = None
) -> OrderAnswer:
    """Goods have arrived, all or a part; the order closes when nothing is outstanding, or with `final`."""
    arrival = body or Arrival()
    order = orders.deliver(session, who, order_id, arrival.units, at=arrival.at, final=arrival.final, key=key)
    return OrderAnswer.model_validate(order)


@router.post("/orders/{order_id}/cancel", dependencies=LIVE)
def cancel_order(session: SessionDep, who: ManagerDep, order_id: RecordId) -> OrderAnswer:
    """Call off an order of which nothing has arrived."""
    return OrderAnswer.model_validate(orders.cancel(session, who, order_id))


@router.get("/outlets/{outlet}/stock-movements")
def list_movements(
    session: SessionDep, who: CallerDep, outlet: Slug, after: AfterNumber = None, limit: Limit = 100
) -> Page[MovementAnswer]:
    """The stock ledger of an outlet, in the order of booking."""
    existing(session, Outlet, (who.tenant, outlet), "outlet")
    rows, further = page_of(
        session, select(StockMovement), StockMovement.id, after, limit, StockMovement.outlet_id == outlet
    )
    return Page(items=[MovementAnswer.model_validate(row) for row in rows], next=further)


@router.post("/outlets/{outlet}/stock-movements", status_code=status.HTTP_201_CREATED, dependencies=LIVE)
def book_movement(session: SessionDep, who: ManagerDep, outlet: Slug, body: Correction) -> MovementAnswer:
    """Book a return or an adjustment; deliveries are booked through their order."""
    return MovementAnswer.model_validate(book_correction(session, who, outlet, body))
