import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from facings.clock import Clock, SystemClock
from facings.errors import BadInputError, UnavailableError
from firmware_sim.device.camera import SnapshotCamera
from firmware_sim.device.fault import Fault
from firmware_sim.device.scene import ReplayedScene
from tests.firmware_sim.device.conftest import ToldClock

Start = Callable[..., SnapshotCamera]


@pytest.fixture
def start(replay: Path) -> Iterator[Start]:
    """Starts cameras of cooler-01, each of which ends with the test."""
    cameras: list[SnapshotCamera] = []

    def one(speed: float = 1.0, clock: Clock | None = None, **options: Any) -> SnapshotCamera:
        scene = ReplayedScene(replay, speed, clock or SystemClock())
        cameras.append(SnapshotCamera(scene, port=0, **options))
        cameras[-1].start()
        return cameras[-1]

    yield one
    for camera in cameras:
        camera.stop()


def pixels(content: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def get(camera: SnapshotCamera, path: str, timeout: float = 10.0) -> httpx.Response:
    return httpx.get(camera.address + path, timeout=timeout)


@pytest.mark.parametrize(("hours", "shown"), [(0, 0), (5, 0), (100, 1)])
def test_it_shows_the_photo_of_the_moment(start: Start, replay: Path, hours: float, shown: int) -> None:
    clock = ToldClock()
    camera = start(speed=3600, clock=clock)
    clock.seconds = hours
    entry = json.loads((replay / "replay.json").read_text())["entries"][shown]
    status = get(camera, "/status").json()
    assert (status["photo"], status["photo_at"]) == (entry["file"], entry["at"])
    wanted = cv2.imread(str(replay / entry["file"]))
    seen = pixels(get(camera, "/capture").content)
    assert np.abs(seen.astype(int) - wanted).mean() < 3
    assert get(camera, "/status").json()["captures"] == 1


def test_two_pictures_are_never_the_same_unless_it_is_frozen(start: Start) -> None:
    for fault, same in ((Fault.NONE, False), (Fault.FROZEN, True)):
        camera = start(fault=fault)
        assert (get(camera, "/capture").content == get(camera, "/capture").content) is same


def test_cameras_of_the_parts_of_one_cooler_overlap(start: Start) -> None:
    camera = start()
    whole, upper, lower = (pixels(get(camera, f"/capture{part}").content) for part in ("", "/upper", "/lower"))
    height, width = whole.shape[:2]
    assert upper.shape == lower.shape == (round(0.6 * height), width, 3)
    assert np.abs(upper.astype(int) - whole[: len(upper)]).mean() < 8
    assert np.abs(lower.astype(int) - whole[-len(lower) :]).mean() < 8
    camera.fault, camera.faulty = Fault.BLACK, "upper"
    assert pixels(get(camera, "/capture/upper").content).max() < 12
    assert pixels(get(camera, "/capture/lower").content).max() > 200
    assert get(camera, "/capture/attic").status_code == 404


def test_black_white_and_truncated_pictures(start: Start) -> None:
    assert pixels(get(start(fault=Fault.BLACK), "/capture").content).max() < 12
    assert pixels(get(start(fault=Fault.WHITE), "/capture").content).min() > 240
    content = get(start(fault=Fault.TRUNCATED), "/capture").content
    assert content.startswith(b"\xff\xd8")
    assert not content.endswith(b"\xff\xd9")


def test_a_moved_camera_sees_the_same_cooler_elsewhere_in_the_picture(start: Start) -> None:
    camera = start()
    before = pixels(get(camera, "/capture").content)
    camera.fault = Fault.MOVED
    after = pixels(get(camera, "/capture").content)
    camera.fault = Fault.NONE
    again = pixels(get(camera, "/capture").content)
    assert before.shape == after.shape
    assert np.abs(before.astype(int) - after).mean() > 10 * np.abs(before.astype(int) - again).mean()


def test_a_hanging_camera_answers_again_when_it_is_mended(start: Start) -> None:
    camera = start(fault=Fault.TIMEOUT)
    threading.Timer(0.2, lambda: setattr(camera, "fault", Fault.NONE)).start()
    assert get(camera, "/capture").status_code == 200


def test_a_hanging_camera_gives_no_answer_and_still_stops(start: Start) -> None:
    camera = start(fault=Fault.TIMEOUT)
    with pytest.raises(httpx.ReadTimeout):
        get(camera, "/capture", timeout=0.3)
    assert get(camera, "/status").json()["fault"] == "timeout"
    camera.stop()
    assert not any(thread.name == "camera" for thread in threading.enumerate())


def test_other_paths_are_not_found(start: Start) -> None:
    assert get(start(), "/video").status_code == 404


def test_a_lost_photo_is_an_error_that_names_it(replay: Path, start: Start) -> None:
    camera = start(speed=3600)
    file = replay / get(camera, "/status").json()["photo"]
    aside = file.rename(file.with_suffix(".aside"))
    try:
        assert get(camera, "/capture").status_code == 503
    finally:
        aside.rename(file)


def test_a_folder_without_a_replay_and_a_taken_port_are_refused(tmp_path: Path, replay: Path, start: Start) -> None:
    with pytest.raises(BadInputError, match="cannot read the replay manifest"):
        SnapshotCamera(ReplayedScene(tmp_path, 1.0, SystemClock()), port=0).start()
    taken = int(start().address.rsplit(":", 1)[1])
    with pytest.raises(UnavailableError, match="choose another with --port"):
        SnapshotCamera(ReplayedScene(replay, 1.0, SystemClock()), port=taken).start()
