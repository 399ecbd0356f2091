"""The planogram editor in a real browser, by keys alone and with a mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cloud.outlets.models import Planogram
from tests.cloud.web.conftest import browsing, furnished
from tests.support.shelf import Shelf

COLA, LEMON, RIVAL = "Cola-330", "Lemon-330", "Rival-330"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with furnished(tmp_path_factory.mktemp("editor")) as shelf:
        yield shelf


@pytest.fixture(scope="module")
def context(shelf: Shelf) -> Iterator[BrowserContext]:
    with browsing(shelf) as context:
        yield context


@pytest.fixture
def editor(context: BrowserContext) -> Iterator[Page]:
    """An empty editor: one shelf, nothing on it."""
    page = context.new_page()
    page.goto("/planograms/new")
    yield page
    page.close()


def stands(page: Page) -> list[list[str]]:
    """The names on each shelf."""
    shelves = page.locator(".shelf").all()
    return [shelf.locator(".lane__name").all_text_contents() for shelf in shelves]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def look_for(page: Page, name: str) -> None:
    """From the chosen lane: Enter leads to the products, a name and Enter put one in and lead back."""
    press(page, "Enter")
    page.keyboard.type(name)
    press(page, "Enter")


def test_keys_alone_make_a_planogram(editor: Page, shelf: Shelf) -> None:
    editor.locator(".lane--slot").focus()
    for name in ("cola", "lemon", "rival"):
        look_for(editor, name)
    assert stands(editor) == [[COLA, LEMON, RIVAL]]
    press(editor, "Shift+ArrowLeft")
    assert stands(editor) == [[COLA, RIVAL, LEMON]]
    press(editor, "+", "]", "]")
    assert stands(editor) == [[COLA, RIVAL, RIVAL, LEMON]]
    expect(editor.locator("#said")).to_have_text("Rival-330, shelf 1, place 3, 3 deep")
    press(editor, "Home", "Delete")
    assert stands(editor) == [[RIVAL, RIVAL, LEMON]]
    press(editor, "Control+z")
    assert stands(editor) == [[COLA, RIVAL, RIVAL, LEMON]]
    editor.get_by_role("button", name="Add a shelf below").press("Enter")
    editor.locator('.lane[aria-current="true"]').focus()
    press(editor, "ArrowUp", "End", "ArrowLeft", "Shift+ArrowDown")
    assert stands(editor) == [[COLA, RIVAL, RIVAL], [LEMON]]
    editor.get_by_label("Name").fill("Counter")
    editor.get_by_role("button", name="Keep").press("Enter")
    editor.wait_for_url("/planograms/3")
    (made,) = shelf.rows(Planogram, Planogram.name == "Counter")
    assert [[(lane["sku"], lane["depth"]) for lane in row] for row in made.rows] == [
        [("cola-330", 1), ("rival-330", 1), ("rival-330", 3)],
        [("lemon-330", 1)],
    ]


def test_a_mouse_puts_in_and_draws_lanes_to_their_place(editor: Page) -> None:
    for name in (COLA, LEMON, RIVAL):
        editor.locator("#palette").get_by_text(name, exact=True).click()
    editor.locator('[data-place="2"]').drag_to(editor.locator('[data-place="0"]'))
    assert stands(editor) == [[RIVAL, COLA, LEMON]]
    editor.locator('[data-place="0"]').drag_to(editor.locator('[data-place="3"]'))
    assert stands(editor) == [[COLA, LEMON, RIVAL]]
    editor.get_by_role("button", name="Take out").click()
    editor.get_by_role("button", name="Undo").click()
    assert stands(editor) == [[COLA, LEMON, RIVAL]]


def test_what_would_change_nothing_is_greyed_out(editor: Page) -> None:
    for name in ("Left", "Right", "A shelf up", "One facing more", "Take out", "Take the shelf out", "Undo"):
        expect(editor.get_by_role("button", name=name, exact=False).first).to_be_disabled()
    editor.locator("#palette").get_by_text(COLA, exact=True).click()
    expect(editor.get_by_role("button", name="Less deep")).to_be_disabled()
    expect(editor.get_by_role("button", name="Deeper")).to_be_enabled()


def test_in_a_priority_list_a_product_stands_once(editor: Page) -> None:
    editor.goto("/planograms/new?kind=priority")
    for name in (COLA, LEMON, COLA):
        editor.locator("#palette").get_by_text(name, exact=True).click()
    expect(editor.locator("#said")).to_have_text("1. Cola-330: 2 facings, 1 deep")
    press(editor, "Shift+ArrowDown")
    assert stands(editor) == [[LEMON, COLA]]
    press(editor, "-")
    expect(editor.locator("#said")).to_have_text("2. Cola-330: 1 facings, 1 deep")
