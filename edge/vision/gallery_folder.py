"""The pictures in a gallery's folder, and what they look like.

Their embeddings are kept beside them in one index file, keyed by embedder and picture, so loading again is instant.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.decode import decode_photo
from edge.vision.detections import FloatArray
from edge.vision.gallery_index import INDEX_NAME, read_index, write_index
from edge.vision.gallery_views import VIEWS, embed_picture
from edge.vision.zoo import LoadedModel
from facings.errors import PhotoError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
SMALLEST_PICTURE = 16
BACKGROUND_STEP = 12  # a border whose colours differ less than this is background
_SKU = re.compile(r"[a-z0-9][a-z0-9-]*")


def embedded(
    folder: Path, model: LoadedModel, problems: list[str]
) -> tuple[list[tuple[str, str]], dict[str, FloatArray]]:
    """SKU and sha256 of every picture that can be read, and the embeddings by sha256, which the index then holds."""
    embedded_as = f"{model.manifest.sha256} {VIEWS}"
    known = read_index(folder / INDEX_NAME, embedded_as)
    pictures: list[tuple[str, str]] = []
    vectors: dict[str, FloatArray] = {}
    for sku, picture in _pictures(folder, problems):
        try:
            encoded = picture.read_bytes()
            key = hashlib.sha256(encoded).hexdigest()
            vectors[key] = known[key] if key in known else _embed_picture(encoded, model)
        except PhotoError as error:
            problems.append(f"{picture.relative_to(folder)} is left out. {error}")
            continue
        except OSError as error:
            problems.append(f"{picture.relative_to(folder)} is left out. The file cannot be read ({error.strerror}).")
            continue
        pictures.append((sku, key))
    if vectors.keys() != known.keys():
        write_index(folder / INDEX_NAME, embedded_as, vectors)
    return pictures, vectors


def _pictures(folder: Path, problems: list[str]) -> Iterator[tuple[str, Path]]:
    for child in sorted(folder.iterdir()):
        if not child.is_dir() or child.name.startswith("."):
            continue
        if not _SKU.fullmatch(child.name):
            problems.append(
                f"{child.name} is left out. A SKU id holds lower-case letters, digits and dashes: rename it."
            )
            continue
        pictures = sorted(path for path in child.iterdir() if path.suffix.lower() in SUFFIXES)
        if not pictures:
            problems.append(f"{child.name} holds no JPEG or PNG picture.")
        yield from ((child.name, picture) for picture in pictures)


def _embed_picture(encoded: bytes, model: LoadedModel) -> FloatArray:
    pixels = decode_photo(encoded, SMALLEST_PICTURE).pixels
    return embed_picture(model, pixels, product_box(pixels))


def product_box(pixels: npt.NDArray[np.uint8]) -> FloatArray:
    """Where the product is in a pack shot: the picture without its plain border, as x1 y1 x2 y2."""
    height, width = pixels.shape[:2]
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(np.int16)
    ground = np.median(border, axis=0)
    if (np.abs(border - ground).max(axis=1) < BACKGROUND_STEP).mean() > 0.9:
        differs = (np.abs(pixels.astype(np.int16) - ground).max(axis=2) >= BACKGROUND_STEP).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(cv2.medianBlur(differs, 3))
        if w * h > 0.05 * width * height:
            return np.array([x, y, x + w, y + h], np.float32)
    return np.array([0, 0, width, height], np.float32)
