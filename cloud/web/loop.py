"""The stock-outs and orders page: what it reads from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.overview import stockout_list
from cloud.analytics.present import Present
from cloud.catalog.models import Product
from cloud.identity.models import ROLES
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Outlet
from cloud.retail.models import OPEN_ORDER_STATES, Order, Proposal
from cloud.web.i18n import translations
from cloud.web.proposal_words import why_so_many
from cloud.web.views import LoopView, OrderedProduct, OrderRow, ProposalRow, stockouts_in_coolers
from cloud.web.words import words

MOST_PROPOSALS = 200
MOST_CLOSED = 10

Names = Mapping[str, str]


def loop_view(session: Session, caller: Caller, present: Present, language: str) -> LoopView:
    """The page for `caller`; `session` is of the caller's tenant."""
    stockouts = stockout_list(present)
    proposals = session.scalars(
        select(Proposal).where(Proposal.state == "open").order_by(Proposal.created_at).limit(MOST_PROPOSALS)
    ).all()
    is_open = Order.state.in_(OPEN_ORDER_STATES)
    open_orders = session.scalars(select(Order).where(is_open).order_by(Order.id)).all()
    closed = session.scalars(select(Order).where(~is_open).order_by(Order.id.desc()).limit(MOST_CLOSED)).all()
    outlets = outlet_names(session, language)
    coolers = {cooler.id: named(cooler, language) for cooler in session.scalars(select(Cooler))}
    skus = {proposal.sku for proposal in proposals}
    skus |= {line.sku for order in (*open_orders, *closed) for line in order.lines}
    products = product_names(session, skus, language)
    return LoopView(
        headline=_headline(stockouts.total, sum(1 for found in present.stockouts_of.values() if found), language),
        proposals=[_proposal(proposal, outlets, coolers, products, language) for proposal in proposals],
        orders=[_order(order, outlets, products) for order in open_orders],
        closed=[_order(order, outlets, products) for order in closed],
        stockouts=stockouts.stockouts,
        total=stockouts.total,
        may_act=may_act(caller),
    )


def _headline(stockouts: int, coolers: int, language: str) -> str:
    if not stockouts:
        return translations(language).gettext("No open stock-out")
    return stockouts_in_coolers(stockouts, coolers, words(language)["headline"], language)


def may_act(caller: Caller) -> bool:
    """Whether the caller may change things, not only look."""
    return ROLES.index(caller.role) >= ROLES.index("manager")


def outlet_names(session: Session, language: str) -> dict[str, str]:
    """Name of each outlet of the session's tenant."""
    return {outlet.id: named(outlet, language) for outlet in session.scalars(select(Outlet))}


def product_names(session: Session, skus: Iterable[str], language: str) -> dict[str, str]:
    """Name of each product of `skus`."""
    rows = session.scalars(select(Product).where(Product.sku.in_(sorted(skus))))
    return {product.sku: named(product, language) for product in rows}


def named(thing: Outlet | Cooler | Product, language: str) -> str:
    """Its name in `language`."""
    return thing.name_zh if language.startswith("zh") and thing.name_zh else thing.name


def _proposal(proposal: Proposal, outlets: Names, coolers: Names, products: Names, language: str) -> ProposalRow:
    return ProposalRow(
        id=proposal.id,
        outlet_name=outlets.get(proposal.outlet_id, proposal.outlet_id),
        cooler=proposal.cooler_id,
        cooler_name=coolers.get(proposal.cooler_id, proposal.cooler_id),
        product=products.get(proposal.sku, proposal.sku),
        units=proposal.units,
        cases=proposal.cases,
        reason=why_so_many(proposal, language),
        held_back=proposal.held_back,
        based_on=proposal.based_on,
    )


def _order(order: Order, outlets: Names, products: Names) -> OrderRow:
    return OrderRow(
        id=order.id,
        number=order.number,
        outlet_name=outlets.get(order.outlet_id, order.outlet_id),
        state=order.state,
        since=_since(order),
        lines=[
            OrderedProduct(products.get(line.sku, line.sku), line.units_ordered, line.units_delivered)
            for line in order.lines
        ],
    )


def _since(order: Order) -> datetime:
    return order.cancelled_at or order.delivered_at or order.dispatched_at or order.confirmed_at
