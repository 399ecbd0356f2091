"""Two looks at one photo: what both see is merged, what one alone sees counts half."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.detect import survey
from edge.vision.detections import Detections
from edge.vision.manifest import DetectorManifest, DetectorSpec, InputSpec
from edge.vision.two_looks import merged, mirrored
from edge.vision.zoo import LoadedModel
from tests.support.sessions import TakesNumbers

NAMES = ("product", "gap")
Seen = tuple[list[float], float, int]


def detections(*seen: Seen) -> Detections:
    boxes = np.asarray([box for box, _, _ in seen], np.float32).reshape(-1, 4)
    scores = np.asarray([score for _, score, _ in seen], np.float32)
    return Detections(boxes, scores, np.asarray([number for _, _, number in seen], np.int64), NAMES)


HERE, BESIDE, NEARLY = [0.0, 0, 10, 10], [10.0, 0, 20, 10], [0.0, 0, 10, 12]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ([], [], []),
        ([(HERE, 0.8, 0)], [], [(HERE, 0.4, 0)]),
        ([], [(HERE, 0.8, 0)], [(HERE, 0.4, 0)]),
        ([(HERE, 0.8, 0)], [(HERE, 0.6, 0)], [(HERE, 0.7, 0)]),
        ([(HERE, 0.8, 0)], [(NEARLY, 0.8, 0)], [([0, 0, 10, 11], 0.8, 0)]),
        ([(HERE, 0.9, 0)], [(NEARLY, 0.3, 0)], [([0, 0, 10, 10.5], 0.6, 0)]),
        ([(HERE, 0.8, 0)], [(BESIDE, 0.6, 0)], [(HERE, 0.4, 0), (BESIDE, 0.3, 0)]),
        ([(HERE, 0.8, 0)], [(HERE, 0.6, 1)], [(HERE, 0.4, 0), (HERE, 0.3, 1)]),
        ([(HERE, 0.8, 0), (NEARLY, 0.2, 0)], [(HERE, 0.6, 0)], [(HERE, 0.7, 0), (NEARLY, 0.1, 0)]),
    ],
    ids=[
        "nothing",
        "the first alone",
        "the second alone",
        "both",
        "in between",
        "nearer the surer",
        "two things",
        "two classes",
        "each counts once",
    ],
)
def test_what_two_looks_saw(one: list[Seen], other: list[Seen], both: list[Seen]) -> None:
    seen, expected = merged(detections(*one), detections(*other)), detections(*both)
    assert np.allclose(seen.boxes, expected.boxes)
    assert np.allclose(seen.scores, expected.scores)
    assert seen.classes.tolist() == expected.classes.tolist()


def test_a_mirrored_look_is_turned_back() -> None:
    assert mirrored(detections(([10, 5, 30, 45], 0.5, 0)), 100).boxes.tolist() == [[70, 5, 90, 45]]


class LeftThird(TakesNumbers):
    """Finds one product over the left third of any picture, and notes how wide each picture was."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def run(self, _: None, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        height, width = inputs["images"].shape[2:]
        self.widths.append(width)
        return [np.asarray([[[0, 0, width / 3, height]]], np.float32), np.asarray([[[0.8]]], np.float32)]


@pytest.mark.parametrize(
    ("second_look", "photo", "widths", "scores"),
    [
        (0.0, 96, [96], [0.8]),
        (1.5, 96, [96, 144], [0.4, 0.4]),
        (9.0, 96, [96, 240], [0.4, 0.4]),
        (1.0, 960, [96, 96], [0.4, 0.4]),
    ],
    ids=["one look", "a larger one", "no larger than a first look may be", "of a large photo"],
)
def test_the_second_look_is_mirrored_and_larger(
    second_look: float, photo: int, widths: list[int], scores: list[float]
) -> None:
    spec = DetectorSpec(classes=("product",), score_threshold=0.3, nms_iou=0.5, long_side=96, second_look=second_look)
    manifest = DetectorManifest(
        name="d", version="1", file="d.onnx", sha256="0" * 64, licence="-", sources=(), detector=spec,
        input=InputSpec(mean=(0, 0, 0), scale=(1, 1, 1), size_multiple=48),
    )  # fmt: skip
    session = LeftThird()
    found = survey(LoadedModel(manifest, session), np.zeros((photo, photo, 3), np.uint8))
    assert session.widths == widths
    assert found.scores.tolist() == pytest.approx(scores)
    assert sorted(found.boxes[:, 0].round().tolist()) == ([0] if len(scores) == 1 else [0, photo * 2 // 3])
