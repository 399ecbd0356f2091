"""What the pages say and whom they let in, without a browser."""

from __future__ import annotations

import html
import re

import httpx
import pytest
from sqlalchemy import select

from cloud.fleet.models import Device
from cloud.outlets.models import Cooler
from cloud.retail.models import Order, Proposal
from cloud.services import Services
from cloud.web.pages import safe_next
from tests.cloud.web.conftest import english_texts, signed_in
from tests.support.shelf import Shelf

FULL = {"cola-330": 4, "lemon-330": 2, "rival-330": 2, None: 1}
NO_COLA = {"lemon-330": 2, "rival-330": 2}
HTMX = {"hx-request": "true"}


def run_out(shelf: Shelf) -> None:
    """Cooler-01 loses its cola: a stock-out, and a proposal."""
    shelf.send(shelf.photo(0, FULL), shelf.photo(4, NO_COLA))


def text_of(answer: httpx.Response) -> str:
    """What a reader sees, without marks, scripts and white space."""
    body = re.sub(r"<script.*?</script>|<template.*?</template>|<[^>]+>", " ", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(body))


def test_a_stranger_is_sent_to_sign_in_and_back(web: httpx.Client) -> None:
    for path in ("/", "/stock-outs", "/coolers/cooler-01?photo=1"):
        answer = web.get(path)
        assert answer.status_code == 303
        assert httpx.URL(answer.headers["location"]).params["next"] == path
        assert web.get(path, headers={"accept": "application/json"}).status_code == 401
        assert web.get(path, headers=HTMX).headers["hx-redirect"] == "/sign-in"


def test_sign_in_goes_on_to_where_one_wanted(web: httpx.Client) -> None:
    form = {"email": "manager@acme.example", "password": "correct horse battery", "next": "/stock-outs"}
    assert web.post("/sign-in", data=form).headers["location"] == "/stock-outs"
    assert web.get("/stock-outs").status_code == 200
    assert web.post("/sign-out").headers["location"] == "/sign-in"
    assert web.get("/stock-outs").status_code == 303


