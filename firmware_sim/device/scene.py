"""What stands before a simulated camera: a `SceneSource`, replayed from a folder or alive."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from datasets.replay import read_photo
from facings.clock import Clock, format_utc
from facings.errors import BadInputError
from facings.replay import ReplayManifest, ReplayPhoto, read_manifest
from firmware_sim.device.spoiling import Pixels


class SceneSource(Protocol):
    """A place that a camera looks at. Its time begins with `start`."""

    def start(self) -> None:
        """Let its time run.

        Raises:
            BadInputError: there is nothing to show; the text says why.
        """
        ...

    def pixels(self) -> Pixels:
        """What is seen now, BGR, the same for the same moment.

        Raises:
            BadInputError: it cannot be shown.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """The moment and what is shown, for the camera's status."""
        ...


class ReplayedScene:
    """The replay's photo of the present moment, from the first photo on at `speed`."""

    def __init__(self, folder: Path, speed: float, clock: Clock) -> None:
        self._folder, self._speed, self._clock = folder, speed, clock
        self._manifest: ReplayManifest | None = None
        self._began = 0.0

    def start(self) -> None:
        """Let the replay's time run from its first photo on.

        Raises:
            BadInputError: no usable replay in the folder.
        """
        manifest = read_manifest(self._folder)
        if not manifest.entries:
            raise BadInputError(f"{self._folder}: the replay holds no photo")
        self._manifest = manifest
        self._began = self._clock.monotonic()

    def moment(self) -> datetime:
        """The replay's time."""
        elapsed = timedelta(seconds=(self._clock.monotonic() - self._began) * self._speed)
        return self._entries[0].at + elapsed

    def present(self) -> ReplayPhoto:
        """The last photo taken by now."""
        now = self.moment()
        return next((entry for entry in reversed(self._entries) if entry.at <= now), self._entries[0])

    def pixels(self) -> Pixels:
        """The replayed photo.

        Raises:
            BadInputError: the photo is missing, not the manifest's, or no picture.
        """
        entry = self.present()
        pixels = cv2.imdecode(np.frombuffer(read_photo(self._folder, entry), np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise BadInputError(f"{self._folder / entry.file}: not a picture")
        return pixels.astype(np.uint8, copy=False)

    def describe(self) -> dict[str, Any]:
        """The moment and the photo shown."""
        present = self.present()
        return {
            "moment": format_utc(self.moment()),
            "photo": present.file,
            "photo_at": format_utc(present.at),
            "speed": self._speed,
        }

    @property
    def _entries(self) -> tuple[ReplayPhoto, ...]:
        assert self._manifest, "start() comes first"
        return self._manifest.entries
