"""Vision as the daemon sees it: one reader, shared by all devices of the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from edge.vision.decode import decode_photo
from edge.vision.photo import Photo
from edge.vision.reading import ShelfReading
from facings.messages import CoolerPart


class Reader(Protocol):
    """Reads what stands on a shelf from a photo; `edge.vision.chain.VisionChain` in earnest."""

    @property
    def models(self) -> dict[str, str]:
        """Name -> sha256 of the models in use."""
        ...

    @property
    def originals(self) -> frozenset[str]:
        """The sha256 of the models in use; of an 8-bit copy, that of the float32 file that it is made of."""
        ...

    @property
    def gallery(self) -> str | None:
        """Fingerprint of the gallery in use; None without one."""
        ...

    @property
    def gallery_problems(self) -> tuple[str, ...]:
        """Pictures of the gallery that could not be used, and why."""
        ...

    def load(self) -> None:
        """Load the models."""
        ...

    def use_gallery(self, folder: Path) -> None:
        """Name products by the gallery in `folder` from the next photo on."""
        ...

    def read(self, photo: Photo) -> ShelfReading:
        """Everything the photo says."""
        ...

    def read_together(self, photos: Sequence[Photo], shows: Sequence[CoolerPart], /) -> ShelfReading:
        """Everything that photos of one cooler, taken at the same time, say; `shows` is the part that each shows."""
        ...


class SharedReader:
    """A reader for many devices: loaded once; `threads` read at a time, the others wait with their photos on disk."""

    def __init__(self, reader: Reader, threads: int) -> None:
        self._reader = reader
        self._slots = threading.BoundedSemaphore(threads)

    @property
    def models(self) -> dict[str, str]:
        """Name -> sha256 of the models in use."""
        return self._reader.models

    @property
    def originals(self) -> frozenset[str]:
        """The sha256 of the models in use; of an 8-bit copy, that of the float32 file that it is made of."""
        return self._reader.originals

    @property
    def gallery(self) -> str | None:
        """Fingerprint of the gallery in use; None without one."""
        return self._reader.gallery

    @property
    def gallery_problems(self) -> tuple[str, ...]:
        """Pictures of the gallery that could not be used, and why."""
        return self._reader.gallery_problems

    def load(self) -> None:
        """Load the models."""
        self._reader.load()

    def use_gallery(self, folder: Path) -> None:
        """Name products by the gallery in `folder` from the next photo on; photos are read meanwhile.

        Raises:
            BadInputError: the gallery cannot be used; the present one stays.
        """
        self._reader.use_gallery(folder)

    def read(self, encoded: bytes) -> tuple[Photo, ShelfReading, float]:
        """The photo decoded, what it says, and the milliseconds that took once its turn had come.

        Raises:
            PhotoError: not a usable photo.
        """
        with self._slots:
            began = time.perf_counter()
            photo = decode_photo(encoded)
            reading = self._reader.read(photo)
            return photo, reading, (time.perf_counter() - began) * 1000

    def read_together(self, photos: Sequence[Photo], shows: Sequence[CoolerPart]) -> tuple[ShelfReading, float]:
        """What photos of one cooler say together, and the milliseconds that took once their turn had come."""
        with self._slots:
            began = time.perf_counter()
            reading = self._reader.read_together(photos, shows)
            return reading, (time.perf_counter() - began) * 1000
