"""Occasions: photos that several cameras of one cooler take at the same time and that are read together.

An occasion is open while its photos are taken. A restart in between ends it: the photos on disk are read, and the
cameras that did not come to it are told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from edge.settings import CameraSettings
from edge.uplink.store import Store
from facings.messages import CoolerPart

CUT_SHORT = "the device did not get as far as this camera's photo"


@dataclass(frozen=True)
class Occasion:
    """The cameras that were asked, with the part of the cooler that each shows, and why some gave no photo."""

    cameras: Mapping[str, CoolerPart]
    problems: Mapping[str, str]

    def problem(self, camera: str) -> str:
        """Why there is no photo of this camera; asked where there is none."""
        return self.problems.get(camera, CUT_SHORT)


class Occasions:
    """The occasions on disk, each until its photos are read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self) -> None:
        """End those that the last run left open; one without any photo is forgotten."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM occasions WHERE occasion NOT IN (SELECT occasion FROM photos WHERE occasion <> '')")
            db.execute("UPDATE occasions SET taken = 1")

    def stop(self) -> None:
        """Nothing to end: every occasion is on disk."""

    def begin(self, cameras: Sequence[CameraSettings]) -> str:
        """Open an occasion for these cameras; one that could not be ended before is over now.

        Raises:
            UnavailableError: it cannot be written.
        """
        occasion, asked = str(uuid4()), {camera.name: camera.shows for camera in cameras}
        with self._store.transaction() as db:
            db.execute("UPDATE occasions SET taken = 1")
            db.execute("INSERT INTO occasions (occasion, cameras) VALUES (?, ?)", (occasion, json.dumps(asked)))
        return occasion

    def end(self, occasion: str, problems: Mapping[str, str]) -> None:
        """All cameras were asked; `problems` says of those without a photo why. Its photos may be read now."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE occasions SET taken = 1, problems = ? WHERE occasion = ?", (json.dumps(problems), occasion)
            )

    def of(self, occasion: str) -> Occasion:
        """What is known of an occasion."""
        with self._store.transaction() as db:
            row = db.execute("SELECT * FROM occasions WHERE occasion = ?", (occasion,)).fetchone()
        return Occasion(json.loads(row["cameras"]), json.loads(row["problems"]))

    def forget(self, occasion: str) -> None:
        """Its photos are read, or there is none."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM occasions WHERE occasion = ?", (occasion,))
