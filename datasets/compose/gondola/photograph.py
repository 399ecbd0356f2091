"""Takes photos of gondolas and writes them as a data set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from datasets.coco import coco_of
from datasets.compose.gondola.goods import Good, random_goods
from datasets.compose.gondola.shelves import Gondola, paint_gondola
from datasets.compose.sensor import expose
from datasets.compose.spec import Sensor
from datasets.files import claim_scenes, jpeg, photo_name, scene_file
from datasets.parallel import for_each
from datasets.products.arrays import FloatArray, Pixels
from datasets.products.packs import Catalogue
from datasets.products.random_packs import random_catalogue
from facings.files import write_atomic

_SIZES = ((960, 1280), (1280, 960), (720, 1280), (1024, 1024))
_PRINTS = 300
_KINDS = (18, 46)
_BATCH = 10
_KIND_OF_JOB = "gondola"


@dataclass(frozen=True)
class GondolaJob:
    """What one data set is painted from; the same job always gives the same files."""

    seed: int
    kind: str = _KIND_OF_JOB


def gondola_dataset(job: GondolaJob, scenes: int, out: Path, workers: int, console: Console) -> None:
    """Write `scenes` photos under `out`, leaving out those that are there, then the COCO labels of all.

    Raises:
        BadInputError: the folder holds scenes of another job.
    """
    claim_scenes(out, asdict(job))
    missing = [number for number in range(scenes) if not scene_file(out, number).exists()]
    for_each(partial(_photograph_one, job, out), missing, workers, "Painting shelves", console)
    truths = [json.loads(scene_file(out, number).read_text()) for number in range(scenes)]
    write_atomic(out / "labels.coco.json", json.dumps(coco_of(truths)).encode())


def photograph(rng: np.random.Generator, goods: Sequence[Good]) -> tuple[Pixels, list[dict[str, Any]], int]:
    """A photo (H, W, 3) BGR, its packs as `coco_of` takes them, and the quality to store it with, 1 to 100."""
    width, height = _SIZES[int(rng.integers(len(_SIZES)))]
    some = rng.choice(len(goods), min(int(rng.integers(*_KINDS)), len(goods)), replace=False)
    gondola = paint_gondola(rng, tuple(goods[int(number)] for number in some), width, height)
    turn = _turn(rng, width, height)
    seen = cv2.warpPerspective(gondola.canvas, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    owner = cv2.warpPerspective(gondola.shown, turn, (width, height), flags=cv2.INTER_NEAREST)
    sensor = _sensor(rng)
    light = seen.astype(np.float32) * _lit(rng, width, height)[..., None]
    return expose(light, sensor, rng), _units(gondola, turn, owner), sensor.jpeg_quality


@lru_cache(maxsize=1)
def _prints(seed: int) -> Catalogue:
    return random_catalogue(np.random.default_rng([seed, 7]), _PRINTS)


@lru_cache(maxsize=1)
def _stock(seed: int, batch: int) -> tuple[Good, ...]:
    """The goods of one batch of photos: printing them takes longer than painting the shelves."""
    return random_goods(np.random.default_rng([seed, batch, 8]), _prints(seed), _KINDS[1] + _KINDS[0])


def _photograph_one(job: GondolaJob, out: Path, number: int) -> None:
    pixels, units, quality = photograph(np.random.default_rng([job.seed, number]), _stock(job.seed, number // _BATCH))
    name = photo_name(number)
    truth = {"file": name, "width": pixels.shape[1], "height": pixels.shape[0], "units": units}
    write_atomic(out / name, jpeg(pixels, quality))
    write_atomic(scene_file(out, number), json.dumps(truth).encode())


def _turn(rng: np.random.Generator, width: int, height: int) -> FloatArray:
    """How the camera's place bends the plane of the fronts: (3, 3), canvas to photo."""
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    strength = 0.02 if rng.random() < 0.6 else 0.11
    moved = corners + rng.uniform(-strength, strength, (4, 2)) * (width, height)
    zoom = rng.uniform(1.0, 1.5)
    middle = np.array([width / 2, height / 2])
    moved = (moved - middle) * zoom + middle
    turn: FloatArray = cv2.getPerspectiveTransform(corners, moved.astype(np.float32)).astype(np.float32)
    return turn


def _lit(rng: np.random.Generator, width: int, height: int) -> FloatArray:
    """Light that is uneven over the photo, (H, W), 1 on average."""
    few = rng.uniform(0.75, 1.25, (3, 3)).astype(np.float32)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _sensor(rng: np.random.Generator) -> Sensor:
    return Sensor(
        exposure=float(rng.uniform(0.75, 1.6)),
        warmth=float(rng.normal(0, 0.07)),
        contrast=float(rng.uniform(0.8, 1.2)),
        noise=float(rng.uniform(0, 8)),
        blur_px=float(rng.choice([0.3, 0.7, 1.2, 2.0])),
        vignette=float(rng.uniform(0, 0.3)),
        low_res=float(rng.choice([1.0, 1.0, 0.75, 0.5])),
        jpeg_quality=int(rng.integers(45, 95)),
    )


def _units(gondola: Gondola, turn: FloatArray, owner: FloatArray) -> list[dict[str, Any]]:
    """The packs as the photo shows them: boxes cut at its edge, and how much of each shows."""
    height, width = owner.shape
    pixels = np.bincount(owner.astype(np.int64).ravel(), minlength=len(gondola.standing) + 1)
    units = []
    for number, pack in enumerate(gondola.standing, start=1):
        corners = cv2.perspectiveTransform(pack.corners[None], turn)[0]
        area = float(cv2.contourArea(corners.astype(np.float32)))
        x1, y1 = corners.min(0).clip(0)
        x2, y2 = np.minimum(corners.max(0), (width, height))
        shows = x2 - x1 >= 4 and y2 - y1 >= 4
        units.append(
            {
                "sku": pack.good,
                "row": pack.row,
                "column": pack.column,
                "depth": 0 if pack.front else 1,
                "front": pack.front,
                "visible_fraction": round(min(float(pixels[number]) / max(area, 1.0), 1.0), 3),
                "box": [round(float(v), 2) for v in (x1, y1, x2, y2)] if shows else None,
            }
        )
    return units
