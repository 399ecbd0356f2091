"""Headers: those of security on every answer, with the time each took; and that of what never changes."""

from __future__ import annotations

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.services import Services

FOREVER = "private, max-age=31536000, immutable"
"""`cache-control` of what is named by its content: who has it need not ask again."""

A_WHILE = "private, max-age=300"
"""`cache-control` of pictures that later photos replace by others like them."""


def content_security_policy(websocket_url: str) -> str:
    """Pages load from here alone, and talk to here and to the broker alone."""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {websocket_url}",
            "img-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",  # ECharts sets styles on the elements it draws
            "worker-src 'self' blob:",  # mqtt.js keeps its timers in a worker
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecureAndMeasure:
    """Puts the headers on each answer and counts it."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def secured(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = content_security_policy(self.services.logins.websocket_url)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
            await send(message)

        try:
            await self.app(scope, receive, secured)
        finally:
            # The route's pattern, never the path: ids would make a time series each.
            route = getattr(scope.get("route"), "path", "none")
            self.services.metrics.requests.labels(scope["method"], route, status).inc()
            self.services.metrics.request_seconds.labels(route).observe(time.perf_counter() - began)
