"""Finding products: scaling, suppression, and the shipped detector on photos."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.boxes import iou
from edge.vision.detect import detect, fitted, suppress, survey
from edge.vision.detections import Detections
from edge.vision.entry import normalised
from edge.vision.manifest import DetectorManifest, DetectorSpec, InputSpec
from edge.vision.zoo import LoadedModel, load_session, zoo_folder
from tests.support.sessions import TakesNumbers


@pytest.fixture(scope="module")
def detector() -> LoadedModel:
    return load_session(zoo_folder() / "product-detector")


@pytest.mark.parametrize(
    ("photo", "long_side", "image"),
    [
        ((480, 640), 640, (480, 640)),
        ((1280, 960), 640, (640, 480)),
        ((416, 416), 640, (640, 640)),
        ((2016, 1134), 640, (640, 384)),
        ((64, 4000), 640, (32, 640)),
    ],
    ids=["as it is", "smaller", "larger", "padded", "a strip"],
)
def test_a_photo_is_fitted_without_cutting(photo: tuple[int, int], long_side: int, image: tuple[int, int]) -> None:
    made, ratio = fitted(np.zeros((*photo, 3), np.uint8), long_side, 32)
    assert made.shape == (*image, 3)
    assert photo[1] * ratio[0] <= image[1] < photo[1] * ratio[0] + 32
    assert photo[0] * ratio[1] <= image[0] < photo[0] * ratio[1] + 32


def test_pixels_go_in_as_the_manifest_says() -> None:
    blue = np.zeros((32, 32, 3), np.uint8) + np.asarray([255, 0, 127], np.uint8)
    spec = InputSpec(colour="RGB", mean=(127, 127, 127), scale=(128, 128, 128))
    assert normalised(blue, spec)[0, :, 0, 0].tolist() == [0, -127 / 128, 1]
    assert normalised(blue, spec.model_copy(update={"colour": "BGR"}))[0, :, 0, 0].tolist() == [1, -127 / 128, 0]


@pytest.mark.parametrize(
    ("boxes", "scores", "kept"),
    [
        ([], [], []),
        ([[0, 0, 10, 10]], [0.5], [0]),
        ([[0, 0, 10, 10], [0, 0, 10, 9]], [0.5, 0.6], [1]),
        ([[0, 0, 10, 10], [6, 0, 16, 10]], [0.5, 0.6], [1, 0]),
        ([[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]], [0.7, 0.9, 0.8], [1]),
        ([[0, 0, 10, 10], [2, 0, 12, 10], [5, 0, 15, 10]], [0.9, 0.8, 0.7], [0, 2]),
    ],
    ids=["none", "one", "a double", "neighbours", "between two", "freed by a suppressed one"],
)
def test_suppression_keeps_the_best_of_what_overlaps(
    boxes: list[list[float]], scores: list[float], kept: list[int]
) -> None:
    found = suppress(np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(scores, np.float32), 0.5)
    assert found.tolist() == kept


BOX = [10, 10, 30, 50]


class Session(TakesNumbers):
    """Answers every picture with BOX twice, once as product and once as gap."""

    def run(self, _: None, __: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [np.asarray([[BOX, BOX]], np.float32), np.asarray([[[0.6, 0.0], [0.0, 0.4]]], np.float32)]


@pytest.mark.parametrize(
    ("others", "threshold", "seen"),
    [
        ({}, None, ["product"]),
        ({"gap": 0.3}, None, ["product", "gap"]),
        ({"gap": 0.3}, 0.7, ["gap"]),
        ({}, 0.1, ["product"]),
    ],
    ids=["one threshold", "one of its own", "products above another", "weak products"],
)
def test_a_survey_judges_each_class_by_its_own_threshold(
    others: dict[str, float], threshold: float | None, seen: list[str]
) -> None:
    spec = DetectorSpec(
        classes=("product", "gap"), score_threshold=0.5, other_thresholds=others, nms_iou=0.5, long_side=64
    )
    entry = InputSpec(mean=(0, 0, 0), scale=(1, 1, 1), size_multiple=32)
    manifest = DetectorManifest(
        name="d", version="1", file="d.onnx", sha256="0" * 64, licence="-", sources=(), detector=spec, input=entry
    )
    model = LoadedModel(manifest, Session())
    found = survey(model, np.zeros((64, 64, 3), np.uint8), threshold)
    assert [found.names[number] for number in found.classes] == seen
    products = detect(model, np.zeros((64, 64, 3), np.uint8), threshold)
    assert len(products) == seen.count("product")


def test_an_empty_wall_holds_no_product(detector: LoadedModel) -> None:
    wall = np.full((480, 640, 3), 180, np.uint8)
    assert len(detect(detector, wall)) == 0


@pytest.fixture
def cooler(shared_data: Path) -> np.ndarray:
    return cv2.imread(str(shared_data / "drinks_coolers" / "images" / "p1.jpg"))


@pytest.mark.real_photos
def test_boxes_lie_in_the_photo_best_first(detector: LoadedModel, cooler: np.ndarray) -> None:
    found = detect(detector, cooler)
    height, width = cooler.shape[:2]
    assert len(found) > 20
    assert {found.names[number] for number in found.classes} == {"product"}
    assert found.boxes.min() >= 0
    assert np.all(found.boxes <= [width, height, width, height])
    assert np.all(np.diff(found.scores) <= 0)
    assert found.scores.min() >= detector.manifest.detector.score_threshold


@pytest.mark.real_photos
def test_a_mirrored_photo_holds_about_as_many_products(detector: LoadedModel, cooler: np.ndarray) -> None:
    here, mirrored = detect(detector, cooler), detect(detector, np.ascontiguousarray(cooler[:, ::-1]))
    assert abs(len(here) - len(mirrored)) <= 0.15 * len(here)


@pytest.mark.real_photos
def test_threads_share_one_model(detector: LoadedModel, cooler: np.ndarray) -> None:
    def find(_: int) -> Detections:
        return detect(detector, cooler)

    with ThreadPoolExecutor(3) as pool:
        first, *others = pool.map(find, range(3))
    assert all(np.array_equal(first.boxes, other.boxes) for other in others)


@pytest.mark.real_photos
def test_a_dense_photo_is_looked_at_more_closely(detector: LoadedModel, shared_data: Path) -> None:
    dense = cv2.imread(str(shared_data / "shelves_sku110k" / "images" / "train_2958.jpg"))
    assert len(detect(detector, dense)) > 1.5 * len(detect(detector.looking(closer_below=0.0), dense))


@pytest.fixture(scope="module")
def shelf() -> np.ndarray:
    return cv2.imread(str(zoo_folder() / "product-detector" / "golden.jpg"))


@pytest.mark.parametrize("copies", [1, 3], ids=["near", "far away"])
def test_in_a_photo_of_4000_pixels_nothing_is_counted_twice(
    detector: LoadedModel, shelf: np.ndarray, copies: int
) -> None:
    small = cv2.resize(shelf, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    shelves = np.tile(shelf, (copies, copies, 1))
    large = cv2.resize(shelves, (3000, 4000), interpolation=cv2.INTER_CUBIC)
    once, found = detect(detector, small), detect(detector, large)
    assert len(once) > 20
    assert 0.7 * copies**2 * len(once) <= len(found) <= 1.05 * copies**2 * len(once) + 1
    assert max(_shared_with_a_better_one(found), default=0.0) <= detector.manifest.detector.nms_iou


def _shared_with_a_better_one(found: Detections) -> list[float]:
    """Of each box but the best, its largest intersection over union with one before it."""
    overlaps = iou(found.boxes, found.boxes)
    return [float(overlaps[number, :number].max()) for number in range(1, len(found))]
