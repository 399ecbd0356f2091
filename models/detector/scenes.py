"""Photo-real scenes as training photos: `facings datasets render` labels gaps, price tags and persons as well.

Products that hardly show, and gaps with units deeper in their lane, are taught neither as one nor as background.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.vision.detections import CLASSES, GAP, PERSON, PRODUCT
from facings.errors import BadInputError
from facings.labels import other_category_ids
from models.detector.photoset import ClassLabels, LabelledPhoto, as_boxes

LABELS_NAME = "labels.coco.json"
SHOWS = 0.4
"""Share of a product or an empty place that must show; the figures of `facings models eval` count from here on."""

Rows = list[list[float]]


class _Image(BaseModel):
    id: int
    file_name: str


class _Category(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: int
    name: str
    supercategory: str = ""


class _Annotation(BaseModel):
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float]
    iscrowd: int = 0
    visible_fraction: float = 1.0
    lane_empty: bool = True

    def is_sure(self, name: str) -> bool:
        """Whether it shows enough of what its class is; of a person any part is one."""
        if name == GAP and not self.lane_empty:
            return False
        return not self.iscrowd and (name == PERSON or self.visible_fraction >= SHOWS)


class _Scenes(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]

    def classes(self) -> dict[int, str]:
        """Class of each category id that a detector may find."""
        others = other_category_ids(category.model_dump() for category in self.categories)
        named = {category.id: category.name if category.id in others else PRODUCT for category in self.categories}
        return {number: name for number, name in named.items() if name in CLASSES}


def read_scenes(folder: Path) -> list[LabelledPhoto]:
    """The scenes rendered into `folder`, or into the folders in it; one without labels yet is passed over.

    Raises:
        BadInputError: there are none, or the labels are no COCO file.
    """
    files = [folder / LABELS_NAME] if (folder / LABELS_NAME).exists() else sorted(folder.glob(f"*/{LABELS_NAME}"))
    if not files:
        raise BadInputError(f"{folder} holds no rendered scenes: make them with `facings datasets render`.")
    return [photo for file in files for photo in read_labelled(file, file.parent)]


def read_labelled(file: Path, images: Path) -> list[LabelledPhoto]:
    """The photos of a COCO file with every class that a detector may find and the file's categories name.

    Raises:
        BadInputError: it is no COCO file.
    """
    try:
        scenes = _Scenes.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        raise BadInputError(f"{file} is no COCO file: {error}.") from error
    classes = scenes.classes()
    sure: dict[tuple[int, str], Rows] = defaultdict(list)
    unsure: dict[tuple[int, str], Rows] = defaultdict(list)
    for note in scenes.annotations:
        name = classes.get(note.category_id)
        if name is not None:
            x, y, width, height = note.bbox
            kind = sure if note.is_sure(name) else unsure
            kind[note.image_id, name].append([x, y, x + width, y + height])
    taught = sorted({*classes.values()} - {PRODUCT})
    return [
        LabelledPhoto(
            images / image.file_name,
            as_boxes(sure[image.id, PRODUCT]),
            as_boxes(unsure[image.id, PRODUCT]),
            {n: ClassLabels(as_boxes(sure[image.id, n]), as_boxes(unsure[image.id, n])) for n in taught},
        )
        for image in scenes.images
    ]
