"""`facings datasets sheet`: photos of a set side by side, with what they are and, if asked for, their boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from textwrap import wrap

import cv2
import numpy as np

from datasets.files import jpeg, png
from datasets.products.arrays import Pixels
from datasets.sets.formats import read_set
from datasets.sets.model import LabelledImage, LabelledSet
from facings.errors import BadInputError
from facings.files import write_atomic
from facings.labels import PRODUCT

_TILE_WIDTH, _GAP = 420, 6
_LINE_HEIGHT, _LINE_LENGTH = 16, 64
_PAPER, _INK = 250, (40, 40, 40)
_COLOURS = {"gap": (200, 60, 220), "price-tag": (210, 170, 0), "person": (40, 40, 230), "foreign": (0, 130, 255)}
_PRODUCT_COLOUR = (60, 200, 60)
_QUALITY = 88


@dataclass(frozen=True)
class SheetOptions:
    """How a contact sheet looks: photos a row, photos at most, with boxes or without."""

    columns: int = 4
    count: int = 24
    labels: bool = False


def write_sheet(source: Path, out: Path, options: SheetOptions) -> int:
    """Writes a contact sheet (JPEG, or PNG by its name) of a data set, a COCO file or a folder; the number of photos.

    Where there are more photos than asked for, they are taken evenly from the whole set.

    Raises:
        BadInputError: no photos, a photo that cannot be read, or a name that is no picture's.
    """
    if out.suffix.lower() not in {".jpg", ".jpeg", ".png"}:
        raise BadInputError(f"{out}: a contact sheet is a picture: name it .jpg or .png")
    labelled = read_set(source)
    if not labelled.images:
        raise BadInputError(f"{source}: no photos in it")
    picked = _evenly(labelled.images, options.count)
    write_tiles([_tile(image, labelled, options.labels) for image in picked], options.columns, out)
    return len(picked)


def write_tiles(tiles: Sequence[Pixels], columns: int, out: Path) -> None:
    """Writes a sheet of tiles (JPEG, or PNG by its name)."""
    sheet = _laid_out(tiles, columns)
    write_atomic(out, jpeg(sheet, _QUALITY) if out.suffix.lower() != ".png" else png(sheet))


def tile(photo: Path, words: str) -> Pixels:
    """A photo with words over it.

    Raises:
        BadInputError: it cannot be read.
    """
    return np.vstack([_caption_bar(words), _fitted(photo)])


def caption(image: LabelledImage) -> str:
    """What a photo is: its number, split, furniture and stress where the set says so, else its name.

    Example:
        >>> caption(LabelledImage("a.jpg", Path("a.jpg"), 4, 3, extra={"furniture": "chest", "stress": {"fog": 2}}))
        'a: chest, fog 2'
    """
    stress = image.extra.get("stress") or {}
    words = [
        image.extra.get("furniture"),
        image.split,
        image.label,
        *(f"{kind} {level}" for kind, level in stress.items()),
    ]
    said = ", ".join(str(word) for word in words if word)
    return f"{Path(image.name).stem}: {said}" if said else image.name


def _evenly(images: Sequence[LabelledImage], count: int) -> list[LabelledImage]:
    places = np.linspace(0, len(images) - 1, min(count, len(images))).round().astype(int)
    return [images[place] for place in places]


def _tile(image: LabelledImage, labelled: LabelledSet, with_boxes: bool) -> Pixels:
    photo = _fitted(image.path)
    if with_boxes:
        _draw_boxes(photo, image, labelled, _TILE_WIDTH / image.width)
    return np.vstack([_caption_bar(caption(image)), photo])


def _fitted(file: Path) -> Pixels:
    photo = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if photo is None:
        raise BadInputError(f"{file}: cannot be read as a photo: run facings datasets check")
    scale = _TILE_WIDTH / photo.shape[1]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (_TILE_WIDTH, max(1, round(photo.shape[0] * scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=how), np.uint8)


def _caption_bar(text: str) -> Pixels:
    lines = wrap(text, _LINE_LENGTH, break_on_hyphens=False) or [""]
    bar = np.full((_LINE_HEIGHT * len(lines) + 6, _TILE_WIDTH, 3), _PAPER, np.uint8)
    for number, line in enumerate(lines, start=1):
        cv2.putText(bar, line, (2, number * _LINE_HEIGHT), cv2.FONT_HERSHEY_SIMPLEX, 0.42, _INK, 1, cv2.LINE_AA)
    return bar


def _draw_boxes(photo: Pixels, image: LabelledImage, labelled: LabelledSet, scale: float) -> None:
    products = {category.name for category in labelled.categories if category.extra.get("supercategory") == PRODUCT}
    for box in image.boxes:
        colour = _PRODUCT_COLOUR if box.category in products else _COLOURS.get(box.category, _PRODUCT_COLOUR)
        corners = np.array([box.x, box.y, box.x + box.width, box.y + box.height]) * scale
        x1, y1, x2, y2 = (round(float(side)) for side in corners)
        cv2.rectangle(photo, (x1, y1), (x2, y2), colour, 1)


def _laid_out(tiles: Sequence[Pixels], columns: int) -> Pixels:
    columns = min(columns, len(tiles))
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    heights = [max(tile.shape[0] for tile in row) for row in rows]
    width = columns * (_TILE_WIDTH + _GAP) + _GAP
    sheet = np.full((sum(heights) + _GAP * (ceil(len(tiles) / columns) + 1), width, 3), _PAPER, np.uint8)
    top = _GAP
    for row, height in zip(rows, heights, strict=True):
        for place, tile in enumerate(row):
            left = _GAP + place * (_TILE_WIDTH + _GAP)
            sheet[top : top + tile.shape[0], left : left + _TILE_WIDTH] = tile
        top += height + _GAP
    return sheet
