"""`facings datasets render`: a data set of photo-real scenes, written a scene at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from rich.console import Console

from datasets.files import claim_scenes, photo_name, scene_file
from datasets.parallel import for_each
from datasets.products.catalogues import IN_MULTIPACKS, demo_catalogue, house_catalogue, random_catalogue
from datasets.products.packs import Catalogue
from datasets.render.develop import Developed
from datasets.render.labels import Coco, annotate, categories, rows
from datasets.render.photograph import photograph
from datasets.render.rendering import SAMPLES, Mount, Rendering
from datasets.render.splits import split_of, stock_of, unseen_skus
from datasets.render.stress import Stress, draw_stress, parse_stress
from datasets.render.write import write_labels, write_scene
from facings.errors import BadInputError, FacingsError

if TYPE_CHECKING:
    from datasets.render.random_scenes import FurnitureKind

CatalogueName = Literal["house", "random", "multipacks", "demo"]
_RANDOM_SKUS = 400
_STRESS, _SCENE, _CAMERA = 1, 2, 3
"""Draws of one scene, each from its own numbers, so that a change of one leaves the others as they were."""


@dataclass(frozen=True)
class RenderJob:
    """What a data set is rendered from; the same job gives the same labels and the same truth.

    Attributes:
        seed: of everything that is drawn.
        stress: as `parse_stress` reads it.
        catalogue: which products.
        furniture: what they stand in; empty: anything.
        width, height: of the photos, before a low resolution; upright where the scene is.
        samples: paths of light per pixel.
        camera: where it is mounted; empty: anywhere that the furniture allows.
        sold_down: share of the lanes whose units stand at the back, as where shoppers take from the front.
    """

    seed: int
    stress: str = ""
    catalogue: CatalogueName = "house"
    furniture: str = ""
    width: int = 1280
    height: int = 960
    samples: int = SAMPLES
    camera: str = ""
    sold_down: float = 0.0


@dataclass(frozen=True)
class TakenScene:
    """A photo as a file, and everything known about it."""

    jpeg: bytes
    known: Coco


def render_dataset(job: RenderJob, scenes: int, out: Path, workers: int, console: Console) -> None:
    """Renders the scenes that are not there yet, then writes the labels of all.

    Raises:
        BadInputError: an unknown stress, furniture or camera, or a folder that holds the output of another job.
        FacingsError: the renderer is not installed.
    """
    parse_stress(job.stress)
    require_renderer()
    furniture_of(job)
    mount_of(job)
    catalogue = catalogue_of(job.catalogue, job.seed)
    listed = categories(catalogue, unseen_skus(catalogue, job.seed))
    begin = partial(use_threads, max(1, (os.cpu_count() or 1) // workers))
    write_dataset(job, partial(take_scene, job), scenes, listed, out, workers, console, begin)


def write_dataset(job: RenderJob, take: Callable[[int], TakenScene], scenes: int, listed: list[Coco], out: Path,
                  workers: int, console: Console, begin: Callable[[], None] | None = None) -> None:  # fmt: skip
    """Writes the scenes that `take` makes of their numbers, leaving out those that are there, then their labels.

    Each of several workers first calls `begin`.
    """
    claim_scenes(out, asdict(job))
    missing = [number for number in range(scenes) if not scene_file(out, number).exists()]
    for_each(partial(_write, take, out), missing, workers, "Rendering scenes", console, begin)
    write_labels(out, scenes, listed, {"description": "Rendered by facings datasets render", "job": asdict(job)})


def _write(take: Callable[[int], TakenScene], out: Path, number: int) -> None:
    taken = take(number)
    write_scene(out, number, taken.jpeg, taken.known)


def use_threads(count: int) -> None:
    """Lets this process render with so many threads, so that processes side by side do not get in each other's way."""
    import drjit  # noqa: PLC0415

    os.environ["OIDN_NUM_THREADS"] = str(count)
    os.environ["OIDN_SET_AFFINITY"] = "0"  # else each process pins its threads to the same first cores
    drjit.set_thread_count(count)


