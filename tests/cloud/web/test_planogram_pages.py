"""The pages of planograms: who follows which and how well, versions, and the editor's requests."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from cloud.analytics.judging.work import judge_photos
from cloud.outlets.models import BY_HAND, Cooler, Outlet, Planogram, PlanogramPeriod, PlanogramRule
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import HTMX, text_of
from tests.support.messages import NOON
from tests.support.shelf import Shelf

SHELVES = [[{"sku": "cola-330", "depth": 6, "facings": 1}, {"sku": "lemon-330", "depth": 4, "facings": 1}], []]
STANDARD = 1
"""Ids of the planogram of cooler-01 and of the next one made: each of the two tenants has one."""
PRIORITIES = [[{"sku": "cola-330", "depth": 6, "facings": 3}, {"sku": "lemon-330", "depth": 4, "facings": 1}]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Cooler-01 lacks one of its four cola and both lemon; cooler-02, without a planogram, has a cola and what nobody
    knows. Both stand in a kiosk, cooler-02 is a counter."""
    with furnished(tmp_path_factory.mktemp("planograms")) as shelf:
        hour = (shelf.services.clock.now() - NOON).total_seconds() / 3600
        shelf.send(shelf.photo(hour - 2, {"cola-330": 3}))
        shelf.send(shelf.row(hour - 2, {"cola-330": 1, None: 1}), device="cooler-02")
        judge_photos(shelf.services, "acme", ["cooler-01", "cooler-02"])
        with shelf.services.records.session("acme") as session:
            session.get_one(Outlet, ("acme", "kiosk")).outlet_class = "kiosk"
            session.get_one(Cooler, ("acme", "cooler-02")).cooler_type = "counter"
        yield shelf


@pytest.fixture
def lived(world: Shelf) -> Iterator[Shelf]:
    """The world; planograms and rules that a test makes are gone after it, and coolers follow what they did."""
    yield world
    with world.services.records.session("acme") as session:
        for made in (PlanogramRule, PlanogramPeriod):
            session.execute(delete(made))
        for cooler, plan in (("cooler-01", STANDARD), ("cooler-02", None)):
            row = session.get_one(Cooler, ("acme", cooler))
            row.planogram_id, row.planogram_by = plan, BY_HAND
        session.flush()
        session.execute(delete(Planogram).where(Planogram.id != STANDARD))


@pytest.fixture(scope="module")
def manager(world: Shelf) -> Iterator[httpx.Client]:
    with visiting(world) as browser:
        yield browser


def keep(manager: httpx.Client, **form: Any) -> httpx.Response:
    given = {"name": "Counter", "kind": "places", "shelves": json.dumps(SHELVES)} | form
    return manager.post("/planograms", data=given)


def plans(shelf: Shelf) -> list[Planogram]:
    return sorted(shelf.rows(Planogram), key=lambda plan: plan.id)


def newest(shelf: Shelf) -> int:
    return plans(shelf)[-1].id


def follows(shelf: Shelf, cooler: str) -> int | None:
    (found,) = shelf.rows(Cooler, Cooler.id == cooler)
    chosen: int | None = found.planogram_id
    return chosen


def test_the_list_says_how_the_coolers_of_each_did(lived: Shelf, manager: httpx.Client) -> None:
    seen = text_of(manager.get("/planograms"))
    assert "standard version 1 shelves 6 of 2 products 1 50%" in seen
    assert "No rule: coolers follow only what was given to them one by one." in seen
    assert "1 cooler follows none: Kiosk: Back" in seen


def test_a_version_shows_how_it_looks_and_its_coolers(lived: Shelf, manager: httpx.Client) -> None:
    seen = text_of(manager.get("/planograms/1"))
    assert "How it should look CSV Change it Shelf 1 Cola-330 3 deep Cola-330 3 deep" in seen
    assert "Coolers that follow it 1 1 of 1 with photos" in seen
    assert "Front Kiosk hand 50%" in seen
    assert manager.get("/planograms/99").status_code == 404


