"""The view that the camera is to have: remembered over restarts, and taken anew once a move has stayed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from edge.capture.view import Grey, compare_views
from facings.files import write_atomic

REFERENCE_FILE = "view.png"
MOVED_AFTER = 2
UNCLEAR_AFTER = 5
NEW_AFTER = 10
STALE_AFTER = 5


@dataclass(frozen=True)
class ViewNews:
    """What a photo changed: the camera `moved`, is `back` where it was, or has `settled` in its new place.

    `moved_by` is the mean displacement as a share of the picture's long side; None where nothing of the former view
    was found.
    """

    kind: Literal["moved", "back", "settled"]
    moved_by: float | None = None


class ReferenceView:
    """Compares each photo with a reference.

    One strange photo is no move: somebody may stand before the camera. The camera has moved when `MOVED_AFTER` photos
    in a row show the same view, which is another than before (`UNCLEAR_AFTER`, where nothing of the former view is
    found). After `NEW_AFTER` such photos the new view is the reference. Stock changes: where the reference tells
    nothing any more, the last photo of the same view takes its place.
    """

    def __init__(self, folder: Path, log: logging.Logger, file: str = REFERENCE_FILE) -> None:
        self._file = folder / file
        self._log = log
        self._reference: Grey | None = None
        self._recent: Grey | None = None
        self._candidate: Grey | None = None
        self._stayed = 0
        self._stale = 0

    def load(self) -> None:
        """Remember the reference of the last run, where there was one."""
        found = cv2.imread(str(self._file), cv2.IMREAD_GRAYSCALE) if self._file.exists() else None
        self._reference = None if found is None else np.asarray(found, np.uint8)

    def see(self, grey: Grey) -> ViewNews | None:
        """Take a photo of the cooler, made small by `small_grey`; None where it changed nothing."""
        if self._reference is None:
            self._take(grey)
            return None
        verdict, moved_by = self._compare(self._reference, grey)
        if verdict == "same":
            self._recent = grey
            self._forget_candidate()
            return ViewNews("back")
        if self._candidate is not None and compare_views(self._candidate, grey).verdict == "same":
            self._stayed += 1
        else:
            self._candidate, self._stayed = grey, 1
        if self._stayed >= NEW_AFTER:
            self._take(grey)
            return ViewNews("settled")
        if self._stayed >= (MOVED_AFTER if verdict == "moved" else UNCLEAR_AFTER):
            return ViewNews("moved", moved_by)
        return None

    def _compare(self, reference: Grey, grey: Grey) -> tuple[str, float | None]:
        found = compare_views(reference, grey)
        if found.verdict == "unclear" and self._recent is not None:
            found = compare_views(self._recent, grey)
            self._stale += found.verdict == "same"
            if self._stale >= STALE_AFTER:
                self._take(grey)
        else:
            self._stale = 0
        return found.verdict, found.moved_by if found.verdict == "moved" else None

    def _take(self, grey: Grey) -> None:
        self._reference = self._recent = grey
        self._stale = 0
        self._forget_candidate()
        try:
            write_atomic(self._file, cv2.imencode(".png", grey)[1].tobytes())
        except OSError as error:  # without it, a move while the power is off goes unnoticed; nothing else is lost
            self._log.warning("the camera's view cannot be remembered: %s", error.strerror)

    def _forget_candidate(self) -> None:
        self._candidate, self._stayed = None, 0
