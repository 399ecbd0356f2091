"""`Shot`: a photo as the camera gave it, with the times that matter; and what a camera is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facings.messages import ClockState, Trigger


@dataclass(frozen=True)
class Shot:
    """One photo, not looked at yet.

    Attributes:
        encoded: the file as the camera delivered it.
        captured_at: when the scene looked like this: the manifest's time for a replayed photo.
        due_at: wall time when the photo was to be taken.
        taken_at: wall time when the camera had delivered it.
        steady_s: the same on the monotonic clock, so that it can be dated anew should the wall clock be set.
        camera: name of the camera, where the device has several.
        occasion: what this photo has in common with those that the other cameras took at the same time.
    """

    encoded: bytes
    captured_at: datetime
    due_at: datetime
    taken_at: datetime
    trigger: Trigger
    clock: ClockState
    steady_s: float | None = None
    camera: str | None = None
    occasion: str | None = None


class Camera(Protocol):
    """Something that takes a photo when asked."""

    def take(self) -> bytes:
        """The photo as an encoded file.

        Raises:
            UnavailableError: the camera gave none; the text says why.
        """
        ...
