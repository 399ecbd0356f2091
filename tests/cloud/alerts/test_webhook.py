"""Posting to receivers that do not do as they should."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cloud.alerts import webhook
from facings.errors import UnavailableError
from tests.support.http_peer import Answer, HttpPeer

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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with (
        HttpPeer(lambda _: Answer(200)) as inside,
        HttpPeer(lambda _: Answer(status, headers={"Location": f"{inside.url}/admin"})) as receiver,
        pytest.raises(UnavailableError, match=f"answered {status}: redirects are not followed"),
    ):
        webhook.post(receiver.url, webhook.new_secret(), "m.1", datetime.now(UTC), b"{}", allow_private=True)
    assert len(receiver.requests) == 1
    assert not inside.requests