def test_a_rule_gives_a_planogram_to_a_class_and_a_type(lived: Shelf, manager: httpx.Client) -> None:
    rule = {"planogram_id": 1, "outlet_class": "kiosk", "cooler_type": "counter"}
    answer = text_of(manager.post("/planograms/rules", data=rule, headers=HTMX))
    assert "The rule holds from now on." in answer
    assert "kiosk counter standard version 1 Take back" in answer
    assert follows(lived, "cooler-02") == 1
    assert "Back Kiosk rule" in text_of(manager.get("/planograms/1"))
    taken = text_of(manager.post("/planograms/rules/1/remove", headers=HTMX))
    assert "The rule is taken back." in taken
    assert (lived.rows(PlanogramRule), follows(lived, "cooler-02")) == ([], None)
    assert "It is there no longer." in text_of(manager.post("/planograms/rules/1/remove", headers=HTMX))


def test_a_cooler_is_given_a_version_and_released(lived: Shelf, manager: httpx.Client) -> None:
    given = text_of(manager.post("/planograms/1/coolers", data={"cooler": "cooler-02"}, headers=HTMX))
    assert "The cooler follows it from now on." in given
    assert "Back Kiosk hand" in given
    released = text_of(manager.post("/planograms/1/coolers/cooler-02/release", headers=HTMX))
    assert "The rules decide for this cooler again." in released
    assert follows(lived, "cooler-02") is None


def test_one_made_by_hand_is_kept_as_it_was_sent(lived: Shelf, manager: httpx.Client) -> None:
    answer = keep(manager)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/planograms/{newest(lived)}")
    made = plans(lived)[-1]
    assert (made.name, made.version, made.kind, made.rows) == (
        "Counter",
        1,
        "places",
        [[{"sku": "cola-330", "depth": 6}, {"sku": "lemon-330", "depth": 4}], []],
    )


def test_a_priority_list_comes_back_into_the_editor_as_it_was(lived: Shelf, manager: httpx.Client) -> None:
    keep(manager, kind="priority", shelves=json.dumps(PRIORITIES))
    assert [lane["sku"] for lane in plans(lived)[-1].rows[0]] == ["cola-330"] * 3 + ["lemon-330"]
    assert "Cola-330 3 facings · 6 deep Lemon-330 1 facing · 4 deep" in text_of(
        manager.get(f"/planograms/{newest(lived)}")
    )
    assert draft(manager.get(f"/planograms/{newest(lived)}/edit"))["shelves"] == PRIORITIES


@pytest.mark.parametrize("follow", ["true", ""], ids=["followed", "kept beside"])
def test_a_change_is_a_new_version_that_the_coolers_follow_if_wished(
    lived: Shelf, manager: httpx.Client, follow: str
) -> None:
    manager.post("/planograms/rules", data={"planogram_id": 1, "cooler_type": "counter"}, headers=HTMX)
    before = plans(lived)[0].rows
    keep(manager, name="standard", based_on=1, follow=follow)
    assert [(plan.name, plan.version) for plan in plans(lived)] == [("standard", 1), ("standard", 2)]
    assert plans(lived)[0].rows == before, "what photos were judged by stays"
    now = newest(lived) if follow else 1
    assert [follows(lived, cooler) for cooler in ("cooler-01", "cooler-02")] == [now, now]
    assert [rule.planogram_id for rule in lived.rows(PlanogramRule)] == [now]


