"""The photos a detector learns from: a path, boxes class by class, and the regions nobody is sure about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.boxes import Boxes
from edge.vision.detections import PRODUCT
from facings.errors import BadInputError
from facings.files import whole_file
from models.coco import Corners, read_coco_file


@dataclass(frozen=True)
class ClassLabels:
    """Labels of one class in a photo.

    Attributes:
        boxes: (N, 4) what is there, pixels.
        ignored: (M, 4) regions that count neither as this class nor as background.
    """

    boxes: Boxes
    ignored: Boxes


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo with labels.

    Attributes:
        path: the image file.
        boxes: (N, 4) products, pixels.
        ignored: (M, 4) regions that count neither as product nor as background.
        others: labels of the other classes, by name. A class that is not here was not labelled: that the photo has no
            box of it says nothing.
    """

    path: Path
    boxes: Boxes
    ignored: Boxes
    others: Mapping[str, ClassLabels] = field(default_factory=dict)

    def labels(self, name: str) -> ClassLabels | None:
        """The labels of the class `name`, None where it was not labelled."""
        return ClassLabels(self.boxes, self.ignored) if name == PRODUCT else self.others.get(name)


def as_boxes(rows: Iterable[Iterable[float]]) -> Boxes:
    """`rows` as an (N, 4) array, also where there are none."""
    return np.asarray([list(row) for row in rows], np.float32).reshape(-1, 4)


def read_pixels(path: Path) -> npt.NDArray[np.uint8]:
    """The pixels (H, W, 3) BGR of an image file.

    Raises:
        BadInputError: the file is no image.
    """
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise BadInputError(f"{path} is no image that can be read.")
    return np.asarray(pixels, np.uint8)


def categories(labels: Path) -> tuple[str, ...]:
    """Names of the product categories of a COCO file."""
    coco = read_coco_file(labels)
    return tuple(category.name for category in coco.categories if category.id not in coco.others())


def read_coco(labels: Path, images: Path, least_visible: float = 0.0) -> list[LabelledPhoto]:
    """The photos of a COCO file, every category of products taken as product.

    Where a category has the supercategory `product`, only those are products: gaps, price tags and people are left out.

    `iscrowd` boxes, and those whose `visible_fraction` is given and below `least_visible`, become ignored regions.

    Raises:
        BadInputError: the file is no COCO file.
    """
    coco = read_coco_file(labels)
    sure: dict[int, list[Corners]] = {image.id: [] for image in coco.images}
    unsure: dict[int, list[Corners]] = {image.id: [] for image in coco.images}
    others = coco.others()
    for box in coco.annotations:
        if box.category_id in others:
            continue
        if box.image_id not in sure:
            raise BadInputError(f"{labels} has a box for the image {box.image_id}, which it does not list.")
        (sure if box.is_sure(least_visible) else unsure)[box.image_id].append(box.corners)
    return [
        LabelledPhoto(images / image.file_name, as_boxes(sure[image.id]), as_boxes(unsure[image.id]))
        for image in coco.images
    ]


def write_photoset(path: Path, photos: Iterable[LabelledPhoto]) -> None:
    """Write `photos` as JSON lines."""
    with whole_file(path) as file:
        for photo in photos:
            file.write(json.dumps(_row(photo)) + "\n")


def _row(photo: LabelledPhoto) -> dict[str, object]:
    row = {"path": str(photo.path), "boxes": photo.boxes.tolist(), "ignored": photo.ignored.tolist()}
    others = {
        name: {"boxes": labels.boxes.tolist(), "ignored": labels.ignored.tolist()}
        for name, labels in photo.others.items()
    }
    return row | ({"others": others} if others else {})


def read_photoset(path: Path) -> list[LabelledPhoto]:
    """The photos that `write_photoset` wrote.

    Raises:
        BadInputError: the file cannot be read or is no photo set.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [
            LabelledPhoto(
                Path(row["path"]),
                as_boxes(row["boxes"]),
                as_boxes(row["ignored"]),
                {
                    name: ClassLabels(as_boxes(labels["boxes"]), as_boxes(labels["ignored"]))
                    for name, labels in row.get("others", {}).items()
                },
            )
            for row in rows
        ]
    except OSError as error:
        raise BadInputError(f"The photo set {path} cannot be read ({error.strerror}): make it with "
                            "`facings models detector prepare`.") from error  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{path} is no photo set: make it with `facings models detector prepare`.") from error
