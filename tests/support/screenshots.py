"""Pictures of the guides: `python -m tests.support.screenshots URL EMAIL PASSWORD [COOLER]` writes docs/images.

Takes them of a running cloud with a few photos in it, such as the demo. COOLER is by default the one with the most
stock-outs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import ARGUMENTS, chromium_path

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH, HEIGHT = 1360, 1000
SETTLED_MS = 2500
"""Charts have drawn themselves and the live numbers have come by then."""


def take(url: str, email: str, password: str, cooler: str | None) -> None:
    """All pictures of the guides."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        context = browser.new_context(base_url=url, viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click(".door .button")
        page.wait_for_url("/")
        _save(page, "overview.png")
        cooler = cooler or page.locator("#coolers tbody tr").first.get_attribute("data-cooler")
        page.goto(f"/coolers/{cooler}")
        page.locator(".photo__wait").wait_for(state="hidden")
        _save(page, "cooler.jpg")
        page.goto("/stock-outs")
        _save(page, "orders.png")
        page.goto(f"/planograms/new?cooler={cooler}")
        _save(page, "planogram-editor.jpg")
        page.goto("/")
        page.click("[name=language][value=zh-Hans]")
        page.click("[name=theme][value=dark]")
        _save(page, "overview-zh-dark.png")
        browser.close()


def _save(page: Page, name: str) -> None:
    page.locator('#live[data-state="connected"]').wait_for()
    page.wait_for_timeout(SETTLED_MS)
    file = IMAGES / name
    if file.suffix == ".jpg":
        page.screenshot(path=file, type="jpeg", quality=85)
    else:
        page.screenshot(path=file)
    sys.stdout.write(f"{file}: {file.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    take(*sys.argv[1:4], sys.argv[4] if len(sys.argv) > 4 else None)