def test_a_photo_becomes_the_planogram_of_its_cooler_after_a_look(lived: Shelf, manager: httpx.Client) -> None:
    link = re.search(r'href="(/planograms/new[^"]+)"', manager.get("/coolers/cooler-02").text)
    assert link
    page = manager.get(html.unescape(link[1]))
    assert draft(page) == draft(manager.get("/planograms/new?cooler=cooler-02")), "it is the latest"
    assert "As Back looked on the photo of" in text_of(page)
    assert "1 facing without a name is left out." in text_of(page)
    assert draft(page)["shelves"] == [[{"sku": "cola-330", "depth": 1, "facings": 1}]]
    observation = re.search(r'name="observation" value="([0-9a-f-]+)"', page.text)
    assert observation
    refused = keep(manager, observation=observation[1], name="")
    assert "As Back looked on the photo of" in text_of(refused), "what was refused stays where it was made"
    keep(manager, observation=observation[1], follow="true")
    assert (follows(lived, "cooler-02"), str(plans(lived)[-1].from_observation)) == (newest(lived), observation[1])
    for nothing in ("cooler=nowhere", "cooler=cooler-02&photo=00000000-0000-0000-0000-000000000001"):
        assert manager.get(f"/planograms/new?{nothing}").status_code == 404
    assert keep(manager, observation="00000000-0000-0000-0000-000000000001").status_code == 404
    assert keep(manager, based_on=99).status_code == 404


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"name": " "}, "name"),
        ({"shelves": "[[]]"}, "give either `rows` or `priorities`"),
        ({"shelves": "soup"}, "shelves: Invalid JSON"),
        ({"shelves": json.dumps([[{"sku": "cola-330", "depth": 99}]])}, "less than or equal to 50"),
        ({"shelves": json.dumps([[{"sku": "nobody-330"}]])}, "the catalogue has no nobody-330"),
        ({"kind": "priority", "shelves": json.dumps([SHELVES[0] + SHELVES[0]])}, "a SKU comes twice"),
    ],
)
def test_what_cannot_be_kept_stays_in_the_editor(
    lived: Shelf, manager: httpx.Client, form: dict[str, str], problem: str
) -> None:
    answer = keep(manager, **form)
    assert answer.status_code == 422
    assert "It cannot be kept" in text_of(answer)
    assert problem in text_of(answer)
    assert len(plans(lived)) == 1


def test_a_viewer_looks_and_does_not_touch(lived: Shelf) -> None:
    with visiting(lived, "viewer@acme.example") as viewer:
        for path in ("/planograms", "/planograms/1"):
            page = viewer.get(path)
            assert page.status_code == 200
            assert "hx-post" not in page.text
        assert viewer.get("/planograms/1/edit").status_code == 403
        assert keep(viewer).status_code == 403


def test_nothing_of_another_tenant_is_seen(lived: Shelf, manager: httpx.Client) -> None:
    keep(manager)
    with visiting(lived, "manager@other.example") as other:
        assert "Counter" not in text_of(other.get("/planograms"))
        assert other.get(f"/planograms/{newest(lived)}").status_code == 404


def test_the_pages_speak_chinese_and_run_no_inline_script(lived: Shelf) -> None:
    paths = ("/planograms", "/planograms/1", "/planograms/1/edit", "/planograms/new?kind=priority")
    with visiting(lived) as reader:
        reader.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
        for path in (*paths, "/planograms/new?cooler=cooler-02"):
            answer = reader.get(path)
            assert {text for text in english_texts() if text in text_of(answer)} == set(), path
            assert not re.search(r'\s(style|on\w+)="', answer.text)


def test_an_empty_house_says_what_to_do(world: Shelf) -> None:
    """The other tenant, which has no photo, without its planogram."""
    with world.services.records.session("other") as session:
        session.get_one(Cooler, ("other", "cooler-01")).planogram_id = None
        session.flush()
        session.execute(delete(Planogram))
    with visiting(world, "manager@other.example") as other:
        seen = text_of(other.get("/planograms"))
    assert "None yet. Without one nothing says what is missing" in seen
    assert "As soon as a cooler has a photo, you can start from that." in seen


def draft(page: httpx.Response) -> Any:
    found = re.search(r'id="draft">(.*?)</script>', page.text, re.DOTALL)
    assert found
    return json.loads(found[1])
