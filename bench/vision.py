"""One 960x1280 photo through the vision chain on one thread: milliseconds by stage, and total over raw ONNX time.

Run it with `python -m bench.vision`; it prints JSON. `total_over_sessions` is the ratio to judge: what the chain adds
to the time that the models need by themselves, measured in the same run.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import psutil
from typer.testing import CliRunner

from datasets.cli import app as datasets_app
from edge.vision import chain as stages
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.zoo import LoadedModel

RUNS = 15
STAGES = ("judge", "detect", "embed", "arrange")
spent: dict[str, list[float]] = defaultdict(list)


def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """`work`, with its milliseconds noted under `name`."""

    def run(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return work(*arguments)
        finally:
            spent[name].append((time.perf_counter() - began) * 1000)

    return run


def rendered(folder: Path) -> tuple[Path, Path]:
    """A photo and a gallery."""
    for arguments in (
        ["compose", "--scenes", "1", "--variety", "0", "--seed", "11", "--out", str(folder / "scenes")],
        ["packshots", "--out", str(folder / "gallery")],
    ):
        done = CliRunner().invoke(datasets_app, arguments)
        assert done.exit_code == 0, done.output
    return next((folder / "scenes" / "images").glob("*.jpg")), folder / "gallery"


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        picture, gallery = rendered(Path(folder))
        encoded = picture.read_bytes()
        chain = VisionChain(gallery=gallery, threads=1)
        chain.load()
        chain.read(decode_photo(encoded))
        for stage in STAGES:
            setattr(stages, stage, timed(stage, getattr(stages, stage)))
        LoadedModel.run = timed("sessions", LoadedModel.run)  # type: ignore[method-assign]
        totals, sessions = [], []
        for _ in range(RUNS):
            spent["sessions"].clear()
            began = time.perf_counter()
            photo = timed("decode", decode_photo)(encoded)
            reading = chain.read(photo)
            totals.append((time.perf_counter() - began) * 1000)
            sessions.append(sum(spent["sessions"]))
    result = {
        "photo": [photo.width, photo.height],
        "products": len(reading.products),
        "runs": RUNS,
        "ms": {stage: round(statistics.median(spent[stage]), 1) for stage in ("decode", *STAGES)},
        "total_ms": round(statistics.median(totals), 1),
        "sessions_ms": round(statistics.median(sessions), 1),
        "total_over_sessions": round(statistics.median(t / s for t, s in zip(totals, sessions, strict=True)), 3),
        "resident_mb": round(psutil.Process().memory_info().rss / 1e6),
    }
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