def require_renderer() -> None:
    """Raises `FacingsError` where Mitsuba or the denoiser is not installed."""
    missing = [name for name in ("mitsuba", "pyoidn") if find_spec(name) is None]
    if missing:
        raise FacingsError(f"rendering needs {' and '.join(missing)}: install with pip install 'facings[render]'")


def furniture_of(job: RenderJob) -> FurnitureKind | None:
    """The furniture that is asked for, None for any.

    Raises:
        BadInputError: there is none of that name.
    """
    from datasets.render.random_scenes import FurnitureKind  # noqa: PLC0415 - Mitsuba

    kinds: tuple[FurnitureKind, ...] = get_args(FurnitureKind)
    found = next((kind for kind in kinds if kind == job.furniture), None)
    if job.furniture and found is None:
        raise BadInputError(f"{job.furniture!r} is no furniture: choose from {', '.join(kinds)}")
    return found


def mount_of(job: RenderJob) -> Mount | None:
    """Where the camera is to hang, None for anywhere.

    Raises:
        BadInputError: there is no such place, or the furniture that is asked for has none.
    """
    from datasets.render.cameras import mounts  # noqa: PLC0415 - Mitsuba

    places = mounts(job.furniture) if job.furniture else get_args(Mount)
    found = next((mount for mount in places if mount == job.camera), None)
    if job.camera and found is None:
        whose = f" of {job.furniture}" if job.furniture else ""
        raise BadInputError(f"{job.camera!r} is no place of a camera{whose}: choose from {', '.join(places)}")
    return found


@lru_cache(maxsize=2)
def catalogue_of(name: CatalogueName, seed: int) -> Catalogue:
    """The house's own brands, 400 random SKUs drawn by the seed, as many with many multipacks, or the demo's 24."""
    if name == "demo":
        return demo_catalogue()
    if name == "multipacks":
        return random_catalogue(np.random.default_rng([seed, 9]), _RANDOM_SKUS, IN_MULTIPACKS)
    return house_catalogue() if name == "house" else random_catalogue(np.random.default_rng([seed, 7]), _RANDOM_SKUS)


def take_scene(job: RenderJob, number: int) -> TakenScene:
    """Draws a scene by its number, renders it and takes its photo."""
    from datasets.render.random_scenes import random_scene  # noqa: PLC0415 - Mitsuba
    from datasets.render.truth import scene_truth  # noqa: PLC0415

    stress = draw_stress(parse_stress(job.stress), _rng(job, number, _STRESS))
    catalogue = catalogue_of(job.catalogue, job.seed)
    stock = stock_of(catalogue, split_of(number), unseen_skus(catalogue, job.seed))
    scene = random_scene(_rng(job, number, _SCENE), stock, stress, furniture_of(job), mount_of(job), job.sold_down)
    rendering, photo = photograph(scene, stock, _rng(job, number, _CAMERA), (job.width, job.height), job.samples)
    known = {
        "image": image_of(number, stress, rendering, photo),
        "annotations": annotate(rendering, photo, categories(catalogue)),
        "photo": photo.settings,
        "truth": scene_truth(scene, rendering),
    }
    return TakenScene(photo.jpeg, known)


def image_of(number: int, stress: Stress, rendering: Rendering, photo: Developed) -> Coco:
    """COCO's entry of a photo, with what we add: split, furniture, stress, camera and rows."""
    return {
        "id": number + 1,
        "file_name": photo_name(number),
        "width": photo.warp.lens.width,
        "height": photo.warp.lens.height,
        "split": split_of(number),
        "furniture": rendering.furniture,
        "stress": stress.as_json(),
        "camera": photo.warp.as_json(),
        "rows": rows(rendering, photo.warp),
    }


def _rng(job: RenderJob, number: int, draw: int) -> np.random.Generator:
    return np.random.default_rng([job.seed, number, draw])
