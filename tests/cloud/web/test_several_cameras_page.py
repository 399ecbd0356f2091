"""The page of a cooler with two cameras: both photos, and what is said where one of them saw nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx

from tests.support.messages import NOON, of_two_cameras
from tests.support.shelf import Shelf

FULL: dict[str | None, int] = {"cola-330": 4, "lemon-330": 2}
PICTURE = re.compile(r"/api/v1/photos/([0-9a-f-]+)/content")


def test_both_photos_are_shown_each_with_its_products(shelf: Shelf, manager: httpx.Client) -> None:
    message = of_two_cameras(FULL, 4)
    shelf.send(message)
    page = manager.get("/coolers/cooler-01").text
    assert PICTURE.findall(page) == [str(view.photo_id) for view in message.views]
    upper, lower = page.split("photo__sheet")[1:3]
    assert (upper.count('class="box '), lower.count('class="box ')) == (4, 2)
    assert "Upper part · top" in upper
    assert "Lower part · bottom" in lower
    assert "photo__unseen" not in page
    assert "Make this photo the planogram" in page


def test_what_was_not_seen_is_named_and_nothing_is_called_missing(shelf: Shelf, manager: httpx.Client) -> None:
    whole, half = (
        of_two_cameras(FULL, 4),
        of_two_cameras(FULL, 4, problem="the camera answered 503", seq=2, captured_at=NOON + timedelta(hours=1)),
    )
    shelf.send(whole, half)
    page = manager.get(f"/coolers/cooler-01?photo={half.photo_id}").text
    assert PICTURE.findall(page) == [str(half.photo_id)]
    assert "Upper part (top) not seen" in page
    assert "the camera answered 503" in page
    assert "it cannot be compared" in page
    assert 'data-shelf="missing"' not in page
    latest = manager.get("/coolers/cooler-01").text
    assert f'data-photo="{whole.photo_id}"' in latest
    told = latest.partition('id="unused"')[2].partition("</p>")[0]
    assert f'href="?photo={half.photo_id}"' in told
    assert "Newer photos show only a part" in told
    assert "Upper part (top) not seen: the camera answered 503" in told
    assert "Make this photo the planogram" not in page
