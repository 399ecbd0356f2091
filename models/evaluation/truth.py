"""Labelled photos with the SKU of every product, from a COCO file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facings.errors import BadInputError
from models.detector.boxes import Boxes
from models.detector.photoset import as_boxes

NOT_PRODUCTS = frozenset({"gap", "void", "price-tag", "person", "foreign"})
"""Categories that are no product, where the file does not say so by `supercategory`."""


class _Image(BaseModel):
    id: int
    file_name: str
    stress: dict[str, int] = Field(default_factory=dict)


class _Annotation(BaseModel):
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float]
    iscrowd: int = 0
    visible_fraction: float = 1.0


class _Category(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: int
    name: str
    supercategory: str = ""

    @property
    def is_product(self) -> bool:
        if self.supercategory in {"", "none"}:
            return sku_of(self.name) not in NOT_PRODUCTS
        return self.supercategory not in NOT_PRODUCTS


class _Coco(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


@dataclass(frozen=True)
class NamedPhoto:
    """A photo, its products and their SKUs.

    Attributes:
        path: the image file.
        boxes: (N, 4) products, x1 y1 x2 y2 in pixels.
        skus: the SKU of each.
        ignored: (M, 4) regions that count neither as product nor as background.
        stress: level of each kind of stress, where the labels tell.
    """

    path: Path
    boxes: Boxes
    skus: tuple[str, ...]
    ignored: Boxes
    stress: Mapping[str, int] = field(default_factory=dict)


def sku_of(name: str) -> str:
    """A category's name as a SKU id.

    Example:
        >>> sku_of("Coca-Cola Zero 0.5L")
        'coca-cola-zero-0-5l'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def read_named(labels: Path, images: Path, visible_from: float = 0.0) -> list[NamedPhoto]:
    """The photos of a COCO file with their products.

    `iscrowd` boxes, and those whose `visible_fraction` is given and below `visible_from`, become ignored regions;
    categories that are no product are left out.

    Raises:
        BadInputError: the file is no COCO file, or speaks of images or categories that it does not list.
    """
    coco = _read(labels)
    names = {category.id: sku_of(category.name) for category in coco.categories}
    products = {category.id for category in coco.categories if category.is_product}
    notes: dict[int, list[_Annotation]] = {image.id: [] for image in coco.images}
    for note in coco.annotations:
        if note.image_id not in notes or note.category_id not in names:
            raise BadInputError(f"{labels}: a box names image {note.image_id} and category {note.category_id}; "
                                "one of them is not listed")  # fmt: skip
        if note.category_id in products:
            notes[note.image_id].append(note)
    return [_photo(image, notes[image.id], names, images, visible_from) for image in coco.images]


def _photo(image: _Image, notes: Iterable[_Annotation], names: Mapping[int, str], images: Path,
           visible_from: float) -> NamedPhoto:  # fmt: skip
    sure: list[_Annotation] = []
    unsure: list[_Annotation] = []
    for note in notes:
        (unsure if note.iscrowd or note.visible_fraction < visible_from else sure).append(note)
    return NamedPhoto(
        images / image.file_name,
        as_boxes(_corners(note) for note in sure),
        tuple(names[note.category_id] for note in sure),
        as_boxes(_corners(note) for note in unsure),
        image.stress,
    )


def _corners(note: _Annotation) -> tuple[float, float, float, float]:
    x, y, width, height = note.bbox
    return x, y, x + width, y + height


def _read(labels: Path) -> _Coco:
    try:
        return _Coco.model_validate_json(labels.read_bytes())
    except OSError as error:
        raise BadInputError(f"{labels} cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadInputError(f"{labels} is no COCO file: {where}: {first['msg']}.") from error


def sizes(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Square root of each box's area, pixels."""
    return np.asarray(np.sqrt(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)), np.float32)
