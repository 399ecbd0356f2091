"""A rendered scene on disk, and the COCO files of a whole data set made from its scenes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from datasets.files import photo_name, scene_file
from datasets.render.splits import SPLITS, split_of
from datasets.sets.layout import LABELS_FILE
from facings.files import whole_file, write_atomic

Coco = dict[str, Any]
_MOST_NOTES = 100_000
"""More annotations than any photo has: ids of a scene's do not depend on the other scenes."""


def write_scene(out: Path, number: int, photo: bytes, scene: Coco) -> None:
    """Writes the photo, then the scene."""
    write_atomic(out / photo_name(number), photo)
    write_atomic(scene_file(out, number), json.dumps(scene, ensure_ascii=False).encode())


def write_labels(out: Path, scenes: int, categories: Sequence[Coco], info: Coco) -> None:
    """Writes the COCO file of the whole set and one per split, scene by scene, as they may be too many to hold."""
    numbers = range(scenes)
    _write_coco(out, LABELS_FILE, numbers, categories, info)
    for split in SPLITS:
        _write_coco(out, f"{split}.coco.json", [n for n in numbers if split_of(n) == split], categories, info)


def _write_coco(out: Path, name: str, numbers: Iterable[int], categories: Sequence[Coco], info: Coco) -> None:
    scenes = [scene_file(out, number) for number in numbers]
    with whole_file(out / name) as file:
        file.write(f'{{"info": {_text(info)},\n"images": [')
        _write_list(file, (json.loads(scene.read_text())["image"] for scene in scenes))
        file.write('],\n"annotations": [')
        _write_list(
            file, (_numbered(note, scene, place) for scene in scenes for place, note in enumerate(_notes(scene)))
        )
        file.write(f'],\n"categories": {_text(categories)}}}\n')


def _notes(scene: Path) -> list[Coco]:
    notes: list[Coco] = json.loads(scene.read_text())["annotations"]
    return notes


def _numbered(note: Coco, scene: Path, place: int) -> Coco:
    """The annotation with ids that depend on nothing but its scene and its place there."""
    number = int(scene.stem)
    return {"id": number * _MOST_NOTES + place + 1, "image_id": number + 1, **note}


def _write_list(file: TextIO, entries: Iterable[Coco]) -> None:
    for place, entry in enumerate(entries):
        file.write((",\n" if place else "\n") + _text(entry))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
