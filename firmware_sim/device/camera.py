"""An HTTP snapshot camera: `GET /capture` gives a JPEG of what stands before it, `GET /status` says how it is.

It can stand for several cameras before one cooler: `GET /capture/upper` is what one sees that looks at the upper part.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, get_args

from datasets.files import jpeg
from facings.errors import BadInputError, UnavailableError
from facings.messages import CoolerPart
from firmware_sim.device.fault import Fault, Knock
from firmware_sim.device.parts import part_of
from firmware_sim.device.scene import SceneSource
from firmware_sim.device.spoiling import Pixels, black, grainy, moved, white

_log = logging.getLogger(__name__)

_JPEG_QUALITY = 88
_HANG_POLL_S = 0.1
_STOP_POLL_S = 0.05


@dataclass
class SnapshotCamera:
    """The camera's server; `port` 0 takes a free one, `address` says which after the start.

    `fault` and `knock` (how far the fault `moved` moves it) may change while it serves. With `faulty` only the camera
    of that part of the cooler has the fault.

    Example:
        camera = SnapshotCamera(ReplayedScene(Path("week/coolers/cooler-01"), 3600, SystemClock()), port=0)
        camera.start()
        ... GET camera.address + "/capture" ...
        camera.stop()
    """

    scene: SceneSource
    port: int
    fault: Fault = Fault.NONE
    knock: Knock = field(default_factory=Knock)
    faulty: CoolerPart | None = None
    captures: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None
    _frozen: dict[CoolerPart, bytes] = field(default_factory=dict)

    def start(self) -> None:
        """Serves in the background.

        Raises:
            BadInputError: the scene has nothing to show.
            UnavailableError: the port is taken.
        """
        self.scene.start()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        except OSError as error:
            raise UnavailableError(f"port {self.port}: {error.strerror}; choose another with --port") from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_POLL_S,), name="camera", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Ends the server, and requests that hang."""
        self._stopped.set()
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    @property
    def address(self) -> str:
        """Where it serves."""
        assert self._server, "start() comes first"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def capture(self, shows: CoolerPart = "whole") -> bytes:
        """The JPEG that the camera of a part delivers now, with its fault and the grain that every picture has of its
        own.
        """
        while self._fault_of(shows) is Fault.TIMEOUT and not self._stopped.wait(_HANG_POLL_S):
            pass
        fault = self._fault_of(shows)
        if fault is Fault.FROZEN and shows in self._frozen:
            return self._frozen[shows]
        content = jpeg(grainy(self._spoilt(part_of(self.scene.pixels(), shows), fault)), _JPEG_QUALITY)
        self._frozen[shows] = content
        return content[: len(content) // 2] if fault is Fault.TRUNCATED else content

    def status(self) -> dict[str, Any]:
        """How the camera is, as JSON."""
        return {**self.scene.describe(), "fault": self.fault.value, "captures": self.captures}

    def _fault_of(self, shows: CoolerPart) -> Fault:
        return self.fault if self.faulty in (None, shows) else Fault.NONE

    def _spoilt(self, pixels: Pixels, fault: Fault) -> Pixels:
        if fault is Fault.BLACK:
            return black(pixels)
        if fault is Fault.WHITE:
            return white(pixels)
        return moved(pixels, self.knock) if fault is Fault.MOVED else pixels

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answers: dict[str, Callable[[], None]] = {
                    "/capture": partial(self._capture, "whole"),
                    "/status": self._status,
                    **{f"/capture/{shows}": partial(self._capture, shows) for shows in get_args(CoolerPart)},
                }
                answer = answers.get(self.path)
                if answer is None:
                    self.send_error(HTTPStatus.NOT_FOUND, "ask for /capture, /capture/PART or /status")
                    return
                try:
                    answer()
                except BadInputError as error:
                    self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
                except ConnectionError:
                    _log.info("the client went before its answer was sent")

            def _capture(self, shows: CoolerPart) -> None:
                content = camera.capture(shows)
                camera.captures += 1
                self._send(content, "image/jpeg")

            def _status(self) -> None:
                self._send(json.dumps(camera.status()).encode(), "application/json")

            def _send(self, content: bytes, media_type: str) -> None:
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                _log.debug(format, *args)

        return Handler
