"""The photo that vision is timed on: 960 x 1280 pixels, drawn, with about 60 products in view, and its gallery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from datasets.compose.export import ComposeJob, catalogue_of, compose_dataset
from datasets.compose.packshots import write_gallery
from models.coco import LEAST_VISIBLE

JOB = ComposeJob(seed=11, variety=0, catalogue="demo")
SCENES = 8
PRODUCTS = 60


@dataclass(frozen=True)
class DrawnPhoto:
    """A photo, how many products it shows (40% of each, at least), and the folder with pictures of their SKUs."""

    path: Path
    products: int
    gallery: Path


def drawn_photo(folder: Path) -> DrawnPhoto:
    """Draw some photos and a gallery under `folder`; the photo is the one nearest to 60 products."""
    quiet = Console(quiet=True)
    compose_dataset(JOB, SCENES, folder / "scenes", 1, quiet)
    write_gallery(catalogue_of(JOB.catalogue, JOB.seed), folder / "gallery", quiet)
    labels = json.loads((folder / "scenes" / "labels.coco.json").read_text(encoding="utf-8"))
    seen = {image["id"]: 0 for image in labels["images"]}
    for box in labels["annotations"]:
        seen[box["image_id"]] += box["visible_fraction"] >= LEAST_VISIBLE
    image = min(labels["images"], key=lambda image: abs(seen[image["id"]] - PRODUCTS))
    return DrawnPhoto(folder / "scenes" / image["file_name"], seen[image["id"]], folder / "gallery")
