"""The daemon with a camera that is asked: on request, on schedule, whatever the camera or the clock is up to."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.capture.http import HttpCamera
from edge.settings import CameraSettings
from facings.clock import SystemClock
from facings.errors import UnavailableError
from facings.messages import Birth, ConfigDesired, ConfigReported, Health
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import FIRST, square_photo
from tests.support.http_peer import Answer, HttpPeer
from tests.support.live_device import NEVER, TOPICS, ask, device, live


def test_an_http_camera_takes_photos_on_request_and_every_command_is_answered(tmp_path: Path, broker: Broker) -> None:
    with (
        HttpPeer(lambda _: Answer(body=square_photo(3))) as camera,
        AckingPeer(broker.port) as peer,
        device(live(tmp_path, broker, camera)),
    ):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        reply = ask(peer, "snapshot")
        assert reply.ok
        wait_until(lambda: len(peer.observations()) == 1, "the photo")
        (observation,) = peer.observations()
        assert (str(observation.photo_id), observation.trigger) == (reply.detail["photo_id"], "request")
        assert "snapshot" in ask(peer, "dance").error
        assert "expired" in ask(peer, "flush", expires_at=FIRST).error
        assert ask(peer, "flush").ok
        assert ask(peer, "rebirth").ok
        assert len(peer.on("birth")) == 2


CAMERA_FAULTS = {
    "error status": (Answer(status=503), "503"),
    "empty": (Answer(), "empty"),
    "truncated": (Answer(body=square_photo(3)[:-50], claimed_bytes=len(square_photo(3))), "no photo"),
    "too large": (Answer(body=bytes(3000)), "more than 2,000"),
    "text": (Answer(body=b"<html>sign in first</html>"), "not a JPEG"),
    "cut in the camera": (Answer(body=square_photo(3)[:-50]), "cut off"),
}


def test_a_camera_that_fails_is_told_with_the_reason(tmp_path: Path, broker: Broker) -> None:
    with HttpPeer(lambda _: Answer()) as camera, AckingPeer(broker.port) as peer:
        settings = live(tmp_path, broker, camera)
        settings = settings.model_copy(update={"camera": (settings.camera[0].model_copy(update={"max_bytes": 2000}),)})
        with device(settings):
            wait_until(lambda: bool(peer.on("birth")), "birth")
            for count, (name, (answer, words)) in enumerate(CAMERA_FAULTS.items(), start=1):
                camera.respond = lambda _, answer=answer: answer
                ask(peer, "snapshot")
                wait_until(lambda n=count: len(peer.events("photo-not-taken")) == n, name)
                assert words in peer.events("photo-not-taken")[-1].reason, name
            assert not peer.observations()


@pytest.mark.parametrize("fault", [CAMERA_FAULTS["error status"][0], CAMERA_FAULTS["cut in the camera"][0]])
def test_a_camera_is_asked_again_before_a_photo_counts_as_not_taken(
    tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch, fault: Answer
) -> None:
    monkeypatch.setattr("edge.capture.patient.RETRY_PAUSE_S", 0.01)
    answers = [fault, Answer(body=square_photo(3)), fault, fault, Answer(body=square_photo(4))]
    with (
        HttpPeer(lambda _: answers.pop(0)) as camera,
        AckingPeer(broker.port) as peer,
        device(live(tmp_path, broker, camera, retries=1)),
    ):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        assert [ask(peer, "snapshot").ok for _ in range(3)] == [True, False, True]
        wait_until(lambda: len(peer.observations()) == 2, "two photos")
        (told,) = peer.events("photo-not-taken")
    assert "asked 2 times" in told.reason


def test_a_camera_that_drips_is_given_up_in_time() -> None:
    dripping = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not dripping.wait(0.05):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(UnavailableError, match="did not finish within"):
            HttpCamera(CameraSettings(kind="http", url=url, timeout_s=0.3)).take()
        dripping.set()
        thread.join()


class PowerCutClock(SystemClock):
    """The machine's clock as it is after a power cut, until someone sets it."""

    behind = datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return super().now() - self.behind


