"""How large a request may be."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 8 * 1024 * 1024
LARGEST_PHOTO = 32 * 1024 * 1024


def largest_body(path: str) -> int:
    """Bytes a request to `path` may bring."""
    return LARGEST_PHOTO if path.startswith("/api/v1/photos") else LARGEST_BODY


class LimitBodies:
    """Refuses larger bodies with 413, by their announced length or, unannounced, once they have grown too long.

    It refuses where the application reads the body, so that the answer is the application's own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = largest_body(scope["path"])
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = announced.isdigit() and int(announced) > most
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = {} if too_large else await receive()
            received += len(message.get("body", b""))
            if too_large or received > most:
                raise HTTPException(413, f"a request here has at most {most // 1024 // 1024} MiB; send it in parts")
            return message

        await self.app(scope, counted, send)
