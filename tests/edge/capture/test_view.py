"""Has the camera moved? Stock that changes is no move; a small shift, turn or zoom is."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.capture.reference import NEW_AFTER, REFERENCE_FILE, STALE_AFTER, UNCLEAR_AFTER, ReferenceView
from edge.capture.view import Grey, compare_views, small_grey
from tests.support.views import photo, seen_from

LOG = logging.getLogger("test")
COOLERS = (3, 4)
STOCK = {"another photo": (0.0, 1.0), "some sold": (0.3, 0.8), "most sold": (0.6, 1.2), "every lane": (1.0, 1.0)}
MOVES = {
    "3% sideways": {"shift": (0.03, 0)},
    "2% down": {"shift": (0, 0.02)},
    "8% aslant": {"shift": (0.06, -0.05)},
    "a quarter of the picture": {"shift": (0.25, 0.05)},
    "turned 2 degrees": {"turn_deg": 2},
    "turned 10 degrees": {"turn_deg": -10},
    "upside down": {"turn_deg": 180},
    "5% nearer": {"zoom": 1.05},
    "5% farther": {"zoom": 0.95},
}


@pytest.mark.parametrize("cooler", COOLERS)
@pytest.mark.parametrize(("sold", "exposure"), STOCK.values(), ids=STOCK)
def test_other_stock_and_light_are_no_move(cooler: int, sold: float, exposure: float) -> None:
    later = photo(cooler, sold, moment=1, exposure=exposure)
    assert compare_views(small_grey(photo(cooler)), small_grey(later)).verdict == "same"


@pytest.mark.parametrize("cooler", COOLERS)
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_moved_camera_is_seen_although_stock_changed(cooler: int, move: dict[str, float]) -> None:
    later = seen_from(photo(cooler, 0.3, moment=1, exposure=0.8), **move)
    found = compare_views(small_grey(photo(cooler)), small_grey(later))
    assert found.verdict == "moved"
    if "shift" in move:
        assert found.moved_by == pytest.approx(np.hypot(*move["shift"]), rel=0.1)


def test_what_shows_nothing_of_the_former_view_is_unclear() -> None:
    wall = np.random.default_rng(0).normal(128, 9, photo(3).shape).clip(0, 255).astype(np.uint8)
    assert compare_views(small_grey(photo(3)), small_grey(wall)).verdict == "unclear"
    assert compare_views(small_grey(wall[:, :200]), small_grey(photo(3))).verdict == "moved", "another shape"


@pytest.mark.real_photos
@pytest.mark.parametrize("camera", ["top", "bottom"])
def test_hands_that_take_cans_are_no_move(shared_data: Path, camera: str) -> None:
    film = cv2.VideoCapture(str(shared_data / "cooler_clip" / f"2022-01-18T13-55-10-{camera}.mp4"))
    frames = []
    while film.grab():
        if int(film.get(cv2.CAP_PROP_POS_FRAMES)) % 40 == 1:
            frames.append(film.retrieve()[1])
    views = [small_grey(frame) for frame in frames]
    assert len(views) >= 5
    assert {compare_views(views[0], view).verdict for view in views} == {"same"}
    for move in ({"shift": (0.03, 0)}, {"turn_deg": 2}, {"zoom": 1.05}):
        assert {compare_views(views[0], small_grey(seen_from(frame, **move))).verdict for frame in frames} == {"moved"}


def told(reference: ReferenceView, views: list[Grey]) -> list[str | None]:
    return [news.kind if (news := reference.see(view)) else None for view in views]


@pytest.fixture
def reference(tmp_path: Path) -> ReferenceView:
    return ReferenceView(tmp_path, LOG)


HERE = small_grey(photo(3))
AGAIN = small_grey(photo(3, 0.3, moment=1))
MOVED = small_grey(seen_from(photo(3), shift=(0.04, 0)))
MOVED_AGAIN = small_grey(seen_from(photo(3, 0.3, moment=1), shift=(0.04, 0)))
ELSEWHERE = small_grey(photo(4))
AWAY = small_grey(seen_from(photo(3), turn_deg=30))


def test_one_strange_photo_is_no_move_and_two_of_the_same_view_are(reference: ReferenceView) -> None:
    assert told(reference, [HERE, AGAIN, MOVED, AWAY, AGAIN]) == [None, "back", None, None, "back"]
    assert told(reference, [MOVED, MOVED_AGAIN, MOVED, AGAIN]) == [None, "moved", "moved", "back"]


def test_a_move_that_stays_makes_a_new_reference(reference: ReferenceView) -> None:
    news = told(reference, [HERE, *[MOVED, MOVED_AGAIN] * (NEW_AFTER // 2)])
    assert news == [None, None, *["moved"] * (NEW_AFTER - 2), "settled"]
    assert told(reference, [MOVED_AGAIN, HERE, AGAIN]) == ["back", None, "moved"]


def test_a_view_of_something_else_is_a_move_once_it_has_stayed(reference: ReferenceView) -> None:
    assert told(reference, [HERE, *[ELSEWHERE] * UNCLEAR_AFTER]) == [None, *[None] * (UNCLEAR_AFTER - 1), "moved"]


def test_the_reference_survives_a_restart_and_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    told(ReferenceView(tmp_path, LOG), [HERE])
    again = ReferenceView(tmp_path, LOG)
    again.load()
    assert told(again, [MOVED, MOVED_AGAIN]) == [None, "moved"]
    (tmp_path / REFERENCE_FILE).write_bytes(b"cut off")
    damaged = ReferenceView(tmp_path, LOG)
    damaged.load()
    assert told(damaged, [MOVED, MOVED_AGAIN]) == [None, "back"]


def test_a_reference_that_tells_nothing_any_more_gives_way_to_the_last_photo_of_the_view(
    reference: ReferenceView,
) -> None:
    """Half of the picture changes, then the other half: the first photo has nothing left to compare with."""
    half = HERE.shape[0] // 2
    mixed = np.vstack([HERE[:half], ELSEWHERE[half:]])
    assert told(reference, [HERE, mixed, *[ELSEWHERE] * STALE_AFTER]) == [None, *["back"] * (STALE_AFTER + 1)]
    assert told(reference, [ELSEWHERE, HERE]) == ["back", None]
