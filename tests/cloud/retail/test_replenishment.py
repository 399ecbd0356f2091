"""A stock-out makes one proposal: how much, when none, when held back, when withdrawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from cloud.retail import orders
from cloud.retail.models import Proposal
from cloud.retail.service import STALE_AFTER, on_their_way, open_counts, references


@pytest.mark.parametrize(
    ("episode", "units", "reason"),
    [
        ({"sku": "cola"}, 18, "stock-out; fills the lanes, as its demand is not known yet"),
        ({"sku": "lemon"}, 6, "stock-out; fills the lanes, as its demand is not known yet"),
        ({"sku": "cola", "cooler_id": "cooler-02"}, 6, "stock-out; one case, as no planogram says how much fits"),
        ({"sku": "rival"}, None, None),
        ({"sku": "not-in-the-catalogue"}, None, None),
        ({"cooler_id": "no-such-cooler"}, None, None),
    ],
)
def test_proposes_what_the_cooler_holds(shop: Any, episode: dict[str, str], units: int | None, reason: str) -> None:
    proposal = shop.stock_out(**episode)
    assert (proposal and proposal.units) == units
    assert (proposal and proposal.reason) == reason


def test_one_proposal_per_outlet_and_sku_while_one_is_open(shop: Any) -> None:
    first = shop.propose()
    assert shop.propose() == first
    assert shop.propose(id=2, cooler_id="cooler-02") == first
    assert shop.propose(id=3, sku="lemon") != first
    assert shop.states() == ["open", "open"]
    assert shop.states("other") == []


def test_the_database_itself_refuses_a_second_open_one(shop: Any) -> None:
    shop.propose()
    with shop.records.session("acme") as session:
        twin = session.get(Proposal, 1)
        copy = {column.key: getattr(twin, column.key) for column in Proposal.__table__.columns if column.key != "id"}
    with pytest.raises(IntegrityError), shop.records.session("acme") as session:
        session.add(Proposal(**copy))


def test_many_coolers_at_once_make_one_proposal(shop: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda number: shop.propose(id=number), range(8)))
    assert len(made) == 1
    assert shop.states() == ["open"]


@pytest.mark.parametrize(
    ("decision", "again"),
    [
        (lambda shop, proposal: shop.act(orders.dismiss, proposal, "shop is closed"), False),
        (lambda shop, proposal: shop.act(orders.confirm, [proposal]), False),
        (lambda shop, proposal: shop.act(orders.deliver, shop.act(orders.confirm, [proposal]).id), False),
        (lambda shop, proposal: shop.act(orders.cancel, shop.act(orders.confirm, [proposal]).id), True),
    ],
    ids=["dismissed", "on its way", "delivered", "order cancelled"],
)
def test_the_next_photo_of_the_episode_proposes_again_only_after_a_cancelled_order(
    shop: Any, decision: Any, again: bool
) -> None:
    decision(shop, shop.propose())
    assert (shop.stock_out() is not None) == again


def test_goods_on_their_way_cover_a_later_episode_of_that_cooler_only(shop: Any) -> None:
    shop.act(orders.confirm, [shop.propose()])
    assert shop.stock_out(id=2) is None
    assert shop.stock_out(id=3, cooler_id="cooler-02") is not None


def test_an_old_photo_holds_the_proposal_back_until_a_fresh_one(shop: Any) -> None:
    held = shop.stock_out(age=STALE_AFTER + timedelta(seconds=1))
    assert held.held_back == "the photo is old: take a new one first"
    with pytest.raises(Exception, match="held back"):
        shop.act(orders.confirm, [held.id])
    assert shop.stock_out(age=timedelta(hours=1)).held_back == ""
    assert shop.act(orders.confirm, [held.id]).state == "confirmed"


def test_a_person_may_confirm_despite_the_old_photo(shop: Any) -> None:
    held = shop.stock_out(age=timedelta(days=2))
    assert shop.act(orders.confirm, [held.id], despite_held_back=True).state == "confirmed"


def test_a_product_back_by_itself_withdraws_only_what_is_open(shop: Any) -> None:
    shop.propose()
    shop.back(id=2)
    assert shop.states() == ["open"]
    shop.back()
    assert shop.states() == ["withdrawn"]
    shop.act(orders.confirm, [shop.propose(id=3)])
    shop.back(id=3)
    assert shop.states() == ["withdrawn", "confirmed"]


def test_stock_outs_name_their_proposal_and_order(shop: Any) -> None:
    open_one, ordered = shop.propose(), shop.propose(id=2, sku="lemon")
    order = shop.act(orders.confirm, [ordered])
    with shop.records.session("acme", write=False) as session:
        assert open_counts(session) == (1, 1)
        assert references(session, [1, 2, 3]) == {1: (open_one, None), 2: (ordered, order.id)}
        assert on_their_way(session) == {("cooler-01", "lemon"): (ordered, order.id)}
    with shop.records.session("other", write=False) as session:
        assert open_counts(session) == (0, 0)
        assert references(session, [1, 2, 3]) == {}
        assert on_their_way(session) == {}


def test_what_is_cancelled_is_not_on_its_way(shop: Any) -> None:
    order = shop.act(orders.confirm, [shop.propose()])
    shop.act(orders.cancel, order.id)
    with shop.records.session("acme", write=False) as session:
        assert on_their_way(session) == {}
