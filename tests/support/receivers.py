"""Where alerts arrive in tests: a webhook that checks signatures, and a real SMTP server."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller

from facings.messages import AlertNotice
from tests.support.broker import free_port
from tests.support.http_peer import Answer, HttpPeer, Request


@dataclass
class WebhookReceiver:
    """Takes what its `secret` has signed, or answers `status`."""

    secret: str = ""
    status: int = 200
    notices: list[AlertNotice] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tried: int = 0

    def __post_init__(self) -> None:
        self._peer = HttpPeer(self._take)

    def __enter__(self) -> Self:
        self._peer.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._peer.__exit__(*error)

    @property
    def url(self) -> str:
        return f"{self._peer.url}/alerts?from=facings"

    def _take(self, request: Request) -> Answer:
        self.tried += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if headers["webhook-signature"] != f"v1,{wanted}":
            return Answer(401)
        if self.status == 200:
            self.ids.append(headers["webhook-id"])
            self.notices.append(AlertNotice.from_wire(request.body))
        return Answer(self.status)

    def told(self) -> list[tuple[str, str]]:
        """Event and watch of what arrived."""
        return [(notice.event, notice.alert.watch) for notice in self.notices]


@dataclass
class Mailbox:
    """An SMTP server; `mails` holds what was handed to it."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: bool = False
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.refuse:
            return "451 try again later"
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return "250 OK"
