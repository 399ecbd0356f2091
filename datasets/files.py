"""Files that are either whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np
import numpy.typing as npt

from facings.errors import BadInputError


def write_atomic(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name, then puts it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file to write bit by bit; it takes its place when the block ends, and is not there if the block fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def clear_parts(folder: Path) -> None:
    """Removes what a killed run had begun to write and will never finish."""
    for part in folder.glob(".*.part"):
        part.unlink(missing_ok=True)


def jpeg(pixels: npt.NDArray[np.uint8], quality: int) -> bytes:
    """The picture as JPEG."""
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(encoded)


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """The picture as PNG."""
    _, encoded = cv2.imencode(".png", pixels)
    return bytes(encoded)


def sha256_of(content: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(content).hexdigest()


def claim_folder(out: Path, job: dict[str, Any]) -> None:
    """Marks a folder as the output of `job`, so that a stopped run goes on and another job does not mix in.

    Raises:
        BadInputError: the folder holds the output of another job.
    """
    marker = out / "job.json"
    if not marker.exists():
        write_atomic(marker, json.dumps(job).encode())
        return
    found = json.loads(marker.read_text())
    if found != job:
        raise BadInputError(f"{out} holds the output of another job ({found}): choose an empty folder or those options")
