"""The MQTT client with its loop, at a real broker."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import MQTTMessage

from facings.mqtt import MqttClient
from tests.support.acking_peer import wait_until
from tests.support.broker import Broker

SELECT_TAKES = 1024


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


class Ear:
    """A client that hears its own words."""

    def __init__(self, port: int) -> None:
        self.heard: list[bytes] = []
        self.client = MqttClient("ear", clean_session=False)
        self.client.reconnect_delay_set(1, 1)
        self.subscribed = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe("said", 1)
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = lambda _client, _data, message: self.heard.append(message.payload)
        self.client.connect_async("127.0.0.1", port, keepalive=10)
        self.client.loop_start()

    def says(self, word: bytes) -> None:
        """Publish and wait until it came back."""
        wait_until(self.subscribed.is_set, "a subscription")
        self.client.publish("said", word, qos=1)
        wait_until(lambda: word in self.heard, f"{word!r}")

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def test_more_open_files_than_select_takes(broker: Broker) -> None:
    with ExitStack() as files:
        for _ in range(SELECT_TAKES + 50):
            files.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        ear = Ear(broker.port)
        ear.says(b"up here")
        sock = ear.client.socket()
        assert sock is not None
        assert sock.fileno() > SELECT_TAKES
        ear.leave()


def test_it_comes_back_when_the_connection_is_cut(broker: Broker) -> None:
    ear = Ear(broker.port)
    ear.says(b"before")
    ear.subscribed.clear()
    ear.client.socket().shutdown(socket.SHUT_RDWR)
    wait_until(ear.subscribed.is_set, "subscribed again")
    ear.says(b"after")
    ear.leave()
    assert not ear.client.is_connected()


def test_it_waits_for_a_broker_that_comes_later(tmp_path: Path) -> None:
    later = Broker(tmp_path)
    ear = Ear(later.port)
    with later:
        ear.says(b"at last")
        ear.leave()


def test_leaving_a_broker_that_never_answers_takes_no_longer_than_the_flush() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ear = Ear(silent.getsockname()[1])
        wait_until(lambda: ear.client.socket() is not None, "a connection")
        ear.leave()


def test_one_that_is_told_to_stay_away_stays_away(broker: Broker) -> None:
    client = MqttClient("once", comes_back=False)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    wait_until(client.is_connected, "a connection")
    client.socket().shutdown(socket.SHUT_RDWR)
    wait_until(lambda: client.socket() is None, "the end of it")
    client.loop_stop()
    assert not client.is_connected()


class Watched:
    """A socket that counts how often it is read and written."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.reads = self.writes = 0

    def recv(self, size: int) -> bytes:
        self.reads += 1
        return self._sock.recv(size)

    def send(self, packet: bytes) -> int:
        self.writes += 1
        return self._sock.send(packet)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class WatchedClient(MqttClient):
    """A client whose socket is watched."""

    def _create_socket(self) -> Any:
        self.watched = Watched(super()._create_socket())
        return self.watched


def test_many_messages_are_read_and_acknowledged_together_and_do_not_come_again(broker: Broker) -> None:
    words = [b"%d" % number * 500 for number in range(500)]
    heard: list[MQTTMessage] = []
    client = WatchedClient("ear", clean_session=False, manual_ack=True)
    subscribed, gate = threading.Event(), threading.Event()
    client.on_connect = lambda client, *_: client.subscribe("said", 1)
    client.on_subscribe = lambda *_: subscribed.set()

    def hear(_client: Any, _data: Any, message: MQTTMessage) -> None:
        gate.wait()  # so that more arrives meanwhile
        heard.append(message)

    client.on_message = hear
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    wait_until(subscribed.is_set, "a subscription")
    mouth = MqttClient("mouth")
    mouth.max_inflight_messages_set(0)
    mouth.connect("127.0.0.1", broker.port)
    mouth.loop_start()
    for sent in [mouth.publish("said", word, qos=1) for word in words]:
        sent.wait_for_publish(30)
    gate.set()
    wait_until(lambda: len(heard) == len(words), "all messages")
    assert [message.payload for message in heard] == words
    assert client.watched.reads < len(words) / 2

    written = client.watched.writes
    client.ack_all(message.mid for message in heard)
    wait_until(lambda: client.watched.writes == written + 1, "the acknowledgement")
    client.socket().shutdown(socket.SHUT_RDWR)
    subscribed.clear()
    wait_until(subscribed.is_set, "subscribed again")
    mouth.publish("said", b"the next", qos=1)
    wait_until(lambda: len(heard) > len(words), "the next")
    assert [message.payload for message in heard[len(words) :]] == [b"the next"]
    for one in (client, mouth):
        one.disconnect()
        one.loop_stop()
