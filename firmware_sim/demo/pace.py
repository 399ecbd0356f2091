"""How fast the week may pass: as fast as this machine reads photos, with room to spare, so that no queue builds up."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from facings.replay import ReplayManifest
from firmware_sim.demo.children import facings

LEAST_PHOTO_S = 0.3
"""Seconds a photo takes at least in the run as a whole: on a fast machine the week is still there to be watched."""

BUSY_SHARE = 0.5
"""Share of the time that vision may be at work; the rest is for the busy hours and for the cloud beside it."""

SPREAD = timedelta(hours=10)
"""Simulated time over which the replays begin, so that the fleet does not fire at once; no cooler lags by a day."""

_PHOTOS_TIMED = 8
_GOLDEN = 0.6180339887


@dataclass(frozen=True)
class Pace:
    """How the replays run."""

    photo_s: float
    """Seconds this machine takes to read a photo."""
    threads: int
    speed: float
    """Simulated seconds per second."""
    seconds: float
    """How long the week takes."""

    def delay(self, number: int) -> timedelta:
        """How much later than the first the replay of cooler `number` begins.

        Multiples of the golden section, taken without their whole part, never come close to each other.
        """
        return SPREAD * (number * _GOLDEN % 1) / self.speed


def measure_photo_s(photos: Sequence[Path], gallery: Path) -> float:
    """Seconds to read one photo here: the difference between a run over several and a run over one.

    On a machine busy with other work the clock may mislead, but not the processor time: the larger of the two counts.
    """
    timed = photos[: _PHOTOS_TIMED + 1]
    audited = len(timed) - 1
    few, many = _audit_s(timed[:1], gallery), _audit_s(timed, gallery)
    return max(0.02, *((longer - shorter) / audited for shorter, longer in zip(few, many, strict=True)))


def pace_for(manifests: Sequence[ReplayManifest], photo_s: float) -> Pace:
    """The pace at which this machine keeps up with the photos of `manifests`."""
    photos = sum(len(manifest.entries) for manifest in manifests)
    threads = max(1, (os.cpu_count() or 1) - 1)
    replayed = max((_span(manifest) for manifest in manifests), default=timedelta()) + SPREAD
    wanted = timedelta(seconds=photos * max(LEAST_PHOTO_S, photo_s / threads / BUSY_SHARE))
    return Pace(photo_s, threads, replayed / wanted, wanted.total_seconds())


def _span(manifest: ReplayManifest) -> timedelta:
    times: list[datetime] = [entry.at for entry in manifest.entries]
    return times[-1] - times[0] if times else timedelta()


def _audit_s(photos: Sequence[Path], gallery: Path) -> tuple[float, float]:
    """Seconds by the clock, and of processor time."""
    began, worked = time.monotonic(), _worked_s()
    facings("audit", "--json", "--gallery", str(gallery), *map(str, photos))
    return time.monotonic() - began, _worked_s() - worked


def _worked_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
