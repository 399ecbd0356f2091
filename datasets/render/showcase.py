"""A sheet of 24 photos over all furniture and all kinds of stress: `python -m datasets.render.showcase OUT.jpg`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from datasets.products.catalogues import house_catalogue
from datasets.render.photograph import photograph
from datasets.render.random_scenes import FURNITURE_KINDS, FurnitureKind, random_scene
from datasets.render.stress import Stress, StressKind
from datasets.sheet import tile, write_tiles
from facings.files import write_atomic

PHOTOS = 24
SIZE = (800, 600)
SEED = 24


def subjects() -> list[tuple[FurnitureKind, Stress]]:
    """Every kind of stress once, at level 2 or 3 by turns, and photos without any; the furniture goes round."""
    stressed = [Stress({kind: 2 + place % 2}) for place, kind in enumerate(StressKind)]
    calm = [Stress()] * (PHOTOS - len(stressed))
    # One calm photo after every second stressed one, so that all furniture is seen both ways.
    order = [stress for place, one in enumerate(stressed) for stress in (one, *(calm[:1] if place % 2 else []))]
    kinds = len(FURNITURE_KINDS)
    # Each round begins one further on, else the calm photos would all be of the same furniture.
    return [(FURNITURE_KINDS[(place + place // kinds) % kinds], stress) for place, stress in enumerate(order)]


def make_sheet(out: Path, console: Console) -> None:
    """Renders the photos and lays them out with captions."""
    catalogue, tiles = house_catalogue(), []
    with tempfile.TemporaryDirectory() as folder:
        for number, (furniture, stress) in enumerate(track(subjects(), "Photos", console=console)):
            rng = np.random.default_rng([SEED, number])
            scene = random_scene(rng, catalogue, stress, furniture)
            _, photo = photograph(scene, catalogue, rng, SIZE)
            file = Path(folder) / f"{number}.jpg"
            write_atomic(file, photo.jpeg)
            words = [f"{kind} {level}" for kind, level in stress.as_json().items()]
            tiles.append(tile(file, ", ".join([furniture, *words])))
    # Tall photos beside tall ones, so that rows are full.
    write_tiles(sorted(tiles, key=len), 4, out)


if __name__ == "__main__":
    make_sheet(Path(sys.argv[1]), Console(stderr=True))
