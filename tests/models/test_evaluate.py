"""Judging a detector: matching, average precision against pycocotools' rules, counting error."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edge.vision.detections import Detections
from facings.errors import BadInputError
from models.detector.evaluate import average_precision, evaluate, match, score
from models.detector.photoset import LabelledPhoto, as_boxes, categories, read_coco, read_photoset, write_photoset

LEFT, MIDDLE, RIGHT = [0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]
NEAR_LEFT = [1, 0, 11, 10]


def photo(*boxes: list[int], ignored: tuple[list[int], ...] = ()) -> LabelledPhoto:
    return LabelledPhoto(Path("photo.jpg"), as_boxes(boxes), as_boxes(ignored))


def found(*rows: tuple[list[int], float]) -> Detections:
    return Detections(
        as_boxes(box for box, _ in rows), np.asarray([s for _, s in rows], np.float32), np.zeros(len(rows), np.int64)
    )


@pytest.mark.parametrize(
    ("detections", "truth", "hits"),
    [
        (found(), photo(LEFT), []),
        (found((LEFT, 0.9)), photo(LEFT, RIGHT), [True]),
        (found((LEFT, 0.9), (NEAR_LEFT, 0.8)), photo(LEFT), [True, False]),
        (found((NEAR_LEFT, 0.8), (LEFT, 0.9)), photo(LEFT), [True, False]),
        (found((MIDDLE, 0.9)), photo(LEFT, ignored=(MIDDLE,)), []),
        (found((LEFT, 0.9)), photo(LEFT, ignored=(LEFT,)), [True]),
        (found((LEFT, 0.9)), photo(), [False]),
    ],
    ids=["nothing", "a hit", "a double", "best first", "on an ignored region", "a product on one", "no products"],
)
def test_matching(detections: Detections, truth: LabelledPhoto, hits: list[bool]) -> None:
    assert (match(detections, truth).overlaps > 0).tolist() == hits


def test_average_precision_is_one_for_a_perfect_detector_and_zero_for_a_blind_one() -> None:
    truth = photo(LEFT, MIDDLE)
    assert average_precision([match(found((LEFT, 0.9), (MIDDLE, 0.1)), truth)]) == 1.0
    assert average_precision([match(found(), truth)]) == 0.0
    assert average_precision([match(found((RIGHT, 0.9)), truth)]) == 0.0


def test_a_wrong_box_above_a_right_one_costs_precision_over_half_of_the_recall() -> None:
    # Right, wrong, right: precision 1 up to recall 1/2 (51 of 101 points), then 2/3.
    detections = found((LEFT, 0.9), (RIGHT, 0.8), (MIDDLE, 0.7))
    assert average_precision([match(detections, photo(LEFT, MIDDLE))]) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_the_scorecard_counts_at_the_threshold() -> None:
    truths = [photo(LEFT, MIDDLE), photo(RIGHT)]
    answers = iter([found((LEFT, 0.9), (MIDDLE, 0.2)), found((RIGHT, 0.9), (LEFT, 0.6), (MIDDLE, 0.6))])
    card = evaluate(truths, lambda _: next(answers), threshold=0.5)
    assert (card.photos, card.products) == (2, 3)
    assert card.recall_max == 1.0
    assert card.recall == pytest.approx(2 / 3)
    assert card.precision == pytest.approx(2 / 4)
    assert card.count_error == pytest.approx((0.5 + 2.0) / 2)
    assert card.count_bias == pytest.approx((-0.5 + 2.0) / 2)
    assert score([], 0.5).ap50 == 0.0


def test_photo_sets_survive_being_written_and_read(tmp_path: Path) -> None:
    photos = [photo(LEFT, ignored=(RIGHT,)), photo()]
    write_photoset(tmp_path / "set.jsonl", photos)
    again = read_photoset(tmp_path / "set.jsonl")
    assert [(p.path, p.boxes.tolist(), p.ignored.tolist()) for p in again] == [
        (p.path, p.boxes.tolist(), p.ignored.tolist()) for p in photos
    ]


COCO = {
    "images": [{"id": 7, "file_name": "a.jpg"}],
    "categories": [{"id": 1, "name": "can"}],
    "annotations": [
        {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"image_id": 7, "category_id": 1, "bbox": [5, 5, 5, 5], "iscrowd": 1},
        {"image_id": 7, "category_id": 1, "bbox": [9, 9, 1, 1], "visible_fraction": 0.4},
    ],
}


def test_coco_boxes_become_corners_and_doubtful_ones_are_ignored(tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps(COCO))
    (only,) = read_coco(labels, tmp_path, least_visible=0.5)
    assert only.path == tmp_path / "a.jpg"
    assert only.boxes.tolist() == [[1, 2, 4, 6]]
    assert only.ignored.tolist() == [[5, 5, 10, 10], [9, 9, 10, 10]]
    assert categories(labels) == ("can",)


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "no COCO"), ("[]", "no COCO"), (json.dumps(COCO | {"images": []}), "does not list")],
    ids=["no json", "a list", "a box of no image"],
)
def test_what_is_no_coco_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises(BadInputError, match=words):
        read_coco(tmp_path / "labels.json", tmp_path)
