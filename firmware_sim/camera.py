"""An HTTP snapshot camera that sees a replayed cooler: `GET /capture` gives a JPEG, `GET /status` says how it is."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from datasets.files import jpeg
from datasets.replay import read_photo
from facings.clock import Clock, SystemClock, format_utc
from facings.errors import BadInputError, UnavailableError
from facings.replay import ReplayManifest, ReplayPhoto, read_manifest
from firmware_sim.fault import Fault

_log = logging.getLogger(__name__)

_JPEG_QUALITY = 88
_LONGEST_HANG_S = 3600.0


class ReplayedScene:
    """What stands before the camera: the replay's photo of the present moment, from the first photo on at `speed`."""

    def __init__(self, folder: Path, manifest: ReplayManifest, speed: float, clock: Clock) -> None:
        self._folder, self._manifest, self._speed, self._clock = folder, manifest, speed, clock
        self._began = 0.0

    def start(self) -> None:
        """Let the replay's time run from its first photo on."""
        self._began = self._clock.monotonic()

    def moment(self) -> datetime:
        """The replay's time."""
        elapsed = timedelta(seconds=(self._clock.monotonic() - self._began) * self._speed)
        return self._manifest.entries[0].at + elapsed

    def present(self) -> ReplayPhoto:
        """The last photo taken by now."""
        now = self.moment()
        return next((entry for entry in reversed(self._manifest.entries) if entry.at <= now), self._manifest.entries[0])

    def pixels(self) -> npt.NDArray[np.uint8]:
        """What the camera sees now, with the noise that every picture has of its own.

        Raises:
            BadInputError: the photo is missing, not the manifest's, or no picture.
        """
        entry = self.present()
        pixels = cv2.imdecode(np.frombuffer(read_photo(self._folder, entry), np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise BadInputError(f"{self._folder / entry.file}: not a picture")
        grain = np.random.default_rng().integers(-1, 2, (*pixels.shape[:2], 1))
        noisy: npt.NDArray[np.uint8] = np.clip(pixels + grain, 0, 255).astype(np.uint8)
        return noisy


@dataclass
class SnapshotCamera:
    """The camera's server; `port` 0 takes a free one, `address` says which after the start.

    Example:
        camera = SnapshotCamera(Path("week/coolers/cooler-01"), port=0, speed=3600)
        camera.start()
        ... GET camera.address + "/capture" ...
        camera.stop()
    """

    folder: Path
    port: int
    speed: float = 1.0
    fault: Fault = Fault.NONE
    clock: Clock = field(default_factory=SystemClock)
    captures: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None
    _scene: ReplayedScene | None = None
    _frozen: bytes | None = None

    def start(self) -> None:
        """Serves in the background.

        Raises:
            BadInputError: no usable replay in the folder.
            UnavailableError: the port is taken.
        """
        manifest = read_manifest(self.folder)
        if not manifest.entries:
            raise BadInputError(f"{self.folder}: the replay holds no photo")
        self._scene = ReplayedScene(self.folder, manifest, self.speed, self.clock)
        self._scene.start()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        except OSError as error:
            raise UnavailableError(f"port {self.port}: {error.strerror}; choose another with --port") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="camera", daemon=True)
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

    def capture(self) -> bytes:
        """The JPEG that the camera delivers now, with its fault."""
        assert self._scene, "start() comes first"
        if self.fault is Fault.TIMEOUT:
            self._stopped.wait(_LONGEST_HANG_S)
        if self.fault is Fault.FROZEN and self._frozen:
            return self._frozen
        pixels = self._scene.pixels()
        if self.fault is Fault.BLACK:
            pixels = pixels // 64
        content = jpeg(pixels, _JPEG_QUALITY)
        self._frozen = content
        return content[: len(content) // 2] if self.fault is Fault.TRUNCATED else content

    def status(self) -> dict[str, Any]:
        """How the camera is, as JSON."""
        assert self._scene, "start() comes first"
        present = self._scene.present()
        return {
            "moment": format_utc(self._scene.moment()),
            "photo": present.file,
            "photo_at": format_utc(present.at),
            "speed": self.speed,
            "fault": self.fault.value,
            "captures": self.captures,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answers = {"/capture": self._capture, "/status": self._status}
                answer = answers.get(self.path)
                if answer is None:
                    self.send_error(HTTPStatus.NOT_FOUND, "ask for /capture or /status")
                    return
                try:
                    answer()
                except BadInputError as error:
                    self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
                except ConnectionError:
                    _log.info("the client went before its answer was sent")

            def _capture(self) -> None:
                content = camera.capture()
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
