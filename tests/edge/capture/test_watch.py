"""Faults of the camera itself: one alarm when they begin, one when they are over."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.capture.reference import ReferenceView
from edge.capture.watch import CameraWatch
from edge.vision.decode import decode_photo
from tests.support.kept import LOG, Telling, telling
from tests.support.views import jpeg, photo, seen_from

GOOD = [jpeg(photo(3, moment=moment)) for moment in range(3)]
BLACK = [jpeg(np.random.default_rng(n).normal(2, 2, (480, 640, 3)).clip(0, 255).astype(np.uint8)) for n in range(3)]
WHITE = [jpeg(np.random.default_rng(n).normal(252, 2, (480, 640, 3)).clip(0, 255).astype(np.uint8)) for n in range(3)]
MOVED = [jpeg(seen_from(photo(3, moment=moment), shift=(0.05, 0))) for moment in range(3)]


def stamped(encoded: bytes, text: bytes) -> bytes:
    """The same picture in another file: with a comment, as a camera may write the time."""
    return encoded[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2) + text + encoded[2:]


STAMPED = [stamped(GOOD[0], f"12:00:0{second}".encode()) for second in range(4)]

CASES = {
    "all is well": ([*GOOD, *GOOD], []),
    "frozen, the same file": ([GOOD[0], *[GOOD[1]] * 5, GOOD[2]], ["camera-frozen", "camera-frozen over"]),
    "frozen, with a new time in each file": ([GOOD[1], *STAMPED], ["camera-frozen"]),
    "one black photo": ([GOOD[0], BLACK[0], GOOD[1]], []),
    "black": ([GOOD[0], *BLACK, GOOD[1]], ["camera-dark", "camera-dark over"]),
    "white": ([GOOD[0], *WHITE, GOOD[1]], ["camera-white", "camera-white over"]),
    "black, then white": ([*BLACK, *WHITE], ["camera-dark", "camera-dark over", "camera-white"]),
    "black without any noise": ([GOOD[0], *[BLACK[0]] * 9], ["camera-dark"]),
    "moved": ([GOOD[0], *MOVED], ["camera-moved"]),
    "moved and put back": ([GOOD[0], *MOVED, GOOD[1]], ["camera-moved", "camera-moved over"]),
    "black, and moved in the dark": ([GOOD[0], *BLACK, *MOVED], ["camera-dark", "camera-dark over", "camera-moved"]),
}


def watch(device: Telling, folder: Path, light_on: bool | None = None) -> CameraWatch:
    return CameraWatch(4, ReferenceView(folder, LOG), device.alarms, lambda: light_on)


@pytest.mark.parametrize(("files", "told"), CASES.values(), ids=CASES)
def test_each_fault_is_told_once(tmp_path: Path, files: list[bytes], told: list[str]) -> None:
    with telling(tmp_path) as device:
        looking = watch(device, tmp_path)
        looking.start()
        for encoded in files:
            looking.look(decode_photo(encoded))
        assert device.told() == told


LOST = "the camera answered 503"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param(["", LOST, LOST, ""], [], id="a slip"),
        pytest.param([LOST] * 5, ["camera-lost"], id="lost"),
        pytest.param([LOST, LOST, "", LOST, LOST], [], id="now and then"),
        pytest.param(
            [LOST] * 4 + ["", "", *[LOST] * 3], ["camera-lost", "camera-lost over", "camera-lost"], id="twice"
        ),
    ],
)
def test_a_camera_that_gives_no_photo_is_told_once(tmp_path: Path, asked: list[str], told: list[str]) -> None:
    with telling(tmp_path) as device:
        looking = watch(device, tmp_path)
        for problem in asked:
            looking.asked(problem)
        assert device.told() == told


def test_a_camera_still_frozen_after_a_restart_is_not_told_to_be_over(tmp_path: Path) -> None:
    for told in (["camera-frozen"], ["camera-frozen"]):
        with telling(tmp_path) as device:
            looking = watch(device, tmp_path)
            for _ in range(5):
                looking.look(decode_photo(GOOD[0]))
            assert device.told() == told
    with telling(tmp_path) as device:
        looking = watch(device, tmp_path)
        for encoded in GOOD:
            looking.look(decode_photo(encoded))
        assert device.told() == ["camera-frozen", "camera-frozen over"]


@pytest.mark.parametrize(("light_on", "says"), [(False, "light is off"), (True, "lamp"), (None, "lamp")])
def test_a_black_picture_is_told_with_what_the_controller_knows_of_the_light(
    tmp_path: Path, light_on: bool | None, says: str
) -> None:
    with telling(tmp_path) as device:
        looking = watch(device, tmp_path, light_on)
        for encoded in BLACK:
            looking.look(decode_photo(encoded))
        assert says in device.events()[0].reason


def test_the_small_picture_of_any_shape_can_be_looked_at(tmp_path: Path) -> None:
    with telling(tmp_path) as device:
        for height, width in ((64, 64), (64, 3000), (3000, 64)):
            noise = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
            (tmp_path / "view.png").unlink(missing_ok=True)
            looking = watch(device, tmp_path)
            for pixels in (noise, noise[::-1], cv2.GaussianBlur(noise, (5, 5), 2), noise):
                looking.look(decode_photo(jpeg(pixels)))
