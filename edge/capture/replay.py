"""A folder of photos replayed in time, as if a camera took them now; each photo once and only once, over restarts."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from edge.capture.intake import Intake
from edge.capture.shot import Shot
from edge.device.identity import REPLAY_CLOCK
from edge.peer import Peer
from edge.settings import CameraSettings
from edge.uplink.store import Store
from facings.clock import Clock
from facings.errors import BadInputError, UnavailableError
from facings.replay import REPLAY_FILE, ReplayManifest, ReplayPhoto, read_manifest
from facings.worker import Worker, WorkingPart

RETRY_S = 1.0
LONGEST_SLEEP_S = 30.0
LONE_PHOTO_PERIOD = timedelta(minutes=1)


@dataclass(frozen=True)
class Timeline:
    """Which photo comes at which moment; a repeated manifest goes on in time, one average step after its last photo."""

    entries: tuple[ReplayPhoto, ...]
    speed: float
    repeat: bool

    def entry(self, position: int) -> ReplayPhoto | None:
        """The photo at `position`, counted over all repeats, with its moment; None past the end."""
        if not self.entries or (position >= len(self.entries) and not self.repeat):
            return None
        round_, index = divmod(position, len(self.entries))
        entry = self.entries[index]
        return entry.model_copy(update={"at": entry.at + round_ * self._period()})

    def delay(self, earlier: int, later: int) -> timedelta:
        """Real time between the photos at two positions."""
        first, second = self.entry(earlier), self.entry(later)
        assert first is not None and second is not None
        return (second.at - first.at) / self.speed

    def _period(self) -> timedelta:
        if len(self.entries) == 1:
            return LONE_PHOTO_PERIOD
        span = self.entries[-1].at - self.entries[0].at
        return span + span / (len(self.entries) - 1)


class ReplayCapture(WorkingPart):
    """Fires each photo of the manifest at its time; the position is kept together with the photo.

    With `start_at` the first photo comes at that wall time, also where the daemon starts later; without it the next
    photo comes as soon as the daemon starts. `on_finished` is called after the last photo.
    """

    def __init__(
        self, settings: CameraSettings, intake: Intake, store: Store, clock: Clock, log: logging.Logger
    ) -> None:
        super().__init__("replay", log)
        assert settings.folder is not None
        self._folder: Path = settings.folder
        self._settings = settings
        self._intake = intake
        self._store = store
        self._clock = clock
        self._timeline = Timeline((), settings.speed, settings.repeat)
        self._bookmark = ""
        self._spool_peer = Peer("spool", log)
        self.is_finished = False
        self.on_finished: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Read the manifest and begin.

        Raises:
            BadInputError: there is no manifest in the folder, or it is none.
        """
        manifest: ReplayManifest = read_manifest(self._folder)
        self._timeline = Timeline(manifest.entries, self._settings.speed, self._settings.repeat)
        digest = hashlib.sha256((self._folder / REPLAY_FILE).read_bytes()).hexdigest()
        self._bookmark = f"replay {digest}"
        super().start()

    def _work(self, worker: Worker) -> None:
        position = int(self._store.kept(self._bookmark) or 0)
        began = self._settings.start_at or self._began_now(position)
        while (entry := self._timeline.entry(position)) is not None:
            due_at = began + self._timeline.delay(0, position)
            if not self._sleep_until(due_at, worker):
                return
            while not self._fire(entry, due_at, (self._bookmark, str(position + 1))):
                if not worker.pause(RETRY_S):
                    return
            position += 1
        self._log.info("replay finished after %d photos", position)
        self.is_finished = True
        self.on_finished()

    def _began_now(self, position: int) -> datetime:
        """When the first photo would have come if the one at `position` comes now."""
        if position == 0 or self._timeline.entry(position) is None:
            return self._clock.now()
        return self._clock.now() - self._timeline.delay(0, position)

    def _sleep_until(self, due_at: datetime, worker: Worker) -> bool:
        while (left := (due_at - self._clock.now()).total_seconds()) > 0:
            if not worker.wait(min(left, LONGEST_SLEEP_S)):
                return False
        return not worker.stopping

    def _fire(self, entry: ReplayPhoto, due_at: datetime, bookmark: tuple[str, str]) -> bool:
        """Keep the photo, or the event that tells why there is none; False where neither fits on the disk now."""
        try:
            encoded = self._read(entry)
        except BadInputError as error:
            return self._intake.not_taken(str(error), entry.at, bookmark)
        shot = Shot(encoded, entry.at, due_at, self._clock.now(), "replay", REPLAY_CLOCK)
        try:
            self._intake.keep(shot, bookmark)
        except UnavailableError as error:  # a folder can wait, unlike a cooler: nothing is skipped
            self._spool_peer.lost(str(error))
            return False
        self._spool_peer.back()
        return True

    def _read(self, entry: ReplayPhoto) -> bytes:
        try:
            encoded = (self._folder / entry.file).read_bytes()
        except OSError as error:
            raise BadInputError(f"replay photo {entry.file} cannot be read: {error.strerror}") from error
        if hashlib.sha256(encoded).hexdigest() != entry.sha256:
            raise BadInputError(f"replay photo {entry.file} is not the file its manifest names: sha256 differs")
        return encoded
