"""The page of what a cooler is, by whose type planogram rules go."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from cloud.outlets.models import BY_RULE, Cooler
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import HTMX, text_of
from tests.support.shelf import Shelf

ADDRESS = "/coolers/cooler-02/settings"
BACK = {"name": "Back", "name_zh": "", "cooler_type": "", "owned": "true"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Cooler-01 follows a planogram that was given to it, cooler-02 none."""
    with furnished(tmp_path_factory.mktemp("settings")) as shelf:
        yield shelf


@pytest.fixture(scope="module")
def manager(world: Shelf) -> Iterator[httpx.Client]:
    with visiting(world) as browser:
        yield browser


@pytest.fixture
def lived(world: Shelf, manager: httpx.Client) -> Iterator[Shelf]:
    """The world; cooler-02 is as it was after the test."""
    yield world
    manager.post(ADDRESS, data=BACK)


def cooler(shelf: Shelf, name: str = "cooler-02") -> Cooler:
    (found,) = shelf.rows(Cooler, Cooler.id == name)
    row: Cooler = found
    return row


def test_the_page_of_a_cooler_leads_here_and_to_its_outlet(world: Shelf, manager: httpx.Client) -> None:
    page = manager.get("/coolers/cooler-02").text
    assert f'href="{ADDRESS}"' in page
    assert 'href="/outlets/kiosk"' in page


def test_what_a_cooler_is_can_be_said(lived: Shelf, manager: httpx.Client) -> None:
    said = {"name": " Counter ", "name_zh": "台式", "cooler_type": "counter", "owned": "false", "gravity_feed": "true"}
    answer = text_of(manager.post(ADDRESS, data=said, headers=HTMX))
    assert "Kept." in answer
    kept = cooler(lived)
    assert (kept.name, kept.name_zh, kept.cooler_type, kept.owned) == ("Counter", "台式", "counter", False)
    assert kept.gravity_feed
    assert '<option value="counter">' in manager.get("/coolers/cooler-01/settings").text


def test_a_type_brings_the_planogram_of_its_rule_and_takes_it_away(lived: Shelf, manager: httpx.Client) -> None:
    manager.post("/planograms/rules", data={"planogram_id": 1, "cooler_type": "counter"})
    answer = text_of(manager.post(ADDRESS, data=BACK | {"cooler_type": "counter"}, headers=HTMX))
    assert "standard, version 1 chosen by a rule" in answer
    assert (cooler(lived).planogram_id, cooler(lived).planogram_by) == (1, BY_RULE)
    assert "none: nothing says what should stand here" in text_of(manager.post(ADDRESS, data=BACK, headers=HTMX))
    assert cooler(lived).planogram_id is None
    manager.post("/planograms/rules/1/remove")


def test_a_planogram_chosen_by_hand_stays(world: Shelf, manager: httpx.Client) -> None:
    manager.post("/planograms/1/coolers", data={"cooler": "cooler-01"})
    front = {"name": "Front", "cooler_type": "two-door", "owned": "true"}
    assert "standard, version 1 chosen by hand" in text_of(
        manager.post("/coolers/cooler-01/settings", data=front, headers=HTMX)
    )


@pytest.mark.parametrize("wrong", [{"name": " "}, {"cooler_type": "x" * 41}])
def test_what_cannot_be_kept_is_told_and_changes_nothing(
    lived: Shelf, manager: httpx.Client, wrong: dict[str, str]
) -> None:
    answer = manager.post(ADDRESS, data=BACK | wrong, headers=HTMX)
    assert "Give it a name of 1 to 200 letters, and a type of 40 at most." in text_of(answer)
    assert (cooler(lived).name, cooler(lived).cooler_type) == ("Back", "")


def test_a_viewer_may_look(world: Shelf) -> None:
    with visiting(world, "viewer@acme.example") as viewer:
        assert "Your role may look; managers change it." in text_of(viewer.get(ADDRESS))
        assert viewer.post(ADDRESS, data=BACK).status_code == 403


def test_only_coolers_of_the_company_are_found(world: Shelf, manager: httpx.Client) -> None:
    assert manager.get("/coolers/none/settings").status_code == 404


def test_it_speaks_chinese(world: Shelf) -> None:
    with visiting(world) as reader:
        reader.post("/preferences", data={"language": "zh-Hans"})
        seen = text_of(reader.get(ADDRESS))
        assert {text for text in english_texts() if text in seen} == set()
