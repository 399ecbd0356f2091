"""Photo-real photos on this machine: seconds of each part at 1280x960, and photos per hour of `datasets render`.

Run it with `python -m bench.render [SCENES]`; it prints JSON. The parts are medians over scenes in one process that may
use all cores, after a first scene that compiles the kernels of the renderer. Photos per hour are of whole runs of the
command, start and kernels included, with one process on all cores and with one process for each core. Beside other
load, compare the seconds of CPU.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.parts.running import Count, run
from bench.parts.saying import say
from datasets.render import job as jobs
from datasets.render import paint, photograph, things
from datasets.render.job import RenderJob, render_dataset, take_scene

SCENES = 6
JOB = RenderJob(seed=11, stress="all=0-2")
PARTS = {
    "build": [(jobs, "catalogue_of"), (paint, "put_up"), (paint, "assemble")],
    "light": [(paint, "painted")],
    "denoise": [(paint, "denoised")],
    "labels": [(paint, "things_shown"), (things, "things_of"), (things, "places_of"), (jobs, "annotate")],
    "develop": [(photograph, "develop")],
}
spent: dict[str, float] = defaultdict(float)


def timed(part: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """`work`, with its seconds added to `part`."""

    def noted(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return work(*arguments, **named)
        finally:
            spent[part] += time.perf_counter() - began

    return noted


def parts(scenes: int) -> dict[str, float]:
    """Median seconds of each part over scenes, and of the whole photo."""
    for part, places in PARTS.items():
        for module, name in places:
            setattr(module, name, timed(part, getattr(module, name)))
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(scenes + 1):
        spent.clear()
        began = time.perf_counter()
        take_scene(JOB, number)
        whole = time.perf_counter() - began
        if number:
            spent["light"] -= spent["denoise"]
            for part in PARTS:
                taken[part].append(spent[part])
            taken["photo"].append(whole)
    return {part: round(statistics.median(seconds), 2) for part, seconds in taken.items()}


def whole_run(scenes: int, workers: int) -> dict[str, float]:
    """Photos per hour of a whole run, and what a photo costs of all cores together."""
    with tempfile.TemporaryDirectory() as folder:
        began, before = time.perf_counter(), cpu_seconds()
        render_dataset(JOB, scenes, Path(folder) / "set", workers, Console(stderr=True))
        hourly = scenes * 3600 / (time.perf_counter() - began)
        return {"photos_per_hour": round(hourly, 1), "cpu_s_per_photo": round((cpu_seconds() - before) / scenes, 1)}


def cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main(scenes: Count = SCENES) -> None:
    """Measure and print."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    runs = {f"{cores} processes": whole_run(scenes, cores), "1 process": whole_run(scenes, 1)}
    result = {
        "size": [JOB.width, JOB.height],
        "samples": JOB.samples,
        "scenes": scenes,
        "cores": cores,
        "load_before": round(load, 2),
        "runs": runs,
        "seconds_per_photo": parts(scenes),
    }
    say(result)


if __name__ == "__main__":
    run(main)
