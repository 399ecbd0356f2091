"""The whole daemon over a real broker: photos become observations, whatever is killed on the way."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.daemon import Device
from edge.reader import SharedReader
from edge.settings import EdgeSettings
from edge.uplink.glance import glance
from facings.errors import UnavailableError
from facings.messages import Birth, Health, State
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import FIRST, edge_settings, square_photo, write_replay
from tests.support.cooler import SquareReader as Squares
from tests.support.live_device import device


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
