"""Small labelled sets on disk, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH, HEIGHT = 64, 48


def photo(file: Path, seed: int = 0, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """A photo like no other seed's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    cv2.imwrite(str(file), cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    return file


def coco(**changes: Any) -> dict[str, Any]:
    """One photo `a.jpg` with one can."""
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "width": WIDTH, "height": HEIGHT}],
        "annotations": [{"id": 7, "image_id": 1, "category_id": 3, "bbox": [4, 6, 16, 24], "sku": "cola"}],
        "categories": [{"id": 3, "name": "can"}],
        **changes,
    }


def coco_set(folder: Path, **changes: Any) -> Path:
    """A COCO folder; `changes` replace keys of its document."""
    photo(folder / "images" / "a.jpg")
    (folder / "labels.json").write_text(json.dumps(coco(**changes)))
    return folder


def yolo_set(folder: Path, line: str = "0 0.1875 0.375 0.25 0.5", names: str = "can\nbottle\n") -> Path:
    """A YOLO folder with the same can."""
    photo(folder / "images" / "a.jpg")
    (folder / "labels").mkdir(exist_ok=True)
    (folder / "labels" / "a.txt").write_text(line + "\n")
    if names:
        (folder / "classes.txt").write_text(names)
    return folder


VOC = """<annotation><filename>{file}</filename><size><width>64</width><height>48</height><depth>3</depth></size>
<object><name>{name}</name><difficult>0</difficult>
<bndbox><xmin>5</xmin><ymin>7</ymin><xmax>{xmax}</xmax><ymax>30</ymax></bndbox></object></annotation>"""


def voc_set(folder: Path, file: str = "a.jpg", xmax: str = "20", name: str = "can", before: str = "") -> Path:
    """A VOC folder with the same can."""
    photo(folder / "JPEGImages" / "a.jpg")
    (folder / "Annotations").mkdir(exist_ok=True)
    (folder / "Annotations" / "a.xml").write_text(before + VOC.format(file=file, xmax=xmax, name=name))
    return folder
