"""The gallery of the demo's devices: pack shots, and a few pictures of each product cut from photos of coolers.

Any gallery gets better by a few pictures from the shelf: they show a product as small and as lit as the camera sees
it. They come from other worlds than the week that is measured, so no photo of the week is known beforehand.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import count, islice
from pathlib import Path

from rich.console import Console
from rich.progress import track

from datasets.compose.scene import RenderedScene
from datasets.files import png
from facings.files import write_atomic
from firmware_sim.world.photos import draw, look_of
from firmware_sim.world.state import ShelfState
from firmware_sim.world.week.job import Week, WeekJob, photo_times, simulate_week

PICTURES_PER_SKU = 4
MOST_PHOTOS = 24

_FIRST_WORLD = 90_000
_EVERY_PRODUCT = "bronze"
"""The class of outlets that sell competitors' products too."""

_WHOLE_FROM = 0.85
"""Share of a unit that shows where nothing but a shelf's edge hides it."""

CoolerShot = tuple[Week, int]
"""A week of another world, and the number of a cooler in it."""


def make_gallery(
    packshots: Path, out: Path, console: Console, take: Callable[[CoolerShot], RenderedScene] | None = None
) -> None:
    """Adds to the pack shots, and writes all to `out`, a folder per SKU; `take` photographs a cooler."""
    shutil.copytree(packshots, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    skus = [folder.name for folder in packshots.iterdir() if folder.is_dir()]
    taken: Counter[str] = Counter()
    for number, shot in enumerate(track(_shots(), "Gallery from shelves", total=MOST_PHOTOS, console=console)):
        if any(taken[sku] < PICTURES_PER_SKU for sku in skus):
            _cut((take or composed)(shot), number, out, taken)


def device_gallery(source: Path, job: WeekJob | None, out: Path, console: Console) -> None:
    """The gallery of the demo's devices: that of a shipped week, or pack shots with pictures from shelves added for a
    composed one; what the last run made of the same week is kept."""
    done, made_of = out / ".complete", json.dumps({"source": str(source), "job": asdict(job) if job else None})
    if done.exists() and done.read_text() == made_of:
        return
    shutil.rmtree(out, ignore_errors=True)
    if job:
        make_gallery(source, out, console)
    else:
        shutil.copytree(source, out)
    write_atomic(done, made_of)


def _shots() -> Iterator[CoolerShot]:
    """Coolers that hold many different products; each world has other favourites."""
    return islice(
        (
            (week, number)
            for seed in count(_FIRST_WORLD)
            for week in [simulate_week(WeekJob(coolers=8, outlets=8, days=1, photos_per_day=1, seed=seed))]
            for number, history in enumerate(week.histories)
            if history.outlet.outlet_class == _EVERY_PRODUCT
        ),
        MOST_PHOTOS,
    )


def shelf_of(shot: CoolerShot) -> ShelfState:
    """What stands in the cooler in the morning."""
    week, number = shot
    history = week.histories[number]
    return next(history.shelf_states(photo_times(history, week.job)))


def composed(shot: CoolerShot) -> RenderedScene:
    """A quickly composed photo of the cooler."""
    week, number = shot
    return draw(shelf_of(shot), week.plan.catalogue, look_of(week.histories[number].cooler, week.job.seed))


def _cut(scene: RenderedScene, number: int, out: Path, taken: Counter[str]) -> None:
    """Keep one picture of each product that is short of them: each from another cooler, so that they differ."""
    here: set[str] = set()
    for unit in scene.units:
        whole = unit.front and unit.level == 0 and unit.visible_fraction > _WHOLE_FROM
        if unit.box is None or not whole or unit.sku in here or taken[unit.sku] >= PICTURES_PER_SKU:
            continue
        x1, y1, x2, y2 = (round(edge) for edge in unit.box)
        write_atomic(out / unit.sku / f"shelf-{number:02d}.png", png(scene.pixels[y1:y2, x1:x2]))
        here.add(unit.sku)
        taken[unit.sku] += 1
