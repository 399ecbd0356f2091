"""The page of grade schemes: what is in force, what another would change, and keeping it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from cloud.analytics.grades.models import GradeScheme
from cloud.outlets.models import Outlet
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import HTMX, text_of
from tests.support.messages import NOON
from tests.support.shelf import Shelf

PURITY_ALONE = {"weight": [0, 0, 1, 0, 0], "target": [98, 60, 100, 90, 100]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Half of what stands in the kiosk's cooler is a rival's."""
    with furnished(tmp_path_factory.mktemp("schemes")) as shelf:
        hour = (shelf.services.clock.now() - NOON).total_seconds() / 3600
        shelf.send(shelf.photo(hour - 2, {"cola-330": 3, "rival-330": 3}))
        with shelf.services.records.session("acme") as session:
            session.get_one(Outlet, ("acme", "kiosk")).outlet_class = "kiosk"
        yield shelf


@pytest.fixture
def lived(world: Shelf) -> Iterator[Shelf]:
    """The world; schemes that a test keeps are gone after it."""
    yield world
    with world.services.records.session("acme") as session:
        session.execute(delete(GradeScheme))


@pytest.fixture(scope="module")
def manager(world: Shelf) -> Iterator[httpx.Client]:
    with visiting(world) as browser:
        yield browser


def keep(client: httpx.Client, **form: Any) -> httpx.Response:
    return client.post("/grade-schemes", data=PURITY_ALONE | {"outlet_class": "kiosk"} | form)


def test_the_page_shows_the_scheme_in_force_and_its_grades(lived: Shelf, manager: httpx.Client) -> None:
    page = manager.get("/grade-schemes?outlet_class=kiosk")
    seen = text_of(page)
    assert "All without their own 1 kiosk 1" in seen
    assert "graded as all others; keep to give it its own" in seen
    assert re.findall(r'name="weight"[^>]*value="([^"]+)"', page.text) == ["30", "20", "15", "20", "15"]
    assert re.findall(r'name="target"[^>]*value="([^"]+)"', page.text) == ["98", "60", "100", "90", "100"]
    assert "Better 0 of 1 outlet" in seen
    assert manager.get("/grade-schemes?outlet_class=pub").status_code == 404


def test_others_are_tried_before_they_are_kept(lived: Shelf, manager: httpx.Client) -> None:
    tried = manager.get("/grade-schemes/preview", params=PURITY_ALONE | {"outlet_class": "kiosk"}, headers=HTMX)
    told = "Mean grade 69 → 50 Better 0 of 1 outlet Worse 1 of 1 outlet"
    assert told in text_of(tried)
    assert "Kiosk 69 50 46–54 −19.0" in text_of(tried)
    assert "<html" not in tried.text
    assert lived.rows(GradeScheme) == []


def test_a_scheme_is_kept_and_taken_back(lived: Shelf, manager: httpx.Client) -> None:
    kept = text_of(keep(manager))
    assert "Kept: grades follow it from now on." in kept
    assert "kiosk 1 own" in kept
    assert "Mean grade 50 → 50" in kept
    assert [row.weights["purity"] for row in lived.rows(GradeScheme)] == [1]
    back = text_of(manager.post("/grade-schemes/remove", data={"outlet_class": "kiosk"}))
    assert "It is graded as before." in back
    assert lived.rows(GradeScheme) == []
    assert manager.post("/grade-schemes/remove", data={"outlet_class": "kiosk"}).status_code == 200


def test_a_class_without_outlets_is_gone_with_its_scheme(lived: Shelf, manager: httpx.Client) -> None:
    keep(manager, outlet_class="pub")
    assert "pub 0 own" in text_of(manager.get("/grade-schemes"))
    back = manager.post("/grade-schemes/remove", data={"outlet_class": "pub"})
    assert (back.status_code, "pub" in text_of(back), lived.rows(GradeScheme)) == (200, False, [])


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"weight": [0, 0, 0, 0, 0]}, "at least one pillar needs a weight"),
        ({"weight": [-1, 0, 1, 0, 0]}, "greater than or equal to 0"),
        ({"target": [98, 0, 100, 90, 100]}, "greater than 0"),
        ({"weight": [0, "", 1, 0, 0]}, "'' is not a number"),
        ({"target": [98, 60, "nan", 90, 100]}, "finite number"),
        ({"weight": [1, 2]}, "give a weight and a target for each of availability"),
    ],
)
def test_a_scheme_of_no_sense_is_refused(
    lived: Shelf, manager: httpx.Client, form: dict[str, Any], problem: str
) -> None:
    kept = keep(manager, **form)
    tried = manager.get("/grade-schemes/preview", params=PURITY_ALONE | {"outlet_class": "kiosk"} | form)
    assert (kept.status_code, lived.rows(GradeScheme)) == (422, [])
    for answer in (kept, tried):
        assert problem in text_of(answer)


def test_a_viewer_looks_and_does_not_touch(lived: Shelf) -> None:
    with visiting(lived, "viewer@acme.example") as viewer:
        page = viewer.get("/grade-schemes")
        assert page.text.count("readonly") == 10
        assert ">Keep<" not in page.text
        assert keep(viewer).status_code == 403


def test_the_page_speaks_chinese_and_runs_no_inline_script(lived: Shelf) -> None:
    with visiting(lived) as reader:
        reader.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
        for path in ("/grade-schemes", "/grade-schemes?outlet_class=kiosk"):
            answer = reader.get(path)
            assert {text for text in english_texts() if text in text_of(answer)} == set(), path
            assert not re.search(r'\s(style|on\w+)="', answer.text)
