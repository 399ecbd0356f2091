"""SKU-110K: `images/` and `annotations/annotations_{train,val,test}.csv`, a line per box, without a header.

Columns: photo, x1, y1, x2, y2, class, width, height. Source: https://github.com/eg4000/SKU110K_CVPR19.
"""

from __future__ import annotations

import csv
from pathlib import Path

from datasets.sets.model import Category, LabelledBox, LabelledImage, LabelledSet, Provenance, image_name
from datasets.sets.names import name_in_set, split_of
from facings.errors import BadInputError


def read_sku110k(folder: Path) -> LabelledSet:
    """The photos of a folder in the layout of SKU-110K.

    Raises:
        BadInputError: no such files, or a line that is no box.
    """
    files = sorted((folder / "annotations").glob("annotations_*.csv"))
    if not files:
        raise BadInputError(f"{folder}: no annotations/annotations_*.csv in it")
    images = tuple(image for file in files for image in _images(file, folder))
    names = sorted({box.category for image in images for box in image.boxes})
    return LabelledSet(images, tuple(Category(name) for name in names), Provenance(format="sku110k"))


def _images(file: Path, folder: Path) -> list[LabelledImage]:
    split = split_of(file.stem)
    boxes: dict[tuple[str, int, int], list[LabelledBox]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), start=1):
            origin = f"{file}: line {number}"
            try:
                photo, (x1, y1, x2, y2) = name_in_set(row[0]), map(float, row[1:5])
                key = photo, int(row[6]), int(row[7])
            except (ValueError, IndexError) as error:
                raise BadInputError(f"{origin}: not photo, x1, y1, x2, y2, class, width, height: {error}") from error
            boxes.setdefault(key, []).append(LabelledBox(row[5], x1, y1, x2 - x1, y2 - y1, origin=origin))
    return [
        LabelledImage(
            image_name(photo, split), folder / "images" / photo, width, height, tuple(found), split, origin=str(file)
        )
        for (photo, width, height), found in boxes.items()
    ]
