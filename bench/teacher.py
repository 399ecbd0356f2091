"""The shipped detector beside the teacher, on the same labelled photos: `python -m bench.teacher [IMAGES LABELS]`.

Without arguments on the dense shelves of `datasets/checked`. The teacher runs where `ai-edge-litert` is installed (in
`.venv-train`, say) and `../shared/data/teacher_sku110k` is there; elsewhere its figures are null. Its threshold is the
one that counts these very photos best, which is generous to it; ours is the one it ships with. Prints JSON.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bench.parts.running import run
from bench.parts.saying import say
from edge.vision.detections import Detections
from edge.vision.gallery import Best
from edge.vision.zoo import zoo_folder
from models.detector.photoset import read_pixels
from models.detector.teacher import Teacher
from models.evaluation.cli import open_eyes
from models.evaluation.finding import finding
from models.evaluation.judged import JudgedPhoto, judge_all, match
from models.evaluation.truth import NamedPhoto, read_named

TEACHER = Path("../shared/data/teacher_sku110k/best_int8.tflite")
THRESHOLDS = np.linspace(0.1, 0.8, 29)
SIDES = (640,)


def main(
    images: Annotated[Path, typer.Argument()] = Path("../shared/data"),
    labels: Annotated[Path, typer.Argument()] = Path("datasets/checked/dense_shelves.coco.json"),
) -> None:
    """Judge both on the photos of a COCO file and print."""
    photos = read_named(labels, images)
    eyes = open_eyes(zoo_folder() / "product-detector", None, 1)
    taught = _taught(photos) if TEACHER.exists() and find_spec("ai_edge_litert") else None
    say({"ours": _kept(finding(judge_all(photos, eyes), eyes.threshold)), "teacher": taught})


def _taught(photos: list[NamedPhoto]) -> dict[str, Any]:
    teacher = Teacher(TEACHER, min_score=0.02)
    teacher.load()
    judged = [_judge(teacher, photo) for photo in photos]
    best = min((float(threshold) for threshold in THRESHOLDS), key=lambda t: finding(judged, t)["count_error"] or 0.0)
    return _kept(finding(judged, best)) | {"threshold": round(best, 3)}


def _judge(teacher: Teacher, photo: NamedPhoto) -> JudgedPhoto:
    boxes, scores = teacher.find(read_pixels(photo.path), SIDES)
    found = Detections(boxes, scores, np.zeros(len(scores), np.int64))
    found = found.take(np.argsort(-found.scores, kind="stable"))
    return match(photo, found, Best((None,) * len(found), np.zeros(len(found), np.float32)))


def _kept(figures: Any) -> dict[str, Any]:
    names = ("ap50", "ap50_95", "recall", "precision", "count_error", "count_bias")
    return {name: round(float(figures[name]), 4) for name in names}


if __name__ == "__main__":
    run(main)
