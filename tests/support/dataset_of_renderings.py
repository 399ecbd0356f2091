"""A data set of hand-made renderings through the real camera, labels and files; only the path tracer is left out.

Run as a program, it writes one and says a line per photo, so that a test can kill it in the middle:
`python -m tests.support.dataset_of_renderings DIR SCENES WORKERS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console

from datasets.render.develop import develop
from datasets.render.job import RenderJob, TakenScene, image_of, write_dataset
from datasets.render.labels import annotate
from datasets.render.stress import draw_stress, parse_stress
from tests.support.renderings import shelves

JOB = RenderJob(seed=3, stress="all=0-2", width=160, height=120)
LISTED = [
    *({"id": n, "name": name} for n, name in enumerate(("gap", "price-tag", "person", "foreign"), start=1)),
    *({"id": 11 + n, "name": f"sku-{n}", "supercategory": "product"} for n in range(20)),
]


def take(job: RenderJob, number: int) -> TakenScene:
    """Shelves, photographed."""
    rng = np.random.default_rng([job.seed, number])
    stress = draw_stress(parse_stress(job.stress), rng)
    rendering = shelves(job.width, job.height)
    photo = develop(rendering, stress, rng)
    labels = annotate(rendering, photo, LISTED)
    return TakenScene(photo.jpeg, {"image": image_of(number, stress, rendering, photo), "annotations": labels})


def take_aloud(job: RenderJob, number: int) -> TakenScene:
    """The same, told on standard output."""
    taken = take(job, number)
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
    return taken


def write(out: Path, scenes: int, workers: int = 1, job: RenderJob = JOB,
          taking: Callable[[RenderJob, int], TakenScene] = take) -> None:  # fmt: skip
    """Writes the first `scenes` photos."""
    write_dataset(job, partial(taking, job), scenes, LISTED, out, workers, Console(stderr=True, quiet=True))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), taking=take_aloud)
