"""COCO: one JSON file with `images`, `annotations` and `categories`; the form in which we keep labels.

Format: https://cocodataset.org/#format-data. Keys that COCO does not define are kept. Three of ours mean something to a
`LabelledSet`: `split` and `label` of an image, `split` of a category (the only split that may show it).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datasets.sets.model import Category, LabelledBox, LabelledImage, LabelledSet, Provenance, image_name
from datasets.sets.names import SPLITS, inside, name_in_set, split_of
from facings.errors import BadInputError
from facings.faults import described


class _Entry(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    id: int

    def rest(self) -> dict[str, Any]:
        """The keys that this format does not define."""
        return dict(self.model_extra or {})


class _Image(_Entry):
    file_name: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    split: str | None = None
    label: str | None = None


class _Annotation(_Entry):
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float]


class _Category(_Entry):
    name: str = Field(min_length=1)


class _Licence(BaseModel):
    name: str = ""
    url: str = ""


class _Document(BaseModel):
    images: tuple[_Image, ...]
    annotations: tuple[_Annotation, ...] = ()
    categories: tuple[_Category, ...] = ()
    licenses: tuple[_Licence, ...] = ()


def read_coco(files: Sequence[Path], folder: Path) -> LabelledSet:
    """The photos of one or several COCO files; photos lie beside each file or in an `images` folder there.

    Args:
        files: the label files; the name or folder of each says its split (`train.coco.json`, `valid/labels.json`).
        folder: the whole set; no photo may lie outside it.

    Raises:
        BadInputError: no COCO, an id twice or of nothing, a photo outside the folder.
    """
    images: list[LabelledImage] = []
    categories: dict[str, Category] = {}
    provenance = Provenance(format="coco")
    for file in files:
        document = _document(file)
        images += _images(file, folder, document)
        for category in document.categories:
            categories.setdefault(category.name, Category(category.name, category.rest()))
        if document.licenses:
            first = document.licenses[0]
            provenance = provenance.completed_by(Provenance(licence=first.name, licence_url=first.url))
    return LabelledSet(tuple(images), tuple(categories.values()), provenance)


def _document(file: Path) -> _Document:
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file}: cannot read the labels ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{file}: not JSON: {error}") from error
    try:
        document = _Document.model_validate(content)
    except ValidationError as error:
        raise BadInputError(f"{file}: not a COCO file: {described(error)}") from error
    for what in ("images", "annotations", "categories"):
        _each_once(file, what, [entry.id for entry in getattr(document, what)])
    return document


def _each_once(file: Path, what: str, ids: Sequence[int]) -> None:
    seen: set[int] = set()
    for one in ids:
        if one in seen:
            raise BadInputError(f"{file}: two {what} have the id {one}: give each its own")
        seen.add(one)


def _images(file: Path, folder: Path, document: _Document) -> Iterator[LabelledImage]:
    names = {category.id: category.name for category in document.categories}
    boxes: dict[int, list[LabelledBox]] = {image.id: [] for image in document.images}
    for annotation in document.annotations:
        origin = f"{file}: annotation {annotation.id}"
        if annotation.image_id not in boxes:
            raise BadInputError(f"{origin}: there is no image {annotation.image_id}")
        if annotation.category_id not in names:
            raise BadInputError(f"{origin}: there is no category {annotation.category_id}")
        box = LabelledBox(names[annotation.category_id], *annotation.bbox, annotation.rest(), origin)
        boxes[annotation.image_id].append(box)
    split = split_of(file.name) or (split_of(file.parent.name) if file.parent != folder else None)
    for image in document.images:
        said = SPLITS.get(image.split, image.split) if image.split else split
        yield _image(file, folder, image, said, tuple(boxes[image.id]))


def _image(file: Path, folder: Path, image: _Image, split: str | None, boxes: tuple[LabelledBox, ...]) -> LabelledImage:
    origin = f"{file}: image {image.id}"
    try:
        relative = name_in_set(image.file_name)
        split = name_in_set(split) if split is not None else None
    except ValueError as error:
        raise BadInputError(f"{origin}: {error}") from error
    path = _find_photo(file.parent, relative, split)
    if not inside(folder, path):
        raise BadInputError(f"{origin}: {relative} leads out of {folder}: copy the photo into the set")
    name = image_name(relative.removeprefix("images/"), split)
    return LabelledImage(name, path, image.width, image.height, boxes, split, image.label, image.rest(), origin)


def _find_photo(folder: Path, relative: str, split: str | None) -> Path:
    """Beside the labels, in `images`, or where COCO's own archives have it (`annotations/` and `train2017/`)."""
    places = [folder / relative, folder / "images" / relative]
    if split is not None:
        places += [folder / split / relative, folder / "images" / split / relative]
    places += [folder.parent / "images" / relative]
    return next((place for place in places if place.is_file()), places[0])


def coco_document(labelled: LabelledSet, prefix: str = "images/") -> dict[str, Any]:
    """The set as one COCO document; `prefix` goes before the name of each photo."""
    ids = {category.name: number for number, category in enumerate(labelled.categories, start=1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, image in enumerate(labelled.images, start=1):
        images.append(_image_entry(number, image, prefix))
        for box in image.boxes:
            annotations.append(_annotation_entry(len(annotations) + 1, number, ids[box.category], box))
    document: dict[str, Any] = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": ids[one.name], "name": one.name, **one.extra} for one in labelled.categories],
    }
    source = labelled.provenance
    if source.licence:
        document["licenses"] = [{"id": 1, "name": source.licence, "url": source.licence_url}]
    return document


def _image_entry(number: int, image: LabelledImage, prefix: str) -> dict[str, Any]:
    ours = {"split": image.split, "label": image.label}
    known = {key: value for key, value in ours.items() if value is not None}
    size = {"width": image.width, "height": image.height}
    return {"id": number, "file_name": prefix + image.name, **size, **known, **image.extra}


def _annotation_entry(number: int, image: int, category: int, box: LabelledBox) -> dict[str, Any]:
    bbox = [_short(side) for side in (box.x, box.y, box.width, box.height)]
    required: Mapping[str, Any] = {"area": _short(box.width * box.height), "iscrowd": 0}
    return {"id": number, "image_id": image, "category_id": category, "bbox": bbox, **required, **box.extra}


def _short(value: float) -> float:
    return round(value, 4)
