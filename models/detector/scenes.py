"""Photo-real scenes as training photos: `facings datasets render` labels gaps, price tags and persons as well.

Products that hardly show, and gaps with units deeper in their lane, are taught neither as one nor as background.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from datasets.sets.layout import LABELS_FILE
from edge.vision.detections import CLASSES, GAP, PERSON, PRODUCT
from facings.errors import BadInputError
from models.coco import LEAST_VISIBLE, CocoBox, CocoFile, Corners, read_labels
from models.detector.photoset import ClassLabels, LabelledPhoto, as_boxes


def read_scenes(folder: Path) -> list[LabelledPhoto]:
    """The scenes rendered into `folder`, or into the folders in it; one without labels yet is passed over.

    Raises:
        BadInputError: there are none, or the labels are no COCO file.
    """
    files = [folder / LABELS_FILE] if (folder / LABELS_FILE).exists() else sorted(folder.glob(f"*/{LABELS_FILE}"))
    if not files:
        raise BadInputError(f"{folder} holds no rendered scenes: make them with `facings datasets render`.")
    return [photo for file in files for photo in read_labelled(file, file.parent)]


def read_labelled(file: Path, images: Path) -> list[LabelledPhoto]:
    """The photos of a COCO file, or of a set in the folder `file`, with every class of its that a detector may find.

    Raises:
        BadInputError: it is no COCO file.
    """
    scenes = read_labels(file, images)
    classes = _classes(scenes)
    sure: dict[tuple[int, str], list[Corners]] = defaultdict(list)
    unsure: dict[tuple[int, str], list[Corners]] = defaultdict(list)
    for box in scenes.annotations:
        if name := classes.get(box.category_id):
            (sure if _is_sure(box, name) else unsure)[box.image_id, name].append(box.corners)
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


def _classes(scenes: CocoFile) -> dict[int | None, str]:
    """Class of each category id that a detector may find."""
    others = scenes.others()
    named = {category.id: category.name if category.id in others else PRODUCT for category in scenes.categories}
    return {number: name for number, name in named.items() if name in CLASSES}


def _is_sure(box: CocoBox, name: str) -> bool:
    """Whether it shows enough of what its class is; of a person any part is one."""
    if name == GAP and not box.lane_empty:
        return False
    return box.is_sure(0.0 if name == PERSON else LEAST_VISIBLE)
