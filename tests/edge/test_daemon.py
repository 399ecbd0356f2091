"""The whole daemon over a real broker: photos become observations, whatever is killed on the way."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.capture.http import HttpCamera
from edge.daemon import Device
from edge.reader import SharedReader
from edge.settings import CameraSettings, EdgeSettings
from edge.uplink.glance import glance
from facings.clock import SystemClock
from facings.errors import UnavailableError
from facings.messages import Birth, ConfigDesired, ConfigReported, Health, State
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import FIRST, edge_settings, square_photo, write_replay
from tests.support.cooler import SquareReader as Squares
from tests.support.http_peer import Answer, HttpPeer, Request
from tests.support.live_device import NEVER, TOPICS, ask, device, live


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


def process(settings: EdgeSettings, *options: str) -> subprocess.Popen[bytes]:
    config = settings.state_dir.parent / "edge.json"
    config.write_text(settings.model_dump_json())
    return subprocess.Popen([sys.executable, "-m", "tests.support.tiny_edge", config, *options])


def test_a_replay_becomes_one_observation_per_photo(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(units, shade=units) for units in range(1, 6)])
    with AckingPeer(broker.port) as peer, device(edge_settings(tmp_path, broker.url), once=True) as running:
        wait_until(lambda: running.is_done, "everything acknowledged")
        observed = peer.observations()
    assert [len(observation.products) for observation in observed] == [1, 2, 3, 4, 5]
    assert [observation.captured_at for observation in observed] == [FIRST + timedelta(hours=n) for n in range(5)]
    assert {observation.clock.source for observation in observed} == {"replay"}
    assert [observation.seq for observation in observed] == [1, 2, 3, 4, 5]
    assert all(abs(o.timing.taken_at - o.timing.due_at) < timedelta(seconds=30) for o in observed)
    assert glance(tmp_path / "state")["messages"] == 0
    assert State.from_wire(peer.on("state")[0]).state == "online"
    birth = Birth.from_wire(peer.on("birth")[0])
    assert (birth.models, birth.gallery) == (Squares.models, Squares.gallery)
    assert Health.from_wire(peer.on("health")[0]).memory_mb


def test_a_clean_stop_says_so_and_a_kill_lets_the_will_speak(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(1)])
    states = lambda: [State.from_wire(payload).state for payload in peer.on("state")]  # noqa: E731
    with AckingPeer(broker.port) as peer:
        with device(edge_settings(tmp_path, broker.url)):
            wait_until(lambda: states() == ["online"], "online")
        wait_until(lambda: states() == ["online", "stopped"], "stopped")
        killed = process(edge_settings(tmp_path, broker.url))
        wait_until(lambda: len(states()) == 3, "online again")
        killed.kill()
        killed.wait()
        wait_until(lambda: states()[2:] == ["online", "offline"], "the will")


def test_a_bad_replay_photo_is_told_and_the_rest_goes_on(tmp_path: Path, broker: Broker) -> None:
    photos = write_replay(tmp_path / "photos", [square_photo(n, n) for n in range(1, 6)])
    (photos / "0001.png").unlink()
    (photos / "0002.png").write_bytes(square_photo(9))
    cut = square_photo(4, 4)[:-40]
    (photos / "0003.png").write_bytes(cut)
    manifest = json.loads((photos / "replay.json").read_text())
    manifest["entries"][3]["sha256"] = hashlib.sha256(cut).hexdigest()
    (photos / "replay.json").write_text(json.dumps(manifest))
    with AckingPeer(broker.port) as peer, device(edge_settings(tmp_path, broker.url), once=True) as running:
        wait_until(lambda: running.is_done, "everything acknowledged")
        assert [len(observation.products) for observation in peer.observations()] == [1, 5]
        reasons = [event.reason for event in peer.events("photo-not-taken")]
    assert len(reasons) == 3
    for words in ("cannot be read", "sha256 differs", "cut off"):
        assert any(words in reason for reason in reasons), reasons


def test_kill_9_of_the_daemon_loses_no_photo_and_sends_none_twice(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(n % 9 + 1, n) for n in range(40)], step_s=60)
    camera = {"kind": "replay", "folder": tmp_path / "photos", "speed": 1200.0}
    settings = edge_settings(tmp_path, broker.url, camera=camera)
    with AckingPeer(broker.port) as peer:
        for kill_at in (3, 14, 27):
            running = process(settings)
            wait_until(lambda at=kill_at: len(peer.observations()) >= at, f"{kill_at} photos")
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
        last = process(settings, "--once")
        assert last.wait(60) == 0
        observed = peer.observations()
    assert [observation.captured_at for observation in observed] == [FIRST + timedelta(minutes=n) for n in range(40)]
    assert len({observation.photo_id for observation in observed}) == 40
    assert len({(observation.boot_id, observation.seq) for observation in observed}) == 40
    assert len({observation.boot_id for observation in observed}) >= 3
    assert glance(tmp_path / "state")["photos_unread"] == 0


def test_kill_9_of_the_broker_loses_no_photo(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(n % 9 + 1, n) for n in range(30)], step_s=60)
    camera = {"kind": "replay", "folder": tmp_path / "photos", "speed": 1200.0}
    settings = edge_settings(tmp_path, broker.url, camera=camera)
    with AckingPeer(broker.port) as peer, device(settings, once=True) as running:
        wait_until(lambda: len(peer.observations()) >= 5, "5 photos")
        broker.kill9()
        wait_until(lambda: glance(settings.state_dir)["messages"] >= 5, "messages kept while the broker is away")
        broker.start()
        wait_until(lambda: running.is_done, "everything acknowledged")
        assert [o.captured_at for o in peer.observations()] == [FIRST + timedelta(minutes=n) for n in range(30)]


def test_messages_of_an_earlier_boot_keep_their_number_and_are_historical(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(n, n) for n in range(1, 4)])
    settings = edge_settings(tmp_path, broker.url)
    broker.stop()
    with device(settings):
        wait_until(lambda: glance(settings.state_dir)["messages"] == 3, "three messages kept")
    broker.start()
    with AckingPeer(broker.port) as peer, device(settings, once=True) as running:
        wait_until(lambda: running.is_done, "everything acknowledged")
        birth = Birth.from_wire(peer.on("birth")[0])
        observed = peer.observations()
    assert birth.outbox_depth == 3
    assert [(o.seq, o.historical) for o in observed] == [(1, True), (2, True), (3, True)]
    assert birth.boot_id not in {o.boot_id for o in observed}


def test_a_photo_left_unread_by_the_last_run_is_read_by_the_next(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(n, n) for n in range(1, 4)])
    settings = edge_settings(tmp_path, broker.url)

    class Stuck(Squares):
        def read(self, photo: Any) -> Any:
            raise UnavailableError("the model cannot be used now")

    with AckingPeer(broker.port) as peer:
        first = Device(settings, SharedReader(Stuck(), 1))
        first.start()
        wait_until(lambda: glance(settings.state_dir)["photos_unread"] == 3, "three photos in the spool")
        first.stop()
        assert not peer.observations()
        with device(settings, once=True) as running:
            wait_until(lambda: running.is_done, "everything acknowledged")
            assert [len(o.products) for o in peer.observations()] == [1, 2, 3]


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


def test_photos_go_over_http_and_leave_the_device(tmp_path: Path, broker: Broker) -> None:
    put: dict[str, bytes] = {}

    def respond(request: Request) -> Answer:
        if request.method == "PUT":
            assert "Authorization" not in request.headers
            first_try = request.path not in put
            put[request.path] = request.body
            return Answer(status=422, body=b"fewer bytes than announced") if first_try else Answer(status=204)
        if request.headers.get("Authorization") != "Bearer fdk_key":
            return Answer(status=401)
        grant = json.loads(request.body)
        if grant["captured_at"] == "2026-03-02T08:00:00.000Z":
            return Answer(body=json.dumps({"stored": True}).encode())
        if grant["captured_at"] == "2026-03-02T09:00:00.000Z":
            return Answer(status=422, body=b"no such photo")
        answer = {
            "url": f"/put/{grant['photo_id']}",
            "method": "PUT",
            "headers": {},
            "expires_at": "2030-01-01T00:00:00Z",
        }
        return Answer(status=201, body=json.dumps(answer).encode())

    photos = [square_photo(n, n) for n in range(1, 5)]
    write_replay(tmp_path / "photos", photos)
    with HttpPeer(respond) as cloud, AckingPeer(broker.port) as peer:
        settings = edge_settings(
            tmp_path, broker.url, cloud={"url": cloud.url, "key": "fdk_key"}, uploads={"enabled": True}
        )
        with device(settings, once=True) as running:
            wait_until(lambda: running.is_done, "everything acknowledged and uploaded")
            observed = peer.observations()
            (refused,) = peer.events("outbox-dropped")
    assert put == {
        f"/put/{o.photo_id}": photo for o, photo in zip(observed, photos, strict=True) if o.captured_at.hour > 9
    }
    assert refused.detail["photo_ids"] == [str(observed[1].photo_id)]
    assert not list((settings.state_dir / "photos").iterdir())


@pytest.mark.parametrize("status", [401, 404, 413, 500])
def test_photos_wait_for_a_cloud_that_does_not_take_them_now(
    tmp_path: Path, broker: Broker, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    write_replay(tmp_path / "photos", [square_photo(1)])
    with HttpPeer(lambda _: Answer(status=status, body=b"not now")) as cloud, AckingPeer(broker.port) as peer:
        settings = edge_settings(tmp_path, broker.url, cloud={"url": cloud.url}, uploads={"enabled": True})
        with device(settings, once=True):
            wait_until(lambda: len(cloud.requests) >= 2, "two tries")
            wait_until(lambda: len(peer.observations()) == 1, "the observation, photo or not")
        assert glance(settings.state_dir)["photos_to_upload"] == 1
    told = [record.message for record in caplog.records if "cloud.key" in record.message]
    assert len(told) == 1


def test_a_refused_sign_in_is_told_once_and_the_photos_wait(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_replay(tmp_path / "photos", [square_photo(1)])
    with Broker(tmp_path, users={"acme/cooler-01": "right", "peer": "peer"}) as broker:
        settings = edge_settings(tmp_path, broker.url, broker={"url": broker.url, "password": "wrong"})
        with device(settings) as running:
            wait_until(lambda: broker.log().count("authentication error") >= 2, "two tries")
            assert not running.is_connected
        right = edge_settings(tmp_path, broker.url, broker={"url": broker.url, "password": "right"})
        with AckingPeer(broker.port, "peer", "peer") as peer, device(right, once=True) as running:
            wait_until(lambda: running.is_done, "delivered with the right key")
            assert len(peer.observations()) == 1
    told = [record.message for record in caplog.records if "device key" in record.message]
    assert len(told) == 1


def test_two_daemons_cannot_share_a_folder(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(1)])
    settings = edge_settings(tmp_path, broker.url)
    with device(settings), pytest.raises(UnavailableError, match="another daemon"):
        Device(settings, SharedReader(Squares(), 1)).start()


def test_a_started_replay_goes_by_the_wall_clock(tmp_path: Path, broker: Broker) -> None:
    write_replay(tmp_path / "photos", [square_photo(1), square_photo(2)], step_s=3600)
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    camera = {"kind": "replay", "folder": tmp_path / "photos", "speed": 3600.0 * 5, "start_at": begin}
    with AckingPeer(broker.port) as peer:
        with device(edge_settings(tmp_path, broker.url, camera=camera), once=True) as running:
            wait_until(lambda: running.is_done, "everything acknowledged")
        due = [observation.timing.due_at for observation in peer.observations()]
    assert due == [begin, begin + timedelta(milliseconds=200)]
