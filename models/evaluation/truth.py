"""Labelled photos with the SKU of every product, from a COCO file or the folder of a YOLO set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.vision.boxes import Boxes
from facings.errors import BadInputError
from facings.labels import sku_of
from models.coco import CocoBox, CocoCamera, CocoImage, read_labels
from models.detector.photoset import as_boxes, read_pixels

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
        size: width and height in pixels that the labels state.
    """

    path: Path
    boxes: Boxes
    skus: tuple[str, ...]
    ignored: Boxes
    stress: Mapping[str, int] = field(default_factory=dict)
    views: tuple[str, ...] = ()
    size: tuple[int, int] | None = None

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Its pixels (H, W, 3) BGR.

        Raises:
            BadInputError: the file is no image, or of another size than its labels were made for.
        """
        read = read_pixels(self.path)
        height, width = read.shape[:2]
        if self.size not in (None, (width, height)):
            raise BadInputError(f"{self.path} has {width} x {height} pixels, but its labels say "
                                f"{self.size[0]} x {self.size[1]}: give the photo that was labelled.")  # fmt: skip
        return read


def read_named(labels: Path, images: Path, visible_from: float = 0.0) -> list[NamedPhoto]:
    """The photos of a COCO file, or of a set in the folder `labels`, with their products.

    `iscrowd` boxes, and those whose `visible_fraction` is given and below `visible_from`, become ignored regions;
    categories that are no product are left out.

    Raises:
        BadInputError: the labels cannot be read or make no sense, label no product, or speak of images or categories
            that they do not list; or a photo is not in `images`.
    """
    coco = read_labels(labels, images)
    names: dict[int | None, str] = {category.id: sku_of(category.name) for category in coco.categories}
    others = coco.others()
    boxes: dict[int, list[CocoBox]] = {image.id: [] for image in coco.images}
    for box in coco.annotations:
        if box.image_id not in boxes or box.category_id not in names:
            raise BadInputError(f"{labels}: a box names image {box.image_id} and category {box.category_id}; "
                                "one of them is not listed")  # fmt: skip
        if box.category_id not in others:
            boxes[box.image_id].append(box)
    photos = [_photo(image, boxes[image.id], names, images, visible_from) for image in coco.images]
    if not any(photo.skus for photo in photos):
        raise BadInputError(f"{labels} labels no product on any of its {len(photos)} photos: there is nothing to learn "
                            "from or to judge by.")  # fmt: skip
    missing = [photo.path for photo in photos if not photo.path.is_file()]
    if missing:
        raise BadInputError(f"{len(missing)} of the {len(photos)} photos of {labels} are not there, such as "
                            f"{missing[0]}: name their folder with --images.")  # fmt: skip
    return photos


def listed_skus(labels: Path, images: Path) -> frozenset[str]:
    """The SKUs that the labels list, also those without a box.

    Raises:
        BadInputError: the labels cannot be read or make no sense.
    """
    coco = read_labels(labels, images)
    others = coco.others()
    return frozenset(sku_of(category.name) for category in coco.categories if category.id not in others)


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
        (image.width, image.height) if image.width and image.height else None,
    )


def _view(camera: CocoCamera, box: CocoBox) -> str:
    clear = box.front and box.visible_fraction >= CLEAR
    return f"{camera.mount}-{'clear' if clear else 'hidden'}"


def sizes(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Square root of each box's area, pixels."""
    return np.asarray(np.sqrt(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)), np.float32)
