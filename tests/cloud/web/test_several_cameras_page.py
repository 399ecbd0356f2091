"""The page of a cooler with two cameras: both photos, and what is said where one of them saw nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from tests.cloud.web.test_web_pages import text_of
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


@pytest.mark.parametrize("path", ["/outlets", "/outlets/kiosk", "/competition"])
def test_pages_of_a_period_say_what_a_broken_camera_hid(path: str, shelf: Shelf, manager: httpx.Client) -> None:
    last_hour = shelf.services.clock.now() - timedelta(hours=1)
    moments = [last_hour - timedelta(hours=hours) for hours in (200, 2, 1, 0)]
    shelf.send(
        of_two_cameras(FULL, 4, captured_at=moments[0]),
        *(
            of_two_cameras(FULL, 4, problem="8% of the picture came", seq=seq, captured_at=moment)
            for seq, moment in enumerate(moments[1:], 2)
        ),
    )
    seen = text_of(manager.get(path))
    assert "0 of 2 coolers reported. 1 was seen only in part. 1 was silent." in seen
    assert "Front Upper part (top) not seen: 8% of the picture came all of it seen last" in seen
    assert "3 hours left out" in seen
    manager.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
    seen = text_of(manager.get(path))
    assert "2 台冰柜中有 0 台上报。 1 台仅拍到一部分。 1 台没有照片。" in seen
    assert "3 小时未计入" in seen


def test_the_overview_says_of_how_many_coolers_only_a_part_is_seen(shelf: Shelf, manager: httpx.Client) -> None:
    now = shelf.services.clock.now()
    shelf.send(of_two_cameras(FULL, 4, captured_at=now - timedelta(hours=1)))
    assert "a camera is broken" not in text_of(manager.get("/")).partition("Key figures")[0]
    shelf.send(of_two_cameras(FULL, 4, problem="the camera answered 503", seq=2, captured_at=now))
    seen = text_of(manager.get("/"))
    assert "Of 1 cooler only a part is seen: a camera is broken. 1 cooler has sent no photo lately." in seen
    assert 'data-problem="yes"' in manager.get("/").text
