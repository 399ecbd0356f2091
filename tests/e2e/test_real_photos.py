"""The real coolers of ../shared/data through the whole chain: from the file to the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.chromium import chromium
from tests.support.cloud import EMAIL, PASSWORD, RunningCloud
from tests.support.daemon import RunningDaemon, replay_of

pytestmark = pytest.mark.real_photos
DEVICE = "real-cooler"
PERIOD = {"from": "2026-10-01T00:00:00Z"}


def test_real_photos_reach_the_page(
    cloud: RunningCloud, daemon: Callable[..., RunningDaemon], shared_data: Path, tmp_path: Path
) -> None:
    photos = sorted((shared_data / "drinks_coolers" / "images").glob("*.jpg"))
    edge = daemon(DEVICE, replay_of(photos, tmp_path / "photos", DEVICE))
    edge.start("--once")
    edge.finish()

    with cloud.client() as client:
        observations = client.get(f"/api/v1/coolers/{DEVICE}/observations", params=PERIOD).json()["items"]
        kpi = client.get(f"/api/v1/coolers/{DEVICE}/kpi").json()
    assert len(observations) == len(photos) == 9
    assert all(one["units"] > 10 for one in observations if one["verdict"] != "unusable")

    with chromium() as browser:
        page = browser.new_page(base_url=cloud.url)
        page.goto("/sign-in")
        page.fill("[name=email]", EMAIL)
        page.fill("[name=password]", PASSWORD)
        page.click(".door .button")
        page.wait_for_url("/")
        page.goto(f"/coolers/{DEVICE}")
        page.locator(".photo__wait").wait_for(state="hidden")
        assert page.locator("#photo").get_attribute("data-photo") == kpi["photo"]
        assert page.locator("#photo .box").count() == kpi["units"]["value"]
        assert page.locator("#photo img").evaluate("image => image.naturalWidth") > 1000
