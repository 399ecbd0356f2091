"""The broker as a child: it comes back when killed, goes when we go, and gives way to nobody silently."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from cloud.broker.child import NatsChild, _server
from cloud.broker.link import BrokerLink
from cloud.broker.logins import Login
from cloud.broker.nats_config import BrokerPlace, config_text
from facings.errors import SettingsError, UnavailableError
from facings.files import write_private
from facings.topics import DeviceTopics
from tests.support.broker import free_port
from tests.support.cloud import wait_until

CLOUD = Login("facings-cloud", "secret", (), ())
TOPIC = DeviceTopics("acme", "a").observation


@pytest.fixture
def place(tmp_path: Path) -> BrokerPlace:
    place = BrokerPlace("127.0.0.1", free_port(), free_port(), tmp_path)
    write_private(place.config_file, config_text(place, CLOUD, [], ack_wait_s=2))
    return place


def link_to(place: BrokerPlace, password: str = CLOUD.password) -> BrokerLink:
    return BrokerLink(f"mqtt://127.0.0.1:{place.mqtt_port}", CLOUD.username, password, "the-cloud")


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True


def test_killed_it_comes_back_with_what_it_kept(place: BrokerPlace, caplog: pytest.LogCaptureFixture) -> None:
    child, taker, sender = NatsChild(place), link_to(place), link_to(place)
    sender.client_id = "another"
    got: list[bytes] = []
    taker.on_message(lambda _topic, payload, _ack: got.append(payload), [TOPIC])
    try:
        child.start()
        for link in (taker, sender):
            link.start()
            link.wait_connected(10)
        assert sender.publish(TOPIC, b"not acknowledged")
        wait_until(lambda: got, 10, "the message")
        first = child.pid
        assert first
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not taker.connected, 10, "the loss is seen")
        taker.wait_connected(20)
        wait_until(lambda: len(got) == 2, 20, "what was not acknowledged comes again")
        assert child.pid != first
        lines = [record.message for record in caplog.records if "lost the broker" in record.message]
        assert len(lines) == 2, "one line for each link"
    finally:
        for part in (sender, taker, child):
            part.stop()
    assert child.pid is None


def test_one_left_over_is_ended_first(place: BrokerPlace) -> None:
    left_over = subprocess.Popen([_server(), "-c", str(place.config_file)], stderr=subprocess.DEVNULL)
    child = NatsChild(place)
    try:
        wait_until(place.pid_file.exists, 10, "the left-over writes its pid")
        child.start()
        assert left_over.wait(10) is not None
        assert int(place.pid_file.read_text()) == child.pid
    finally:
        child.stop()
        left_over.kill()
        left_over.wait()


def test_a_foreign_process_with_the_old_pid_is_left_alone(place: BrokerPlace) -> None:
    place.pid_file.write_text(str(os.getpid()))
    child = NatsChild(place)
    try:
        child.start()
    finally:
        child.stop()


def test_a_taken_port_is_named(place: BrokerPlace) -> None:
    named = rf"127.0.0.1:{place.websocket_port}.*set broker.mqtt_port"
    with socket.create_server(("127.0.0.1", place.websocket_port)), pytest.raises(UnavailableError, match=named):
        NatsChild(place).start()


def test_a_refused_configuration_is_quoted(place: BrokerPlace) -> None:
    place.config_file.write_text('{"mqtt": {"port": "no number"}}')
    with pytest.raises(UnavailableError, match=r"did not start: .*nats.conf"):
        NatsChild(place).start()


def test_the_link_says_why_it_is_refused(place: BrokerPlace, caplog: pytest.LogCaptureFixture) -> None:
    child, link = NatsChild(place), link_to(place, password="wrong")
    try:
        child.start()
        link.start()
        with pytest.raises(UnavailableError, match="Not authorized"):
            link.wait_connected(3.5)
        assert not link.connected
        refusals = [record for record in caplog.records if "refuses us" in record.message]
        assert len(refusals) == 1, "told once, not at every try"
    finally:
        link.stop()
        child.stop()


@pytest.mark.parametrize("url", ["http://x", "mqtt://", "mqtt://host:port", "localhost:1883"])
def test_a_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="write mqtt://HOST:PORT"):
        BrokerLink(url, "", "", "x").start()


def test_without_a_server_it_says_what_to_install(
    place: BrokerPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(UnavailableError, match="there is no nats-server"):
        NatsChild(place).start()
