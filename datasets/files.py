"""What datasets write: pictures as bytes, their checksums, and the mark on a folder of whose output it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from facings.errors import BadInputError
from facings.files import clear_parts, write_atomic


def jpeg(pixels: npt.NDArray[np.uint8], quality: int) -> bytes:
    """The picture as JPEG."""
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(encoded)


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """The picture as PNG."""
    _, encoded = cv2.imencode(".png", pixels)
    return bytes(encoded)


def photo_name(number: int) -> str:
    """The photo of a scene, from the data set's folder."""
    return f"images/{number:06d}.jpg"


def scene_file(out: Path, number: int) -> Path:
    """Where everything known about a scene is written, after its photo: where it is, the scene is done."""
    return out / "scenes" / f"{number:06d}.json"


def sha256_of(content: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(content).hexdigest()


def claim_scenes(out: Path, job: dict[str, Any]) -> None:
    """Claims a folder of photos and scenes for `job`, and clears it of what a killed run had begun to write.

    Raises:
        BadInputError: the folder holds the output of another job.
    """
    claim_folder(out, job)
    for folder in (out, out / "images", out / "scenes"):
        clear_parts(folder)


def claim_folder(out: Path, job: dict[str, Any]) -> None:
    """Marks a folder as the output of `job`, so that a stopped run goes on and another job does not mix in.

    An option that the folder's job does not name came later than the folder: left empty it is the same job.

    Raises:
        BadInputError: the folder holds the output of another job.
    """
    marker = out / "job.json"
    if not marker.exists():
        write_atomic(marker, json.dumps(job))
        return
    found = json.loads(marker.read_text())
    options = found.keys() | job.keys()
    if any(found.get(option) != job.get(option) and (option in found or job[option]) for option in options):
        raise BadInputError(f"{out} holds the output of another job ({found}): choose an empty folder or those options")
