"""Our layout on disk: `images/`, `labels.coco.json`, `source.json`; and YOLO's, for trainers that want it.

A set is written into a hidden folder beside its place and renamed once it is whole: nobody meets half of one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from datasets.sets.coco import coco_document
from datasets.sets.model import LabelledSet, Provenance
from datasets.sets.yolo import data_yaml, label_text
from facings.errors import BadInputError
from facings.files import whole_folder

LABELS_FILE = "labels.coco.json"
SOURCE_FILE = "source.json"


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A new folder to write into, which becomes `out` when the block ends well and is removed when it does not.

    Raises:
        BadInputError: `out` is there and not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInputError(f"{out} is there already: choose a new or an empty folder")
    with whole_folder(out) as part:
        yield part


def write_set(labelled: LabelledSet, out: Path) -> None:
    """Writes a set in our layout, which is COCO as well."""
    with staged(out) as part:
        _copy_photos(labelled, part)
        _write_json(part / LABELS_FILE, coco_document(labelled))
        _write_json(part / SOURCE_FILE, {"version": 1, **labelled.provenance.known()})


def write_yolo(labelled: LabelledSet, out: Path) -> None:
    """Writes a set as YOLO: `images/`, `labels/`, `classes.txt`, `data.yaml`, and the same `source.json`."""
    numbers = {category.name: number for number, category in enumerate(labelled.categories)}
    with staged(out) as part:
        _copy_photos(labelled, part)
        for image in labelled.images:
            file = (part / "labels" / image.name).with_suffix(".txt")
            if file.exists():
                raise BadInputError(f"{image.name}: another photo differs only in its suffix: YOLO cannot keep both")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(label_text(image, numbers), encoding="utf-8")
        (part / "classes.txt").write_text("".join(f"{name}\n" for name in numbers), encoding="utf-8")
        (part / "data.yaml").write_text(data_yaml(labelled), encoding="utf-8")
        _write_json(part / SOURCE_FILE, {"version": 1, **labelled.provenance.known()})


def _copy_photos(labelled: LabelledSet, part: Path) -> None:
    for image in labelled.images:
        goal = part / "images" / image.name
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(image.path, goal)


def _write_json(file: Path, document: object) -> None:
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def read_source(folder: Path) -> Provenance:
    """What `source.json` says of a set; nothing where there is none.

    Raises:
        BadInputError: it is no JSON object.
    """
    file = folder / SOURCE_FILE
    if not file.is_file():
        return Provenance()
    try:
        document = json.loads(file.read_bytes())
        return Provenance(**{one.name: str(document[one.name]) for one in fields(Provenance) if one.name in document})
    except (ValueError, TypeError) as error:
        raise BadInputError(f"{file}: not a JSON object that says where the set is from: {error}") from error
