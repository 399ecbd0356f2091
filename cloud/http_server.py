"""The HTTP server: uvicorn in a thread, on a port that is bound before anything is started."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp

from cloud.settings import HttpSettings
from facings.errors import UnavailableError

_START_WITHIN_S = 20.0
_STOP_WITHIN_S = 4


class HttpServer:
    """Serves `app`; `bind` first, to know the port."""

    def __init__(self, settings: HttpSettings) -> None:
        self.settings = settings
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take the port; requests wait until `serve`.

        Raises:
            UnavailableError: the port is taken, or not ours to take.
        """
        host, port = self.settings.host, self.settings.port
        try:
            self._socket = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            raise UnavailableError(
                f"cannot listen on {host}:{port}: {error.strerror}; stop what listens there, or set http.port"
            ) from error

    @property
    def port(self) -> int:
        """The port taken."""
        assert self._socket, "not started"
        port: int = self._socket.getsockname()[1]
        return port

    def serve(self, app: ASGIApp) -> None:
        """Begin to answer.

        Raises:
            UnavailableError: the server ended at once.
        """
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_STOP_WITHIN_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="http", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _START_WITHIN_S
        while not self._server.started:
            if not self.alive or time.monotonic() > deadline:
                raise UnavailableError("the HTTP server did not start; the log says why")
            time.sleep(0.01)

    @property
    def alive(self) -> bool:
        """Whether it serves."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Finish the requests under way, for some seconds, and free the port."""
        if self._server:
            self._server.should_exit = True
        if self._thread:
            self._thread.join(_STOP_WITHIN_S + 2)
        if self._socket:
            self._socket.close()
