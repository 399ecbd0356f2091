"""The parts of the demo that judge and pace it; the demo itself runs in tests/e2e."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from facings.errors import FacingsError, UnavailableError
from facings.replay import ReplayManifest, ReplayPhoto
from firmware_sim.demo import place
from firmware_sim.demo.children import Child, Children, facings
from firmware_sim.demo.compare import Episode, StockoutScore, compare_prices, compare_stockouts
from firmware_sim.demo.pace import SPREAD, Pace, pace_for
from firmware_sim.demo.page import percentile
from firmware_sim.demo.place import only_demo_in, port_settings
from firmware_sim.demo.summary import Counts
from firmware_sim.demo.week import PhotoTruth, StockoutTruth, Week

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)


def hour(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def manifest(hours: list[float]) -> ReplayManifest:
    photos = tuple(ReplayPhoto(at=hour(at), file=f"{at}.jpg", sha256="0" * 64, bytes=1) for at in hours)
    return ReplayManifest(cooler="cooler-01", entries=photos)


def week_with(*stockouts: tuple[float, float | None]) -> Week:
    """A cooler photographed at hours 9, 13, 17 and 21, with stock-outs of cola between the hours given."""
    week = Week(Path())
    vars(week)["manifests"] = {"cooler-01": manifest([9, 13, 17, 21])}
    vars(week)["stockouts"] = [
        StockoutTruth("cooler-01", "cola", hour(start), None if end is None else hour(end)) for start, end in stockouts
    ]
    return week


def told(seen: float | None, missed: float, back: float | None, sku: str = "cola") -> Episode:
    moments = (None if at is None else hour(at) for at in (seen, missed, back))
    last_seen, first_missed, back_at = moments
    assert first_missed
    return Episode("cooler-01", sku, last_seen, first_missed, back_at)


@pytest.mark.parametrize(
    ("true", "episodes", "score"),
    [
        ([(10, 15)], [told(9, 13, 17)], StockoutScore(true=1, found=1, matched=1, start_inside=1)),
        ([(10, None)], [told(9, 13, None)], StockoutScore(true=1, found=1, matched=1, start_inside=1)),
        ([(10, 18)], [told(13, 17, 21)], StockoutScore(true=1, found=1, matched=1, start_inside=0)),
        ([(10, 12)], [], StockoutScore(true=0, found=0, matched=0, start_inside=0)),
        ([(10, 15)], [], StockoutScore(true=1, found=0, matched=0, start_inside=0)),
        ([], [told(9, 13, 17)], StockoutScore(true=0, found=1, matched=0, start_inside=0)),
        ([(10, 15)], [told(9, 13, 17, "lemon")], StockoutScore(true=1, found=1, matched=0, start_inside=0)),
        ([(10, 15), (16, 20)], [told(9, 13, 21)], StockoutScore(true=2, found=1, matched=1, start_inside=1)),
        ([(10, 20)], [told(9, 13, 17), told(17, 20, 21)], StockoutScore(true=1, found=2, matched=1, start_inside=1)),
    ],
    ids=[
        "found",
        "still open",
        "told late",
        "between two photos",
        "missed",
        "false",
        "another product",
        "two told as one",
        "the second began too late",
    ],
)
def test_stockouts_told_against_true_ones(
    true: list[tuple[float, float | None]], episodes: list[Episode], score: StockoutScore
) -> None:
    assert compare_stockouts(week_with(*true), episodes) == score


def test_prices_told_against_those_on_the_tags() -> None:
    week = Week(Path())
    said = [{"cola": 2.5, "lemon": 2.2, "rival": 9.0}, {"cola": 2.6, "lemon": 2.0}]
    photos = {(f"cooler-0{n}", MONDAY): PhotoTruth({}, {}, {}, prices) for n, prices in enumerate(said)}
    prices = {"cola": 2.5, "lemon": 2.0, "rival": 3.0}
    vars(week).update(photos=photos, own=frozenset({"cola", "lemon"}), catalogue_prices=prices)
    told = [("cooler-00", "lemon"), ("cooler-00", "cola"), ("cooler-00", "rival")]
    measured, score = compare_prices(week, 0.5, told)
    assert (measured.measured, measured.true) == (0.5, 0.5)
    assert (score.true, score.found, score.matched, score.false) == (3, 3, 2, 1)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.95, None), ([2.0], 0.95, 2.0), ([3.0, 1.0, 2.0, 4.0], 0.5, 2.0), (list(range(1, 101)), 0.95, 95)],
)
def test_percentile(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected


def test_the_pace_leaves_vision_room_to_breathe() -> None:
    days = [manifest([9 + 24 * day for day in range(7)])] * 12
    fast, slow = pace_for(days, photo_s=0.01), pace_for(days, photo_s=1.0)
    assert slow.seconds * slow.threads >= 84 / 0.65
    assert fast.seconds < slow.seconds
    assert fast.speed > slow.speed


def test_the_fleet_does_not_fire_at_once() -> None:
    pace = Pace(photo_s=0.1, threads=1, speed=1.0, seconds=100)
    delays = sorted(pace.delay(number) for number in range(12))
    gaps = [later - earlier for earlier, later in pairwise(delays)]
    assert delays[0] == timedelta()
    assert delays[-1] < SPREAD
    assert min(gaps) > SPREAD / 40


@pytest.mark.parametrize(("stored", "duplicated", "complete"), [(336, 0, True), (335, 0, False), (336, 1, False)])
def test_complete_is_once_and_only_once(stored: int, duplicated: int, complete: bool) -> None:
    assert Counts(336, stored, duplicated).complete == complete


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with only_demo_in(tmp_path), pytest.raises(UnavailableError, match="runs already"), only_demo_in(tmp_path):
        pass
    with only_demo_in(tmp_path):
        pass


def test_ports_in_use_are_evaded(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken, socket.socket() as free:
        taken.bind(("127.0.0.1", 0))
        free.bind(("127.0.0.1", 0))
        busy, other = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        monkeypatch.setattr(place, "_PORTS", {"HTTP": busy, "MQTT": other})
        assert port_settings() == ({"HTTP": "0", "MQTT": str(other)}, [str(busy)])


def test_a_child_that_fails_names_its_log(tmp_path: Path) -> None:
    child = Child("edge", ["edge", "run", str(tmp_path / "absent.toml")], tmp_path / "logs" / "edge.log")
    children = Children()
    children.start(child)
    while child.code is None:
        time.sleep(0.05)
    with pytest.raises(FacingsError, match=r"there is no settings file.*edge\.log"):
        children.check()
    assert children.stop() == {"edge": 1}


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(FacingsError, match="there is no settings file"):
        facings("edge", "outbox", str(tmp_path / "absent.toml"))


KILLED = """
import sys, time
from itertools import pairwise
from pathlib import Path
from firmware_sim.demo import children
children._FACINGS = (sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
child = children.Child("sleeper", [], Path(sys.argv[1]))
child.start()
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed parent")
def test_no_child_outlives_a_killed_demo(tmp_path: Path) -> None:
    log = tmp_path / "sleeper.log"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(log)]) as parent:
        while not (log.exists() and log.read_text().strip()):
            time.sleep(0.05)
        parent.send_signal(signal.SIGKILL)
    child = int(log.read_text())
    deadline = time.monotonic() + 20
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
