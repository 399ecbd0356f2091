"""Labels for training: the boxes a photo set comes with, completed by the teacher where they are missing.

What the teacher is sure of becomes a product, what it doubts is ignored. Only photos under a permissive licence are
read here; the evaluation sets never are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from edge.vision.boxes import Boxes, areas, intersections
from models.detector.photoset import LabelledPhoto, as_boxes, read_coco, read_pixels, write_photoset
from models.detector.teacher import Teacher

_SURE = 0.5
_SAME_SHARE = 0.5
_FRONT_SHOWS = 0.5
_CLOSE_SIDES = (640, 400, 240)


def prepare(sources: Path, scenes: Sequence[Path], out: Path, report: Callable[[str], None]) -> None:
    """Write one photo set per source to `out`; `scenes` are folders of rendered scenes."""
    teacher = Teacher(sources / "teacher_sku110k" / "best_int8.tflite")
    teacher.load()
    readers: dict[str, Callable[[], Iterator[LabelledPhoto]]] = {
        "cooler_brands": lambda: cooler_brands(sources / "cooler_brands", teacher),
        "beverage3": lambda: beverage3(sources / "beverage3", teacher),
        "grocery_store": lambda: grocery_store(sources / "grocery_store", teacher),
    }
    if scenes:
        readers["scenes"] = lambda: chain.from_iterable(
            read_coco(folder / "labels.coco.json", folder, _FRONT_SHOWS) for folder in scenes
        )
    for name, read in readers.items():
        photos = list(read())
        write_photoset(out / f"{name}.jsonl", photos)
        report(f"{name}: {len(photos)} photos, {sum(len(photo.boxes) for photo in photos)} products")


def cooler_brands(folder: Path, teacher: Teacher) -> Iterator[LabelledPhoto]:
    """The training split; the teacher adds forgotten products, but only among the labelled ones.

    Outside of them it takes posters and logos of the cooler's head for products.
    """
    for photo in read_coco(folder / "train.coco.json", folder / "images"):
        found, scores = teacher.find(read_pixels(photo.path))
        new = _new(found, photo.boxes)
        found, scores = found[new], scores[new]
        centre = (found[:, :2] + found[:, 2:]) / 2
        low, high = photo.boxes[:, :2].min(axis=0), photo.boxes[:, 2:].max(axis=0)
        among = np.all((centre >= low) & (centre <= high), axis=1)
        added = found[among & (scores >= _SURE)]
        doubtful = found[(among & (scores < _SURE)) | (~among & (scores >= _SURE))]
        yield LabelledPhoto(photo.path, np.concatenate([photo.boxes, added]), doubtful)


def beverage3(folder: Path, teacher: Teacher) -> Iterator[LabelledPhoto]:
    """Both splits, boxes of bottles and cans; what else the teacher sees is ignored."""
    for path in sorted(folder.glob("*/images/*.jpg")):
        pixels = read_pixels(path)
        height, width = pixels.shape[:2]
        boxes = _yolo_boxes(path.parents[1] / "labels" / f"{path.stem}.txt", width, height)
        found, _ = teacher.find(pixels, _CLOSE_SIDES)
        yield LabelledPhoto(path, boxes, found[_new(found, boxes)])


def grocery_store(folder: Path, teacher: Teacher) -> Iterator[LabelledPhoto]:
    """The training photos of packaged goods, labelled by the teacher alone."""
    for line in (folder / "train.txt").read_text(encoding="utf-8").splitlines():
        path = folder / line.split(",")[0]
        if "Packages" not in path.parts:
            continue
        found, scores = teacher.find(read_pixels(path), _CLOSE_SIDES)
        yield LabelledPhoto(path, found[scores >= _SURE], found[scores < _SURE])


def _new(found: Boxes, known: Boxes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of `found` lie mostly beside the boxes of `known`: a label on a bottle is no product of its own."""
    shared = intersections(found, known) / np.maximum(areas(found), 1e-9)[:, None]
    return np.asarray(shared.max(axis=1, initial=0) < _SAME_SHARE)


def _yolo_boxes(path: Path, width: int, height: int) -> Boxes:
    rows = np.asarray([line.split()[1:5] for line in path.read_text().splitlines() if line.strip()], np.float32)
    rows = rows.reshape(-1, 4) * np.asarray([width, height, width, height], np.float32)
    return as_boxes(np.hstack([rows[:, :2] - rows[:, 2:] / 2, rows[:, :2] + rows[:, 2:] / 2]))
