"""Two cameras before one shelf: does the merged reading count each product once?

Run it with `python -m bench.merged_counts [--scenes 3]`; it renders each scene from two sides and prints JSON. Truth is
which product each detection overlaps by half in the labels of its photo.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from typer.testing import CliRunner

from bench.parts.running import CountOption, run
from bench.parts.saying import say
from datasets.cli import app as datasets_app
from datasets.render.cameras import looking_at, stock_span
from datasets.render.job import catalogue_of, require_renderer
from datasets.render.labels import annotate, categories
from datasets.render.photograph import photograph
from datasets.render.rendering import CameraModel
from datasets.render.scene import Scene
from datasets.render.stress import Stress
from edge.vision.boxes import iou
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.join import join
from edge.vision.sighting import Sighting

SEED, SIZE, FIELD_DEG, SAMPLES = 771, (960, 720), 58.0, 3
ASIDE, AIMED_ASIDE, RAISED_MM = 0.30, 0.22, 150.0
"""How far the cameras stand and aim beside the middle, in widths of the furniture; how much higher the right one is."""

Product = tuple[Any, ...]
"""Row, column, depth and level of a product in the scene; of a false find, something that is met once."""


def cameras(scene: Scene) -> list[CameraModel]:
    """One camera on the left and one on the right, each with most of the furniture in view."""
    furniture = scene.furniture.build()
    low, high = stock_span(furniture)
    away = (high - low) * 1.15 / 2 / np.tan(np.radians(FIELD_DEG) / 2)
    wide, middle = furniture.width_mm, (low + high) / 2
    return [
        looking_at(np.array([side * ASIDE * wide, middle + RAISED_MM * (side > 0), away]),
                   np.array([side * AIMED_ASIDE * wide, middle, -60.0]), SIZE, FIELD_DEG, "aisle")
        for side in (-1, 1)
    ]  # fmt: skip


def views(number: int, chain: VisionChain) -> list[tuple[Sighting, list[Product]]]:
    """What the chain sees on the photo of each camera, and which product of the scene each find is."""
    from datasets.render.random_scenes import random_scene  # noqa: PLC0415 - Mitsuba

    catalogue = catalogue_of("demo", SEED)
    scene = random_scene(np.random.default_rng([SEED, number]), catalogue, Stress({}), "open-shelves")
    seen = []
    for camera in cameras(scene):
        rng = np.random.default_rng([SEED, number, 3])
        rendering, photo = photograph(replace(scene, camera=camera), catalogue, rng, SIZE, SAMPLES)
        sighting = chain.look(decode_photo(photo.jpeg))
        labels = [label for label in annotate(rendering, photo, categories(catalogue)) if "sku" in label]
        seen.append((sighting, true_products(sighting, labels)))
    return seen


def true_products(sighting: Sighting, labels: list[dict[str, Any]]) -> list[Product]:
    """The product of the scene that each find overlaps by half, or one of its own where there is none."""
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in (label["bbox"] for label in labels)], np.float32)
    overlaps = iou(sighting.found.boxes, boxes.reshape(-1, 4))
    keys = [(label["row"], label["column"], label["depth"], label["level"]) for label in labels]
    best = overlaps.argmax(axis=1) if len(labels) else np.zeros(len(overlaps), int)
    return [keys[best[i]] if row.max(initial=0) > 0.5 else ("false", id(sighting), i) for i, row in enumerate(overlaps)]


def judged(seen: list[tuple[Sighting, list[Product]]]) -> dict[str, Any]:
    """Counts of one scene, merged and true."""
    joined = join([sighting for sighting, _ in seen])
    groups = [[seen[view][1][i] for view, i in group] for group in joined.groups]
    distinct = {product for _, products in seen for product in products}
    return {
        "found": [len(products) for _, products in seen],
        "distinct": len(distinct),
        "merged": len(groups),
        "pairs": sum(len(group) > 1 for group in groups),
        "wrong_pairs": sum(len(set(group)) > 1 for group in groups),
        "linked": all(joined.linked),
    }


def main(scenes: CountOption = 3) -> None:
    """Render, look, merge and print."""
    require_renderer()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        done = CliRunner().invoke(datasets_app, ["packshots", "--out", folder])
        assert done.exit_code == 0, done.output
        chain = VisionChain(gallery=Path(folder))
        figures = [judged(views(number, chain)) for number in range(scenes)]
    error = sum(abs(one["merged"] - one["distinct"]) for one in figures) / sum(one["distinct"] for one in figures)
    twice = sum(sum(one["found"]) - one["distinct"] for one in figures) / sum(one["distinct"] for one in figures)
    say({"scenes": figures, "count_error": round(error, 4), "count_error_unmerged": round(twice, 4)})


if __name__ == "__main__":
    run(main)