def test_a_wrong_password_is_told_kindly(web: httpx.Client) -> None:
    form = {"email": "manager@acme.example", "password": "wrong", "next": "//evil.example"}
    answer = web.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "Email or password is wrong." in text_of(answer)
    assert 'value="manager@acme.example"' in answer.text
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("/coolers/c1?photo=2", "/coolers/c1?photo=2"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_our_own_paths_are_gone_on_to(wanted: str | None, taken: str) -> None:
    assert safe_next(wanted) == taken


def test_forms_of_other_sites_are_refused(manager: httpx.Client) -> None:
    form = {"email": "manager@acme.example", "password": "x", "ids": "1"}
    for path in ("/sign-in", "/sign-out", "/preferences", "/stock-outs/proposals/confirm"):
        answer = manager.post(path, data=form, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_before_the_first_cooler_the_overview_says_what_to_do(services: Services, manager: httpx.Client) -> None:
    with services.records.session("acme") as session:
        for row in session.scalars(select(Device)):
            session.delete(row)
        session.flush()
        for row in session.scalars(select(Cooler)):
            session.delete(row)
    assert "No coolers yet" in text_of(manager.get("/"))


def test_the_overview_says_what_is_wrong_and_where(shelf: Shelf, manager: httpx.Client) -> None:
    run_out(shelf)
    seen = text_of(manager.get("/"))
    assert "1 stock-out in 1 cooler" in seen
    assert "1 proposal waits for you." in seen
    assert "Cola-330 Kiosk 2h 0–4h to confirm" in seen
    assert "2 coolers have sent no photo lately." in seen


def test_the_cooler_page_draws_what_was_found(shelf: Shelf, manager: httpx.Client) -> None:
    run_out(shelf)
    answer = manager.get("/coolers/cooler-01")
    seen = text_of(answer)
    assert answer.text.count("box__edge") == 4
    assert "Cola-330 , Own 0 0 / 4 0% –" in seen
    assert "Rival-330 , Competitor 2 2 50% 97%" in seen
    earlier = re.search(r'rel="prev" href="\?photo=([0-9a-f-]+)"', answer.text)
    assert earlier
    before = manager.get("/coolers/cooler-01", params={"photo": earlier[1]})
    assert before.text.count("box__edge") == 9
    assert 'rel="next"' in before.text
    fragment = manager.get("/coolers/cooler-01", headers=HTMX)
    assert "<html" not in fragment.text
    assert 'id="photo"' in fragment.text


def test_a_cooler_without_photo_or_plan_says_so(shelf: Shelf, manager: httpx.Client) -> None:
    assert "No photo yet" in text_of(manager.get("/coolers/cooler-02"))
    shelf.send(shelf.photo(0, FULL), device="cooler-02")
    assert "No planogram" in text_of(manager.get("/coolers/cooler-02"))


def test_a_proposal_becomes_an_order_becomes_a_delivery(shelf: Shelf, manager: httpx.Client) -> None:
    run_out(shelf)
    (proposal,) = shelf.rows(Proposal)
    assert "Cola-330 Front" in text_of(manager.get("/stock-outs"))
    confirmed = manager.post("/stock-outs/proposals/confirm", data={"ids": proposal.id}, headers=HTMX)
    assert "The order is made." in text_of(confirmed)
    assert "R000001" in text_of(confirmed)
    again = manager.post("/stock-outs/proposals/confirm", data={"ids": proposal.id}, headers=HTMX)
    assert "Somebody was faster" in text_of(again)
    delivered = manager.post("/stock-outs/orders/1/deliver", headers=HTMX)
    assert "Delivered: it counts from now on." in text_of(delivered)
    assert [order.state for order in shelf.rows(Order)] == ["delivered"]


def test_a_viewer_looks_and_does_not_touch(shelf: Shelf, web: httpx.Client) -> None:
    run_out(shelf)
    viewer = signed_in(web, "viewer@acme.example")
    page = viewer.get("/stock-outs")
    assert "Your role may look" in text_of(page)
    assert "hx-post" not in page.text
    refused = viewer.post("/stock-outs/proposals/confirm", data={"ids": 1})
    assert refused.status_code == 403
    assert "This is not for your role" in text_of(refused)
    assert [proposal.state for proposal in shelf.rows(Proposal)] == ["open"]


def test_nothing_of_another_tenant_is_seen(shelf: Shelf, web: httpx.Client) -> None:
    run_out(shelf)
    acme = signed_in(web, "manager@acme.example").get("/coolers/cooler-01").text
    photo = re.search(r'data-photo="([^"]+)"', acme)
    assert photo
    other = signed_in(web, "manager@other.example")
    assert "No cooler is reporting" in text_of(other.get("/"))
    assert "No photo yet" in text_of(other.get("/coolers/cooler-01"))
    assert other.get("/coolers/cooler-01", params={"photo": photo[1]}).status_code == 404
    assert "Nothing waits for you." in text_of(other.get("/stock-outs"))
    somebody = other.post("/stock-outs/proposals/confirm", data={"ids": 1}, headers=HTMX)
    assert "Somebody was faster" in text_of(somebody)
    assert [proposal.state for proposal in shelf.rows(Proposal)] == ["open"]


def test_errors_are_pages_for_people_and_json_for_programs(manager: httpx.Client) -> None:
    cases = {"/nowhere": 404, "/coolers/none": 404, "/coolers/A_B": 422, "/preferences": 405, "/coolers/c?photo=1": 422}
    for path, status in cases.items():
        page = manager.get(path)
        assert page.status_code == status
        assert "To the overview" in text_of(page)
        program = manager.get(path, headers={"accept": "application/json"})
        assert program.status_code == status
        assert program.json()["error"]["message"]
    assert manager.get("/api/v1/coolers/none/kpi").json()["error"]["code"] == "not-found"


def test_names_are_text_never_markup(shelf: Shelf, manager: httpx.Client) -> None:
    with shelf.services.records.session("acme") as session:
        session.get_one(Cooler, ("acme", "cooler-01")).name = "<script>alert(1)</script>"
    shelf.send(shelf.photo(0, FULL))
    for path in ("/", "/coolers/cooler-01"):
        assert "<script>alert" not in manager.get(path).text


def test_pages_run_no_inline_script_or_style(shelf: Shelf, manager: httpx.Client) -> None:
    run_out(shelf)
    for path in ("/", "/coolers/cooler-01", "/stock-outs", "/sign-in", "/nowhere"):
        answer = manager.get(path)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        scripts = re.findall(r"<script([^>]*)>", answer.text)
        assert all("src=" in script or "application/json" in script for script in scripts)
        assert not re.search(r'\s(style|on\w+)="', answer.text)


def test_every_page_speaks_the_chosen_language(shelf: Shelf, manager: httpx.Client) -> None:
    run_out(shelf)
    manager.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
    for path in ("/", "/coolers/cooler-01", "/coolers/cooler-02", "/stock-outs", "/sign-in", "/nowhere"):
        answer = manager.get(path)
        assert 'lang="zh-Hans" data-theme="dark"' in answer.text
        left = {text for text in english_texts() if text in text_of(answer)}
        assert left == set(), path