def test_a_photo_taken_before_the_clock_was_set_is_told_with_its_true_time(
    tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.device.timekeeping.EVERY_S", 0.05)
    clock = PowerCutClock()
    with (
        HttpPeer(lambda _: Answer(body=square_photo(3))) as camera,
        AckingPeer(broker.port) as peer,
        device(live(tmp_path, broker, camera), clock=clock) as running,
    ):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        assert ask(peer, "snapshot").ok
        taken_at = datetime.now(UTC)
        wait_until(lambda: bool(peer.events("alarm")), "the alarm")
        assert not peer.observations()
        clock.behind = timedelta(0)
        wait_until(lambda: len(peer.observations()) == 1, "the photo, now that it can be dated")
        running.report_health()
        wait_until(lambda: not Health.from_wire(peer.on("health")[-1]).alarms, "no alarm is left")
    (observation,) = peer.observations()
    assert abs(observation.captured_at - taken_at) < timedelta(seconds=30)
    assert abs(observation.timing.taken_at - taken_at) < timedelta(seconds=30)
    began, over = peer.events("alarm")
    assert (began.detail["alarm"], over.detail["over"], began.clock.synced) == ("clock-not-set", True, False)


def test_an_even_photo_is_told_as_unusable_and_a_frozen_camera_is_an_alarm(tmp_path: Path, broker: Broker) -> None:
    with (
        HttpPeer(lambda _: Answer(body=square_photo(0, shade=50))) as camera,
        AckingPeer(broker.port) as peer,
        device(live(tmp_path, broker, camera)),
    ):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        for _ in range(4):
            assert ask(peer, "snapshot").ok
        wait_until(lambda: len(peer.observations()) == 4, "four observations")
        assert {(o.quality.verdict, o.lines) for o in peer.observations()} == {("unusable", ())}
        wait_until(lambda: len(peer.events("alarm")) == 1, "one alarm")
        assert "frozen" in peer.events("alarm")[0].reason


def test_the_schedule_changes_while_running_and_stays_changed(tmp_path: Path, broker: Broker) -> None:
    with HttpPeer(lambda _: Answer(body=square_photo(2))) as camera, AckingPeer(broker.port) as peer:
        settings = live(tmp_path, broker, camera)
        reports = lambda: [ConfigReported.from_wire(p) for p in peer.on("config/reported")]  # noqa: E731
        with device(settings):
            wait_until(lambda: bool(peer.on("birth")), "birth")
            bad = {"schedule": {"cron": ["61 * * * *"]}, "log_level": "DEBUG", "colour": "red"}
            peer.send(TOPICS.config_desired, ConfigDesired(revision=1, settings=bad))
            wait_until(lambda: len(reports()) == 1, "the first report")
            assert set(reports()[0].errors) == {"log_level", "colour"}
            assert reports()[0].restart_needed
            peer.send(TOPICS.config_desired, ConfigDesired(revision=2, settings={"schedule": {"cron": ["61 * * * *"]}}))
            wait_until(lambda: len(reports()) == 2, "the second report")
            assert set(reports()[1].errors) == {"schedule.cron"}
            assert reports()[1].settings["schedule"]["cron"] == [NEVER]
            good = {"schedule": {"cron": ["* * * * * *"], "spread_s": 0}}
            peer.send(TOPICS.config_desired, ConfigDesired(revision=3, settings=good))
            wait_until(lambda: len(peer.observations()) >= 1, "a photo on the new schedule")
            assert not reports()[2].errors
            assert peer.observations()[0].trigger == "schedule"
        before = len(peer.observations())
        with device(settings):
            wait_until(lambda: len(peer.observations()) > before, "the new schedule after a restart")
            assert Birth.from_wire(peer.on("birth")[-1]).config_revision == 3
