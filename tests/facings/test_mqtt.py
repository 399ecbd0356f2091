"""The MQTT client with its loop, at a real broker."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

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
