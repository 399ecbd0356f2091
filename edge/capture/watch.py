"""Watches for faults of the camera itself: lost, and from its photos frozen, black, white, moved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from edge.capture.reference import ReferenceView
from edge.capture.view import Grey, small_grey
from edge.device.alarms import AlarmName
from edge.device.camera_alarms import AlarmBook
from edge.vision.photo import Photo

DARK, WHITE = 0.06, 0.94
"""Mean luma, 0 to 1, below or above which nothing can be read: as in the quality gate."""
LOWEST_CONTRAST = 0.15
IN_A_ROW = 2
LOST_AFTER = 3
"""So many times in a row without a photo: one or two can be a slip of the network."""


class FrozenWatch:
    """Notices a camera that gives the same picture over and over: sensors are never that quiet.

    It looks at the pixels, for some cameras write a new time into a file whose picture is the old one.
    """

    def __init__(self) -> None:
        self._last: bytes | None = None
        self._times = 0

    def times_the_same(self, grey: Grey) -> int:
        """How many photos in a row show this picture; 0 for the first of all, which may be as old as one of an earlier
        run.
        """
        digest, before = hashlib.sha256(grey.tobytes()).digest(), self._last
        self._times = max(self._times, 1) + 1 if digest == before else int(before is not None)
        self._last = digest
        return self._times


class CameraWatch:
    """Raises and ends the alarms of the camera. `light_on` tells whether the cooler's light is on, None: unknown."""

    def __init__(
        self,
        frozen_after: int,
        reference: ReferenceView,
        alarms: AlarmBook,
        light_on: Callable[[], bool | None] = lambda: None,
    ) -> None:
        self._frozen = FrozenWatch()
        self._frozen_after = frozen_after
        self._reference = reference
        self._alarms = alarms
        self._light_on = light_on
        self._in_a_row: dict[AlarmName, int] = {}
        self._unanswered = 0

    def start(self) -> None:
        """Remember the view of the last run."""
        self._reference.load()

    def stop(self) -> None:
        """Nothing to end."""

    def asked(self, problem: str) -> None:
        """Note what came of asking the camera: a photo, or the problem that there is none."""
        self._unanswered = self._unanswered + 1 if problem else 0
        if self._unanswered >= LOST_AFTER:
            self._alarms.begin("camera-lost", f"no photo {self._unanswered} times in a row: {problem}")
        elif not problem:
            self._alarms.over("camera-lost", "it gives photos")

    def look(self, photo: Photo) -> None:
        """Look at a photo; the photos come in the order they were taken."""
        grey = small_grey(photo.pixels)
        brightness = float(grey.mean()) / 255
        dark = self._judge("camera-dark", brightness < DARK, self._why_dark(), brightness)
        white = self._judge("camera-white", brightness > WHITE, "the picture is white: see what shines in", brightness)
        same = self._frozen.times_the_same(grey)
        if dark or white:  # such pictures have no noise: that they are the same says nothing
            return
        if same >= self._frozen_after:
            self._alarms.begin("camera-frozen", "the camera is frozen: it gives the same photo again and again")
        elif same == 1:
            self._alarms.over("camera-frozen", "it gives new photos")
        low, high = np.percentile(grey, (2, 98))
        if same <= 1 and high - low > LOWEST_CONTRAST * 255:
            self._look_where(grey)

    def _judge(self, name: AlarmName, wrong: bool, reason: str, brightness: float) -> bool:
        """Begin the alarm with the second such photo in a row: one can be a slip."""
        self._in_a_row[name] = self._in_a_row.get(name, 0) + 1 if wrong else 0
        if self._in_a_row[name] >= IN_A_ROW:
            self._alarms.begin(name, reason, brightness=round(brightness, 3))
        elif not wrong:
            self._alarms.over(name)
        return wrong

    def _why_dark(self) -> str:
        if self._light_on() is False:
            return "the picture is black and the cooler's light is off"
        return "the picture is black: see to the cooler's lamp and the lens"

    def _look_where(self, grey: Grey) -> None:
        news = self._reference.see(grey)
        if news is None:
            return
        if news.kind == "moved" and news.moved_by is None:
            self._alarms.begin("camera-moved", "the camera has moved: nothing of what it saw before is where it was")
        elif news.kind == "moved" and news.moved_by is not None:
            reason = f"the camera has moved: what it sees is shifted by {news.moved_by:.1%} of the picture"
            self._alarms.begin("camera-moved", reason, moved_by=round(news.moved_by, 4))
        elif news.kind == "back":
            self._alarms.over("camera-moved", "it looks where it looked before")
        else:
            self._alarms.over("camera-moved", "it has stayed in its new place, which is the right one from now on")
