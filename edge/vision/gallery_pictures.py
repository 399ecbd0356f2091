"""Putting pictures into a gallery's folder and taking them out: what cannot serve is refused, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge.vision.decode import decode_photo
from edge.vision.detections import FloatArray
from edge.vision.gallery import Gallery
from edge.vision.gallery_folder import SMALLEST_PICTURE, SUFFIXES, product_box
from edge.vision.gallery_views import embed_picture
from edge.vision.heights import told_apart
from edge.vision.zoo import LoadedModel
from facings.errors import BadInputError, PhotoError
from facings.files import write_atomic
from facings.galleries import JPEG_QUALITY, LONGEST_SIDE
from facings.ids import is_slug

TWIN = 0.985
"""Cosine from which on two pictures are the same, saved twice."""


@dataclass(frozen=True)
class Refused:
    """A picture that was not taken, and why."""

    file: Path
    reason: str


def add_pictures(
    folder: Path, sku: str, files: Sequence[Path], gallery: Gallery, model: LoadedModel
) -> tuple[list[Path], list[Refused]]:
    """Take pictures of a SKU into the gallery below `folder`; large ones are made smaller.

    A picture is named by its content, so adding it twice changes nothing.

    Args:
        folder: of the gallery; made where it is not there.
        sku: which product they show.
        files: JPEG or PNG files.
        gallery: what is in it now, embedded with `model`.
        model: the embedder.

    Returns:
        The pictures that were added, and those refused: broken, too small, or nearly the same as one of another SKU.

    Raises:
        BadInputError: `sku` is no id, or the folder cannot be written.
    """
    if not is_slug(sku):
        raise BadInputError(f"{sku!r} is no SKU id: it holds lower-case letters, digits and inner dashes")
    added: list[Path] = []
    refused: list[Refused] = []
    for file in files:
        try:
            encoded = file.read_bytes()
            suffix, content = _small(encoded)
            _refuse_twin(_vector(content, model), sku, gallery)
            added.append(_write(folder / sku, suffix, content))
        except OSError as error:
            refused.append(Refused(file, f"the file cannot be read ({error.strerror})"))
        except PhotoError as error:
            refused.append(Refused(file, str(error)))
    return added, refused


def remove_pictures(folder: Path, sku: str, names: Sequence[str]) -> list[Path]:
    """Take pictures of a SKU out; all of them where `names` is empty.

    Raises:
        BadInputError: the gallery has no such SKU or picture; then nothing is removed.
    """
    own = folder / sku
    if not is_slug(sku) or not own.is_dir():
        raise BadInputError(f"the gallery {folder} has no SKU {sku!r}")
    there = {path.name: path for path in own.iterdir() if path.suffix.lower() in SUFFIXES}
    missing = sorted(set(names) - set(there))
    if missing:
        raise BadInputError(f"{sku} has no picture {', '.join(missing)}: it has {', '.join(sorted(there)) or 'none'}")
    gone = [there[name] for name in (names or sorted(there))]
    for path in gone:
        path.unlink()
    if not any(own.iterdir()):
        own.rmdir()
    return gone


def _small(encoded: bytes) -> tuple[str, bytes]:
    photo = decode_photo(encoded, SMALLEST_PICTURE)
    scale = LONGEST_SIDE / max(photo.width, photo.height)
    if scale >= 1:
        return ("png" if photo.media_type == "image/png" else "jpg"), encoded
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    pixels = cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA)
    return "jpg", cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _vector(content: bytes, model: LoadedModel) -> FloatArray:
    pixels = decode_photo(content, SMALLEST_PICTURE).pixels
    return embed_picture(model, pixels, product_box(pixels))


def _refuse_twin(vector: FloatArray, sku: str, gallery: Gallery) -> None:
    """Refuse a picture that is nearly that of another SKU of its height: the two could never be told apart."""
    others = np.array([other != sku and not told_apart(gallery.heights, sku, other) for other in gallery.skus], bool)
    if not others.any():
        return
    cosines = np.where(others, gallery.embeddings @ vector, -1)
    nearest = int(cosines.argmax())
    if cosines[nearest] >= TWIN:
        raise PhotoError(
            f"it is nearly the same as a picture of {gallery.skus[nearest]!r} (likeness {cosines[nearest]:.3f}): "
            "take one that shows the difference, say how tall each is if they differ in size, or remove that one first"
        )


def _write(folder: Path, suffix: str, content: bytes) -> Path:
    target = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    try:
        write_atomic(target, content)
    except OSError as error:
        raise BadInputError(f"the gallery's folder {folder} cannot be written ({error.strerror})") from error
    return target
