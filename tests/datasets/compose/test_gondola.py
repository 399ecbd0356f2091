"""Photos of long shelves: what is labelled is what shows, and the same seed gives the same."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from datasets.compose.gondola.goods import random_goods
from datasets.compose.gondola.photograph import GondolaJob, gondola_dataset, photograph
from datasets.compose.gondola.shelves import paint_gondola
from datasets.products.random_packs import random_catalogue

GOODS = random_goods(np.random.default_rng(3), random_catalogue(np.random.default_rng(3), 12), 16)


@pytest.fixture(scope="module")
def shelf() -> tuple[np.ndarray, list[dict[str, object]]]:
    pixels, units, _ = photograph(np.random.default_rng(11), GOODS)
    return pixels, units


def test_a_photo_is_full_of_packs_inside_it(shelf: tuple[np.ndarray, list[dict[str, object]]]) -> None:
    pixels, units = shelf
    height, width = pixels.shape[:2]
    boxes = np.array([unit["box"] for unit in units if unit["box"]])
    assert len(boxes) > 20
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2] <= width).all()
    assert (boxes[:, 3] <= height).all()


def test_what_stands_behind_shows_less_than_half(shelf: tuple[np.ndarray, list[dict[str, object]]]) -> None:
    behind = [unit["visible_fraction"] for unit in shelf[1] if not unit["front"]]
    assert behind
    assert max(behind) < 0.5


def test_packs_stand_one_above_the_other_in_a_stack() -> None:
    rng = np.random.default_rng(4)
    gondola = paint_gondola(rng, GOODS, 640, 480)
    stacks: dict[tuple[int, int], list[float]] = {}
    for pack in gondola.standing:
        if pack.front:
            stacks.setdefault((pack.row, pack.column), []).append(float(pack.corners[3, 1]))
    tall = [feet for feet in stacks.values() if len(feet) > 1]
    assert tall
    assert all(np.diff(feet).max() < 0 for feet in tall), "each level's foot is above the one below"


def test_the_same_seed_gives_the_same_labels_and_a_stopped_run_goes_on(tmp_path: Path) -> None:
    for out, scenes in ((tmp_path / "whole", 2), (tmp_path / "halves", 1), (tmp_path / "halves", 2)):
        for folder in ("images", "scenes"):
            (out / folder).mkdir(parents=True, exist_ok=True)
            (out / folder / ".000001.9-9.part").write_bytes(b"as a killed run leaves it")
        gondola_dataset(GondolaJob(7), scenes, out, 1, Console(quiet=True))
        assert not list(out.rglob("*.part"))
    labels = [json.loads((tmp_path / out / "labels.coco.json").read_text()) for out in ("whole", "halves")]
    assert labels[0] == labels[1]
    assert [image["file_name"] for image in labels[0]["images"]] == ["images/000000.jpg", "images/000001.jpg"]
    assert cv2.imread(str(tmp_path / "whole" / "images/000000.jpg")) is not None
