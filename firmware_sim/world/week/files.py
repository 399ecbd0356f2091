"""Writes a simulated week to a folder; docs/simulator.md describes its files."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from rich.console import Console

from datasets.compose.packshots import write_gallery
from datasets.compose.scene import RenderedScene
from datasets.files import claim_folder, jpeg, sha256_of
from datasets.parallel import for_each
from facings.files import write_atomic
from facings.replay import REPLAY_FILE, ReplayManifest, ReplayPhoto
from firmware_sim.world.history import CoolerHistory
from firmware_sim.world.photos import JPEG_QUALITY, draw, look_of, photo_truth
from firmware_sim.world.state import ShelfState
from firmware_sim.world.week.job import Week, WeekJob, photo_times, simulate_week
from firmware_sim.world.week.truth import catalogue_json, outlets_json, truth_json

_WORLD_VERSION = 2
"""A folder of an older simulator is not mixed with this one's."""

_QUALITY = {"compose": JPEG_QUALITY, "mitsuba": 80}
"""Rendered photos have finer grain, which at a camera's usual quality would double the size of a shipped week."""


def write_week(job: WeekJob, out: Path, workers: int, console: Console) -> Week:
    """Simulates the week and writes it under `out`; a stopped run goes on where it was.

    Raises:
        BadInputError: the folder holds a week of another job.
    """
    claim_folder(out, {"world": _WORLD_VERSION, **asdict(job)})
    week = simulate_week(job)
    _write_json(out / "catalogue.json", catalogue_json(week.plan.catalogue))
    _write_json(out / "outlets.json", outlets_json(week))
    write_gallery(week.plan.catalogue, out / "gallery", console)
    photos = [
        (number, index)
        for number, history in enumerate(week.histories)
        for index, at in enumerate(photo_times(history, job))
        if not _truth_file(out, history, at).exists()
    ]
    for_each(partial(_write_photo, job, out), photos, workers, "Photos", console)
    truths = [_photo_truths(out, history, job) for history in week.histories]
    for history, of_cooler in zip(week.histories, truths, strict=True):
        _write_manifest(out, history, of_cooler)
    _write_json(out / "truth.json", truth_json(week, [photo for of_cooler in truths for photo in of_cooler]))
    return week


def _write_json(path: Path, content: Any) -> None:
    write_atomic(path, json.dumps(content, ensure_ascii=False, indent=1).encode())


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _truth_file(out: Path, history: CoolerHistory, at: datetime) -> Path:
    return out / "coolers" / history.cooler.id / "truth" / f"{_stamp(at)}.json"


@lru_cache(maxsize=128)
def _states(job: WeekJob, number: int) -> tuple[ShelfState, ...]:
    history = simulate_week(job).histories[number]
    return tuple(history.shelf_states(photo_times(history, job)))


def _write_photo(job: WeekJob, out: Path, which: tuple[int, int]) -> None:
    number, index = which
    history, state = simulate_week(job).histories[number], _states(job, number)[index]
    scene = _take(job, state, history)
    content = jpeg(scene.pixels, _QUALITY[job.renderer])
    file = f"photos/{_stamp(state.at)}.jpg"
    write_atomic(out / "coolers" / history.cooler.id / file, content)
    truth = photo_truth(state, scene)
    truth |= {"file": file, "sha256": sha256_of(content), "bytes": len(content)}
    truth["units"] = [asdict(unit) for unit in scene.units]
    # The truth is written last: where it is, the photo is whole.
    write_atomic(_truth_file(out, history, state.at), json.dumps(truth, ensure_ascii=False).encode())


def _take(job: WeekJob, state: ShelfState, history: CoolerHistory) -> RenderedScene:
    catalogue, look = simulate_week(job).plan.catalogue, look_of(history.cooler, job.seed)
    if job.renderer == "compose":
        return draw(state, catalogue, look)
    from firmware_sim.world.photoreal import render_photo  # noqa: PLC0415 - Mitsuba, where it is asked for

    return render_photo(state, catalogue, look)


def _photo_truths(out: Path, history: CoolerHistory, job: WeekJob) -> list[dict[str, Any]]:
    """The truth of each photo of a cooler, without its units."""
    files = (_truth_file(out, history, at) for at in photo_times(history, job))
    truths = [json.loads(file.read_text()) for file in files]
    for truth in truths:
        del truth["units"]
    return truths


def _write_manifest(out: Path, history: CoolerHistory, truths: list[dict[str, Any]]) -> None:
    entries = tuple(
        ReplayPhoto(at=truth["at"], file=truth["file"], sha256=truth["sha256"], bytes=truth["bytes"])
        for truth in truths
    )
    manifest = ReplayManifest(cooler=history.cooler.id, entries=entries)
    write_atomic(out / "coolers" / history.cooler.id / REPLAY_FILE, manifest.model_dump_json(indent=1).encode())
