"""The life of an order: its states, its deliveries, its ledger, and two people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloud.api.errors import ApiError
from cloud.retail import orders
from cloud.retail.ledger import delivered_units
from cloud.retail.models import ORDER_TRANSITIONS, Delivery, Order, StockMovement

STEPS = {"dispatched": orders.dispatch, "delivered": orders.deliver, "cancelled": orders.cancel}
WAY_TO = {
    "confirmed": [],
    "dispatched": [orders.dispatch],
    "delivered": [orders.deliver],
    "cancelled": [orders.cancel],
}


def status_of(step: Any, *arguments: Any, **named: Any) -> int:
    try:
        step(*arguments, **named)
    except ApiError as error:
        return error.status
    return 200


@pytest.mark.parametrize("start", ORDER_TRANSITIONS)
@pytest.mark.parametrize("to", STEPS)
def test_an_order_goes_only_where_the_table_lets_it(shop: Any, start: str, to: str) -> None:
    order = shop.act(orders.confirm, [shop.propose()])
    for step in WAY_TO[start]:
        shop.act(step, order.id)
    allowed = to in ORDER_TRANSITIONS[start]
    assert status_of(shop.act, STEPS[to], order.id) == (200 if allowed else 409)
    with shop.records.session("acme", write=False) as session:
        assert session.get_one(Order, order.id).state == (to if allowed else start)


def test_proposals_of_an_outlet_become_one_order(shop: Any) -> None:
    order = shop.act(orders.confirm, [shop.propose(), shop.propose(id=2, sku="lemon")])
    assert order.number == "R000001"
    assert [(line.sku, line.units_ordered, line.units_delivered) for line in order.lines] == [
        ("cola", 18, 0),
        ("lemon", 6, 0),
    ]
    assert shop.states() == ["confirmed", "confirmed"]


@pytest.mark.parametrize(("ids", "status"), [([], 422), ([99], 404), ([1, 1], 200), ([1, 99], 404)])
def test_confirming_takes_only_proposals_there_are(shop: Any, ids: list[int], status: int) -> None:
    shop.propose()
    assert status_of(shop.act, orders.confirm, ids) == status
    assert shop.states() == (["confirmed"] if status == 200 else ["open"])


def test_of_many_who_confirm_at_once_one_gets_the_order(shop: Any) -> None:
    proposal = shop.propose()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: status_of(shop.act, orders.confirm, [proposal]), range(8)))
    assert sorted(answers) == [200] + [409] * 7
    assert shop.rows(Order) == 1


def test_of_many_who_deliver_at_once_each_unit_is_booked_once(shop: Any) -> None:
    order = shop.act(orders.confirm, [shop.propose()])
    line = order.lines[0].id
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: status_of(shop.act, orders.deliver, order.id, {line: 6}), range(8)))
    assert sorted(answers) == [200] * 3 + [409] * 5
    assert shop.rows(StockMovement) == 3


def test_parts_leave_the_order_open_until_all_is_there(shop: Any) -> None:
    order = shop.act(orders.confirm, [shop.propose(), shop.propose(id=2, sku="lemon")])
    cola, lemon = (line.id for line in order.lines)
    assert shop.act(orders.deliver, order.id, {cola: 12}).state == "confirmed"
    assert status_of(shop.act, orders.deliver, order.id, {cola: 7}) == 422
    assert status_of(shop.act, orders.deliver, order.id, {cola: 0}) == 422
    assert status_of(shop.act, orders.deliver, order.id, {999: 1}) == 404
    assert status_of(shop.act, orders.cancel, order.id) == 409
    assert shop.act(orders.deliver, order.id, {cola: 6, lemon: 6}).state == "delivered"


def test_final_closes_an_order_short(shop: Any) -> None:
    order = shop.act(orders.confirm, [shop.propose()])
    closed = shop.act(orders.deliver, order.id, {order.lines[0].id: 6}, final=True)
    assert (closed.state, closed.lines[0].units_delivered, closed.lines[0].outstanding) == ("delivered", 6, 12)


def test_a_delivery_reported_twice_counts_once(shop: Any) -> None:
    first, second = (shop.act(orders.confirm, [shop.propose(id=number, sku=sku)]) for number, sku in PAIRS)
    line = first.lines[0].id
    for _ in range(2):
        assert shop.act(orders.deliver, first.id, {line: 6}, key="note 17").lines[0].units_delivered == 6
    assert status_of(shop.act, orders.deliver, first.id, {line: 12}, key="note 17") == 409
    assert status_of(shop.act, orders.deliver, second.id, key="note 17") == 409
    assert shop.rows(Delivery) == 1


PAIRS = ((1, "cola"), (2, "lemon"))


def test_deliveries_are_counted_in_their_period(shop: Any) -> None:
    at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    shop.act(orders.deliver, shop.act(orders.confirm, [shop.propose()]).id, at=at)
    day = timedelta(days=1)
    with shop.records.session("acme", write=False) as session:
        assert delivered_units(session, at, at + day) == {"cola": 18}
        assert delivered_units(session, at - day, at) == {}
        assert delivered_units(session, at, at + day, outlet="kiosk", cooler="cooler-01") == {"cola": 18}
        assert delivered_units(session, at, at + day, cooler="cooler-02") == {}


def test_the_ledger_only_grows(shop: Any) -> None:
    shop.act(orders.deliver, shop.act(orders.confirm, [shop.propose()]).id)
    with pytest.raises(ValueError, match="adjustment"), shop.records.session("acme") as session:
        session.get_one(StockMovement, 1).units = 1
