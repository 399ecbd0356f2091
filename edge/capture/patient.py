"""A camera that is asked again where it gave no usable photo, and whose trouble is logged once."""

from __future__ import annotations

import logging
import threading

from edge.capture.shot import Camera
from edge.peer import Peer
from edge.settings import CameraSettings
from edge.vision.decode import check_file
from facings.errors import FacingsError, PhotoError, UnavailableError

RETRY_PAUSE_S = 1.0


class PatientCamera:
    """Takes whole photos; `stop` ends the wait before another try. `peer` is what the log calls the camera."""

    def __init__(self, camera: Camera, settings: CameraSettings, log: logging.Logger, peer: str = "camera") -> None:
        self._camera = camera
        self.settings = settings
        self._peer = Peer(peer, log)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()

    def take(self) -> bytes:
        """A whole photo; the camera is asked again where it gave none, for many faults last a moment only.

        Raises:
            UnavailableError: it gave none; the text says why.
        """
        for tries_left in range(self.settings.retries, -1, -1):
            try:
                encoded = self._camera.take()
                check_file(encoded)
            except (UnavailableError, PhotoError) as error:
                if tries_left and not self._stopping.wait(RETRY_PAUSE_S):
                    continue
                self._peer.lost(str(error))
                raise UnavailableError(self._told(error)) from error
            self._peer.back()
            return encoded
        raise AssertionError("the last try returns or raises")

    def _told(self, error: FacingsError) -> str:
        told = f"the camera's file is no photo: {error}" if isinstance(error, PhotoError) else str(error)
        retries = self.settings.retries
        return f"{told} (asked {retries + 1} times)" if retries else told
