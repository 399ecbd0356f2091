"""COCO files, ours and those of others, read and checked; what a box in them means is for their readers to say.

Sets that are labelled in another way, YOLO's above all, are read as if they had such a file.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datasets.sets.coco import coco_document
from datasets.sets.faults import sound
from datasets.sets.formats import read_set
from datasets.sets.names import inside
from facings.errors import BadInputError
from facings.faults import described
from facings.labels import other_category_ids

LEAST_VISIBLE = 0.4
"""Share of a product that must show: one that shows less is neither taught nor missed where it was not found."""

Corners = tuple[float, float, float, float]
"""x1 y1 x2 y2 in pixels."""


class CocoCamera(BaseModel):
    """What of a rendered photo's camera is used here: in the aisle, on the door or in a corner."""

    mount: str


class CocoImage(BaseModel):
    """A photo; rendered ones tell their camera and the level of each kind of stress."""

    id: int
    file_name: str
    width: int | None = None
    height: int | None = None
    stress: dict[str, int] = Field(default_factory=dict)
    camera: CocoCamera | None = None


class CocoBox(BaseModel):
    """What is labelled on a photo. Ours also tell how much of it shows, whether a product is the first of its lane and,
    of gaps, whether the lane is empty."""

    image_id: int
    category_id: int | None = None
    bbox: tuple[float, float, float, float]
    iscrowd: int = 0
    visible_fraction: float = 1.0
    front: bool = True
    lane_empty: bool = True

    @property
    def corners(self) -> Corners:
        """The box by its corners."""
        x, y, width, height = self.bbox
        return x, y, x + width, y + height

    def is_sure(self, least_visible: float) -> bool:
        """Whether it is one thing, and shows enough; others are regions that nobody is sure about."""
        return not self.iscrowd and self.visible_fraction >= least_visible


class CocoCategory(BaseModel):
    """What a box may be."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: int
    name: str
    supercategory: str = ""


class CocoFile(BaseModel):
    """What of a COCO file is used here."""

    images: list[CocoImage]
    annotations: list[CocoBox]
    categories: list[CocoCategory]

    def others(self) -> frozenset[int]:
        """Ids of the categories that are no products."""
        return other_category_ids(category.model_dump() for category in self.categories)


def read_labels(labels: Path, images: Path) -> CocoFile:
    """The COCO file `labels`; or, where that is a folder, the set in it, as its photos below `images` have it.

    A folder may hold what `facings datasets import` reads: `data.yaml`, or `images/` and `labels/`, as YOLO has it.

    Raises:
        BadInputError: it cannot be read, is neither, or makes no sense; the text says what is wrong first.
    """
    return _read_folder(labels, images) if labels.is_dir() else read_coco_file(labels)


def read_coco_file(labels: Path) -> CocoFile:
    """The file `labels`.

    Raises:
        BadInputError: it cannot be read, is no COCO file, or makes no sense; the text says what is wrong first.
    """
    try:
        coco = CocoFile.model_validate_json(labels.read_bytes())
    except OSError as error:
        raise BadInputError(f"{labels} cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        raise BadInputError(f"{labels} is no COCO file: {described(error)}.") from error
    faults = list(_faults(coco))
    if faults:
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        raise BadInputError(f"{labels}: {faults[0]}{more}.")
    return coco


def _read_folder(folder: Path, images: Path) -> CocoFile:
    labelled = sound(read_set(folder))
    document = coco_document(labelled)
    for entry, image in zip(document["images"], labelled.images, strict=True):
        entry["file_name"] = str(image.path.resolve())
    wanted = [e for e, image in zip(document["images"], labelled.images, strict=True) if inside(images, image.path)]
    if not wanted:
        raise BadInputError(f"{images} holds no photo of the set in {folder}: name the folder of its photos.")
    kept = {entry["id"] for entry in wanted}
    boxes = [box for box in document["annotations"] if box["image_id"] in kept]
    return CocoFile.model_validate(document | {"images": wanted, "annotations": boxes})


def _faults(coco: CocoFile) -> Iterator[str]:
    """What makes no sense in a file that is one of COCO."""
    if not coco.images:
        yield "it lists no photo"
    for number in _repeated(image.id for image in coco.images):
        yield f"two photos have the id {number}: give each its own"
    for number in _repeated(category.id for category in coco.categories):
        yield f"two categories have the id {number}: give each its own"
    for name in _repeated(image.file_name for image in coco.images):
        yield f"the photo {name} is listed twice: list it once, with the boxes of both"
    photos = {image.id: image for image in coco.images}
    for box in coco.annotations:
        fault = _box_fault(box, photos.get(box.image_id))
        if fault:
            shown = ", ".join(f"{side:g}" for side in box.bbox)
            yield f"the box [{shown}] (x, y, width, height) of image {box.image_id} {fault}"


def _box_fault(box: CocoBox, image: CocoImage | None) -> str | None:
    """One that only reaches beyond its photo, as of a product that does itself, is none."""
    x1, y1, x2, y2 = box.corners
    if not all(math.isfinite(side) for side in box.bbox) or x2 <= x1 or y2 <= y1:
        return "has no size"
    if image and image.width and image.height and (x1 >= image.width or y1 >= image.height or x2 <= 0 or y2 <= 0):
        return f"lies outside the photo {image.file_name} of {image.width} x {image.height}"
    return None


def _repeated(values: Iterable[int | str]) -> list[int | str]:
    return [value for value, times in Counter(values).items() if times > 1]
