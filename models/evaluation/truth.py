"""Labelled photos with the SKU of every product, from a COCO file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.vision.boxes import Boxes
from facings.errors import BadInputError
from facings.labels import sku_of
from models.coco import CocoBox, CocoCamera, CocoImage, read_coco_file
from models.detector.photoset import as_boxes

CLEAR = 0.7
"""Share of a lane's first product that must show for it to be `clear`; what shows less, or is behind, is `hidden`."""


@dataclass(frozen=True)
class NamedPhoto:
    """A photo, its products and their SKUs.

    Attributes:
        path: the image file.
        boxes: (N, 4) products, x1 y1 x2 y2 in pixels.
        skus: the SKU of each.
        ignored: (M, 4) regions that count neither as product nor as background.
        stress: level of each kind of stress, where the labels tell.
        views: how each product is seen, where the labels tell: `aisle-clear`, `corner-hidden`.
    """

    path: Path
    boxes: Boxes
    skus: tuple[str, ...]
    ignored: Boxes
    stress: Mapping[str, int] = field(default_factory=dict)
    views: tuple[str, ...] = ()


def read_named(labels: Path, images: Path, visible_from: float = 0.0) -> list[NamedPhoto]:
    """The photos of a COCO file with their products.

    `iscrowd` boxes, and those whose `visible_fraction` is given and below `visible_from`, become ignored regions;
    categories that are no product are left out.

    Raises:
        BadInputError: the file is no COCO file, or speaks of images or categories that it does not list.
    """
    coco = read_coco_file(labels)
    names: dict[int | None, str] = {category.id: sku_of(category.name) for category in coco.categories}
    others = coco.others()
    boxes: dict[int, list[CocoBox]] = {image.id: [] for image in coco.images}
    for box in coco.annotations:
        if box.image_id not in boxes or box.category_id not in names:
            raise BadInputError(f"{labels}: a box names image {box.image_id} and category {box.category_id}; "
                                "one of them is not listed")  # fmt: skip
        if box.category_id not in others:
            boxes[box.image_id].append(box)
    return [_photo(image, boxes[image.id], names, images, visible_from) for image in coco.images]


def _photo(image: CocoImage, boxes: Iterable[CocoBox], names: Mapping[int | None, str], images: Path,
           visible_from: float) -> NamedPhoto:  # fmt: skip
    sure: list[CocoBox] = []
    unsure: list[CocoBox] = []
    for box in boxes:
        (sure if box.is_sure(visible_from) else unsure).append(box)
    return NamedPhoto(
        images / image.file_name,
        as_boxes(box.corners for box in sure),
        tuple(names[box.category_id] for box in sure),
        as_boxes(box.corners for box in unsure),
        image.stress,
        tuple(_view(image.camera, box) for box in sure) if image.camera else (),
    )


def _view(camera: CocoCamera, box: CocoBox) -> str:
    clear = box.front and box.visible_fraction >= CLEAR
    return f"{camera.mount}-{'clear' if clear else 'hidden'}"


def sizes(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Square root of each box's area, pixels."""
    return np.asarray(np.sqrt(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)), np.float32)
