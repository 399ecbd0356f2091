"""A network that is cut, still or slow, between real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from facings.errors import UnavailableError
from firmware_sim.device.link import Link
from tests.support.http_peer import Answer, HttpPeer, Request


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with HttpPeer(lambda request: Answer(body=_repeat(request))) as running:
        yield running


def _repeat(request: Request) -> bytes:
    return request.body


@pytest.fixture
def link(peer: HttpPeer) -> Iterator[Link]:
    made = Link("127.0.0.1", int(peer.url.rpartition(":")[2]))
    made.start()
    yield made
    made.stop()


def ask(connection: socket.socket, text: bytes) -> bytes:
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(text)
    connection.sendall(request + text)
    answer = b""
    while not answer.endswith(text):
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the connection ended")
        answer += piece
    return answer


def connect(link: Link, timeout: float = 10.0) -> socket.socket:
    return socket.create_connection(link.address, timeout=timeout)


def test_it_carries_both_ways(link: Link) -> None:
    with connect(link) as connection:
        assert ask(connection, b"one").endswith(b"one")
    text = bytes(range(256)) * 2000
    with connect(link) as connection:
        assert ask(connection, text).endswith(text)


def test_a_cut_resets_connections_and_refuses_new_ones_until_it_is_mended(link: Link) -> None:
    with connect(link) as connection:
        link.cut()
        with pytest.raises(ConnectionError):
            ask(connection, b"lost")
    with pytest.raises(ConnectionError), connect(link) as connection:
        ask(connection, b"refused")
    link.mend()
    with connect(link) as connection:
        assert ask(connection, b"back").endswith(b"back")


def test_a_silent_cut_only_falls_still_and_nothing_is_lost(link: Link) -> None:
    with connect(link, timeout=0.3) as connection:
        link.cut(silent=True)
        with pytest.raises(TimeoutError):
            ask(connection, b"late")
        link.mend()
        connection.settimeout(10)
        assert connection.recv(65536).startswith(b"HTTP/1")


@pytest.mark.parametrize(
    ("delay_s", "bytes_per_s", "at_least_s"), [(0.15, None, 0.3), (0.0, 100_000, 0.2)], ids=["delay", "bandwidth"]
)
def test_a_slow_network_takes_its_time(
    link: Link, delay_s: float, bytes_per_s: float | None, at_least_s: float
) -> None:
    link.slow(delay_s, bytes_per_s)
    with connect(link) as connection:
        began = time.monotonic()
        ask(connection, bytes(12_000))
        assert time.monotonic() - began > at_least_s


def test_nobody_at_the_far_end_and_a_taken_port(link: Link) -> None:
    nowhere = Link("127.0.0.1", 1)
    nowhere.start()
    try:
        with pytest.raises(ConnectionError), connect(nowhere) as connection:
            ask(connection, b"hello")
    finally:
        nowhere.stop()
    with pytest.raises(UnavailableError, match="cannot listen"):
        Link("127.0.0.1", 1, port=link.address[1]).start()
