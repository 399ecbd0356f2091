"""COCO files, ours and those of others, read and checked; what a box in them means is for their readers to say."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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


def read_coco_file(labels: Path) -> CocoFile:
    """The file `labels`.

    Raises:
        BadInputError: it cannot be read, or is no COCO file.
    """
    try:
        return CocoFile.model_validate_json(labels.read_bytes())
    except OSError as error:
        raise BadInputError(f"{labels} cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        raise BadInputError(f"{labels} is no COCO file: {described(error)}.") from error
