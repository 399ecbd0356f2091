"""Figures of gaps, price tags and persons: judged only where labels and detector know the class."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from edge.vision.manifest import DetectorManifest, DetectorSpec, InputSpec
from edge.vision.zoo import LoadedModel
from models.detector.photoset import ClassLabels, LabelledPhoto, as_boxes
from models.evaluation.classes import other_classes
from tests.support.sessions import TakesNumbers

GAP, ELSEWHERE = [10, 10, 30, 50], [70, 10, 90, 50]


class Session(TakesNumbers):
    """Answers every picture with these boxes and their scores as product and as gap."""

    def __init__(self, *rows: tuple[list[int], float, float]) -> None:
        self.rows = rows

    def run(self, _: None, __: dict[str, npt.NDArray[np.float32]]) -> list[npt.NDArray[np.float32]]:
        boxes = np.asarray([[box for box, _, _ in self.rows]], np.float32)
        return [boxes, np.asarray([[scores for _, *scores in self.rows]], np.float32)]


def detector(*rows: tuple[list[int], float, float]) -> LoadedModel:
    spec = DetectorSpec(classes=("product", "gap"), score_threshold=0.5, nms_iou=0.5, long_side=96)
    manifest = DetectorManifest(
        name="d", version="1", file="d.onnx", sha256="0" * 64, licence="-", sources=(), detector=spec,
        input=InputSpec(mean=(0, 0, 0), scale=(1, 1, 1), size_multiple=32),
    )  # fmt: skip
    return LoadedModel(manifest, Session(*rows))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "photo.png"), np.zeros((96, 96, 3), np.uint8))
    return tmp_path / "photo.png"


def photo(path: Path, **others: list[list[int]]) -> LabelledPhoto:
    nothing = as_boxes([])
    return LabelledPhoto(
        path, nothing, nothing, {n.replace("_", "-"): ClassLabels(as_boxes(b), nothing) for n, b in others.items()}
    )


@pytest.mark.parametrize(
    ("rows", "ap50", "recall", "precision"),
    [
        ([(GAP, 0.0, 0.9)], 1.0, 1.0, 1.0),
        ([(GAP, 0.0, 0.2)], 1.0, 0.0, 0.0),
        ([(GAP, 0.9, 0.0)], 0.0, 0.0, 0.0),
        ([(ELSEWHERE, 0.0, 0.9), (GAP, 0.0, 0.8)], 0.5, 1.0, 0.5),
    ],
    ids=["seen", "unsure", "taken for a product", "and one too many"],
)
def test_gaps_are_judged_like_products(
    path: Path, rows: list[tuple[list[int], float, float]], ap50: float, recall: float, precision: float
) -> None:
    assert other_classes([photo(path, gap=[GAP])], detector(*rows)) == {
        "gap": pytest.approx({"labelled": 1.0, "ap50": ap50, "recall": recall, "precision": precision})
    }


def test_what_labels_or_detector_do_not_know_has_no_figures(path: Path) -> None:
    seen = detector((GAP, 0.0, 0.9))
    assert other_classes([photo(path)], seen) == {}
    assert other_classes([photo(path, person=[GAP])], seen) == {}
