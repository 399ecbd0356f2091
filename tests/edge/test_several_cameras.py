"""A device with several cameras: one observation an occasion, whatever becomes of one of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.settings import EdgeSettings
from edge.uplink.glance import glance
from edge.uplink.occasions import CUT_SHORT
from facings.errors import UnavailableError
from facings.messages import Health, Observation
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import edge_settings, square_photo
from tests.support.http_peer import Answer, HttpPeer, Request
from tests.support.live_device import NEVER, ask, device

TOP, BOTTOM = square_photo(3, shade=20), square_photo(5, shade=40)


@dataclass
class Cameras:
    """Two cameras behind one address; what each answers may change."""

    top: Callable[[], Answer] = lambda: Answer(body=TOP)
    bottom: Callable[[], Answer] = lambda: Answer(body=BOTTOM)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        self.asked.append(request.path)
        return self.top() if request.path == "/top" else self.bottom()


@pytest.fixture
def peer(broker: Broker) -> Iterator[AckingPeer]:
    with AckingPeer(broker.port) as listening:
        yield listening


@pytest.fixture
def cameras() -> Cameras:
    return Cameras()


@pytest.fixture
def settings(tmp_path: Path, broker: Broker, cameras: Cameras) -> Iterator[EdgeSettings]:
    """A device whose cameras show the upper and the lower half."""
    with HttpPeer(cameras.answer) as http:
        cameras_of = [
            {"name": name, "shows": shows, "kind": "http", "url": f"{http.url}/{name}", "retries": 0}
            for name, shows in (("top", "upper"), ("bottom", "lower"))
        ]
        yield edge_settings(tmp_path, broker.url, camera=cameras_of, schedule={"cron": [NEVER]})


def observed(peer: AckingPeer) -> Observation:
    wait_until(lambda: bool(peer.observations()), "the observation")
    (observation,) = peer.observations()
    return observation


def test_all_cameras_make_one_observation(settings: EdgeSettings, peer: AckingPeer, cameras: Cameras) -> None:
    with device(settings):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        reply = ask(peer, "snapshot")
        seen = observed(peer)
        wait_until(lambda: glance(settings.state_dir)["photos_unread"] == 0, "both photos are read")
    assert sorted(cameras.asked) == ["/bottom", "/top"]
    assert seen.schema_id == "facings/observation/3"
    assert [(view.camera, view.shows, view.problem) for view in seen.views] == [
        ("top", "upper", ""),
        ("bottom", "lower", ""),
    ]
    assert reply.detail["photo_ids"] == [str(view.photo_id) for view in seen.views]
    assert (seen.photo_id, seen.camera, seen.image) == (seen.views[0].photo_id, "top", seen.views[0].image)
    assert [sum(product.view == view for product in seen.products) for view in (0, 1)] == [3, 5]
    assert (seen.lines[0].units, seen.coverage, seen.quality.verdict) == (8, 1.0, "good")
    assert seen.stands_for_cooler


BROKEN = {
    "no answer": (Answer(status=503), "answered 503"),
    "no photo": (Answer(body=b"<html>"), "not a JPEG"),
    "black": (Answer(body=square_photo(0)), "unusable"),
}


@pytest.mark.parametrize(("answer", "problem"), BROKEN.values(), ids=BROKEN)
def test_what_a_broken_camera_did_not_show_is_told(
    answer: Answer, problem: str, settings: EdgeSettings, peer: AckingPeer, cameras: Cameras
) -> None:
    cameras.top = lambda: answer
    with device(settings):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        assert ask(peer, "snapshot").ok
        seen = observed(peer)
    assert (seen.views[0].camera, seen.views[0].shows) == ("top", "upper")
    assert problem in seen.views[0].problem
    assert (seen.views[1].problem, seen.camera, seen.photo_id) == ("", "bottom", seen.views[1].photo_id)
    assert {product.view for product in seen.products} == {1}
    assert (seen.lines[0].units, seen.coverage, seen.quality.verdict) == (5, 0.5, "poor")
    assert seen.quality.reasons[-1] == "part of the cooler was not seen"
    assert not seen.stands_for_cooler
    told = [(event.detail["camera"], problem in event.reason) for event in peer.events("photo-not-taken")]
    assert told == ([] if problem == "unusable" else [("top", True)])


def test_a_broken_camera_is_an_alarm_and_the_device_still_sees(
    settings: EdgeSettings, peer: AckingPeer, cameras: Cameras
) -> None:
    def alarms() -> list[tuple[str, bool]]:
        return [(event.detail["camera"], event.detail.get("over", False)) for event in peer.events("alarm")]

    cameras.top = lambda: Answer(status=503)
    with device(settings) as running:
        wait_until(lambda: bool(peer.on("birth")), "birth")
        for _ in range(3):
            assert ask(peer, "snapshot").ok
        wait_until(lambda: alarms() == [("top", False)], "the alarm")
        wait_until(lambda: len(peer.observations()) == 3, "the half that there is")
        running.report_health()
        newest = lambda: Health.from_wire(peer.on("health")[-1])  # noqa: E731
        wait_until(lambda: newest().alarms == ("camera-lost",), "the alarm in the health")
        wait_until(lambda: newest().last_good_photo_at is not None, "the last good photo")
        cameras.top = lambda: Answer(body=TOP)
        assert ask(peer, "snapshot").ok
        wait_until(lambda: alarms()[1:] == [("top", True)], "its end")
    assert "top: no photo 3 times in a row: the camera answered 503" in peer.events("alarm")[0].reason


def test_where_all_cameras_fail_there_is_no_observation(
    settings: EdgeSettings, peer: AckingPeer, cameras: Cameras
) -> None:
    cameras.top = cameras.bottom = lambda: Answer(status=503)
    with device(settings):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        reply = ask(peer, "snapshot")
        assert not reply.ok
        assert "top: the camera answered 503" in reply.error
        assert "bottom: the camera answered 503" in reply.error
        cameras.top = cameras.bottom = lambda: Answer(body=TOP)
        assert ask(peer, "snapshot").ok
        assert observed(peer).coverage == 1.0
    assert {event.detail["camera"] for event in peer.events("photo-not-taken")} == {"top", "bottom"}


def test_kill_9_between_two_captures_loses_no_photo(settings: EdgeSettings, peer: AckingPeer, cameras: Cameras) -> None:
    over = threading.Event()

    def hangs() -> Answer:
        over.wait(60)
        return Answer(status=503)

    cameras.bottom = hangs
    config = settings.state_dir.parent / "edge.json"
    config.write_text(settings.model_dump_json())
    running = subprocess.Popen([sys.executable, "-m", "tests.support.tiny_edge", config, "--once"])
    try:
        wait_until(lambda: _kept(settings) == 1, "the first photo on disk")
        assert not peer.observations(), "nothing is read before all cameras were asked"
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
        over.set()
    with device(settings):
        seen = observed(peer)
    assert [(view.camera, view.problem) for view in seen.views] == [("top", ""), ("bottom", CUT_SHORT)]
    assert (seen.lines[0].units, seen.coverage) == (3, 0.5)


def _kept(settings: EdgeSettings) -> object:
    with suppress(UnavailableError):  # before the daemon has made its folder
        return glance(settings.state_dir)["photos_unread"]
    return None


def test_an_alarm_names_the_camera_and_lasts_while_any_has_it(
    settings: EdgeSettings, peer: AckingPeer, cameras: Cameras
) -> None:
    def alarms() -> list[tuple[str, bool]]:
        told = [event for event in peer.events("alarm") if event.detail["alarm"] == "camera-dark"]
        return [(event.detail["camera"], event.detail.get("over", False)) for event in told]

    black, shades = square_photo(0), iter(range(30, 90))
    light = lambda: Answer(body=square_photo(4, next(shades)))  # noqa: E731
    cameras.top, cameras.bottom = light, lambda: Answer(body=black)
    with device(settings):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        for count in (1, 2, 3):
            assert ask(peer, "snapshot").ok
            wait_until(lambda count=count: len(peer.observations()) == count, "the observation")
        wait_until(lambda: alarms() == [("bottom", False)], "the alarm")
    with device(settings):
        wait_until(lambda: len(peer.on("birth")) == 2, "birth")
        cameras.bottom = light
        assert ask(peer, "snapshot").ok
        wait_until(lambda: alarms()[1:] == [("bottom", True)], "its end")
    assert (settings.state_dir / "view-top.png").exists()
