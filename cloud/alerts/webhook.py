"""Webhooks, signed as standardwebhooks.com describes: receivers check with any of its libraries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx

from cloud.alerts.addresses import resolved
from facings.errors import BadInputError, UnavailableError

PREFIX = "whsec_"
SHORTEST_BYTES, USUAL_BYTES, LONGEST_BYTES = 24, 32, 64
TIMEOUT_S = 10.0
"""For each step: connecting, and each piece of the answer."""
DEADLINE_S = 30.0
"""For all of them: a receiver that answers byte by byte shall not hold up the others."""


def new_secret() -> str:
    """A signing secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(USUAL_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret.

    Raises:
        BadInputError: it is no secret of the form `whsec_` and base64 of 24 to 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST_BYTES <= len(key) <= LONGEST_BYTES:
        raise BadInputError(
            "a webhook's secret is whsec_ and base64 of 24 to 64 random bytes; leave it out for a new one"
        )
    return key


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of one attempt: id, timestamp and HMAC-SHA256 of `id.timestamp.body`."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key_of(secret), f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "content-type": "application/json",
        "user-agent": "facings",
    }


def post(url: str, secret: str, message_id: str, at: datetime, body: bytes, *, allow_private: bool) -> None:
    """Send one message; redirects are not followed.

    Raises:
        UnavailableError: the receiver is not there, or did not answer 2xx: try again later.
        WebhookAddressError: it must not go there.
    """
    target = resolved(url, allow_private=allow_private)
    headers = signed_headers(secret, message_id, at, body) | {"host": target.host_header}
    extensions = {"sni_hostname": target.host} if target.scheme == "https" else {}
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client, _deadline(client) as over:
        try:
            with client.stream("POST", target.url, content=body, headers=headers, extensions=extensions) as answer:
                status = answer.status_code  # its body is of no interest, however long
        except (httpx.HTTPError, OSError, RuntimeError) as error:  # the last where it was hung up before it began
            reason = f"no whole answer within {DEADLINE_S:g} s" if over.is_set() else f"{type(error).__name__}: {error}"
            raise UnavailableError(reason) from error
    if 300 <= status < 400:
        raise UnavailableError(f"answered {status}: redirects are not followed; give the address that it leads to")
    if not 200 <= status < 300:
        raise UnavailableError(f"answered {status}")


@contextmanager
def _deadline(client: httpx.Client) -> Iterator[threading.Event]:
    """Hangs up when the time of a whole message is over, and tells by the event."""
    over = threading.Event()

    def hang_up() -> None:
        over.set()
        client.close()

    timer = threading.Timer(DEADLINE_S, hang_up)
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
