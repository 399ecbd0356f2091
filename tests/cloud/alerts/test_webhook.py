"""Posting to receivers that do not do as they should."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cloud.alerts import webhook
from facings.errors import UnavailableError

EVERY_S = 0.05


@pytest.fixture
def trickling() -> Iterator[str]:
    """The address of a receiver that answers a header byte now and then, and never ends."""
    ended = threading.Event()

    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
            try:
                while not ended.wait(EVERY_S):
                    connection.sendall(b"y")
            except OSError:
                pass  # it was hung up

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
        ended.set()
        thread.join()


def test_a_receiver_that_never_ends_is_hung_up_on(trickling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "DEADLINE_S", 0.5)
    with pytest.raises(UnavailableError, match=r"no whole answer within 0\.5 s"):
        webhook.post(trickling, webhook.new_secret(), "m.1", datetime.now(UTC), b"{}", allow_private=True)
