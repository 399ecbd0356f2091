"""Writes rendered scenes as a data set: photos, COCO boxes, and the whole truth a line per photo."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from rich.console import Console

from datasets.coco import coco_of
from datasets.compose.layouts import random_scene
from datasets.compose.scene import RenderedScene, render
from datasets.files import claim_scenes, jpeg, photo_name, scene_file
from datasets.parallel import for_each
from datasets.products.catalogues import IN_MULTIPACKS, demo_catalogue, house_catalogue, random_catalogue
from datasets.products.packs import Catalogue
from datasets.products.stock import sold_down
from facings.files import write_atomic

_RANDOM_SKUS = 400

CatalogueName = Literal["demo", "house", "random", "multipacks"]


@dataclass(frozen=True)
class ComposeJob:
    """What one data set is rendered from; the same job always gives the same files.

    Attributes:
        seed: of everything that is drawn.
        variety: how far scenes stray from a well-kept cooler (`random_scene`).
        catalogue: which products.
        sold_down: share of the lanes whose units stand at the back, as where shoppers take from the front.
    """

    seed: int
    variety: int
    catalogue: CatalogueName
    sold_down: float = 0.0


def compose_dataset(job: ComposeJob, scenes: int, out: Path, workers: int, console: Console) -> None:
    """Renders `scenes` photos under `out`, leaving out those that are there, then writes the labels of all.

    Raises:
        BadInputError: the folder holds scenes of another job.
    """
    claim_scenes(out, asdict(job))
    missing = [number for number in range(scenes) if not scene_file(out, number).exists()]
    for_each(partial(_compose_one, job, out), missing, workers, "Composing scenes", console)
    truths = [json.loads(scene_file(out, number).read_text()) for number in range(scenes)]
    lines = "".join(json.dumps(truth, ensure_ascii=False) + "\n" for truth in truths)
    write_atomic(out / "truth.jsonl", lines.encode())
    write_atomic(out / "labels.coco.json", json.dumps(coco_of(truths), ensure_ascii=False).encode())


@lru_cache(maxsize=2)
def catalogue_of(name: CatalogueName, seed: int) -> Catalogue:
    """The demo's catalogue, the house's 20 brands, or a random one of 400 SKUs, usual ones or many multipacks."""
    if name == "random":
        return random_catalogue(np.random.default_rng([seed, 7]), _RANDOM_SKUS)
    if name == "multipacks":
        return random_catalogue(np.random.default_rng([seed, 9]), _RANDOM_SKUS, IN_MULTIPACKS)
    return demo_catalogue() if name == "demo" else house_catalogue()


def _compose_one(job: ComposeJob, out: Path, number: int) -> None:
    rng = np.random.default_rng([job.seed, number])
    catalogue = catalogue_of(job.catalogue, job.seed)
    spec = random_scene(rng, catalogue, job.variety)
    if job.sold_down:
        spec = replace(spec, rows=sold_down(rng.spawn(1)[0], spec.rows, job.sold_down))
    scene = render(spec, catalogue, rng)
    name = photo_name(number)
    write_atomic(out / name, jpeg(scene.pixels, spec.sensor.jpeg_quality))
    write_atomic(scene_file(out, number), json.dumps(truth_of(scene, name), ensure_ascii=False).encode())


def truth_of(scene: RenderedScene, file: str) -> dict[str, Any]:
    """Everything known about a photo, as JSON."""
    height, width = scene.pixels.shape[:2]
    return {
        "file": file,
        "width": width,
        "height": height,
        "units": [asdict(unit) for unit in scene.units],
        "gaps": [asdict(gap) for gap in scene.gaps],
        "tags": [asdict(tag) for tag in scene.tags],
    }
