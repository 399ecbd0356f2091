"""One 960 x 1280 photo with about 60 products through the vision chain on one thread: `python -m bench.vision`.

Prints JSON. Every figure in milliseconds is processor time, so that other work on the machine counts little.

- `ms`, `total_ms`: each stage, and all of them; `total_over_sessions`: what the chain adds to what the models need.
- `ultralytics`: its own `predict` of the same photo on one thread, with its FP32 ONNX export of yolo11n (see
  `bench.parts.predict`), and how many times as fast our detector finds its products in the same pixels, with the two
  looks it takes and with one. They take turns, so that all meet the same machine. Where ultralytics is not installed,
  the reason stands there.
- `one_look_ms`: finding the products with one look only.
- `daemon`: memory of the edge daemon that reads this photo.
"""

from __future__ import annotations

import edge  # noqa: F401  # isort: skip - before numpy, which then keeps to one thread

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2

from bench.parts.daemon import daemon_memory
from bench.parts.drawn import drawn_photo
from bench.parts.rival import WAYS, Rival, rival
from bench.parts.saying import say
from edge.vision import chain as stages
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.detect import survey
from edge.vision.reading import ShelfReading
from edge.vision.zoo import LoadedModel, load_session, zoo_folder
from facings.errors import UnavailableError

RUNS = 15
STAGES = ("decode", "judge", "survey", "read_prices", "embed", "arrange")
spent: dict[str, list[float]] = defaultdict(list)


def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """`work`, with its processor milliseconds noted under `name`."""

    def run(*arguments: Any) -> Any:
        began = time.process_time()
        try:
            return work(*arguments)
        finally:
            spent[name].append((time.process_time() - began) * 1000)

    return run


def note_stages() -> None:
    """Note the time of each stage of every chain from now on, and of each run of a model."""
    for stage in STAGES[1:]:
        setattr(stages, stage, timed(stage, getattr(stages, stage)))
    LoadedModel.run = timed("session", LoadedModel.run)  # type: ignore[method-assign]


def read_once(chain: VisionChain, encoded: bytes) -> ShelfReading:
    """Read a photo, and note what all of it took and what of that its models."""
    spent["session"].clear()
    began = time.process_time()
    reading = chain.read(timed("decode", decode_photo)(encoded))
    spent["total"].append((time.process_time() - began) * 1000)
    spent["sessions"].append(sum(spent["session"]))
    return reading


def chain_figures(reading: ShelfReading) -> dict[str, Any]:
    """Medians of what was noted."""
    ratios = [total / raw for total, raw in zip(spent["total"], spent["sessions"], strict=True)]
    return {
        "found": len(reading.products),
        "price_tags": len(reading.price_tags),
        "ms": {stage: _median(stage) for stage in STAGES},
        "total_ms": _median("total"),
        "sessions_ms": _median("sessions"),
        "total_over_sessions": round(statistics.median(ratios), 3),
    }


def look_once(detector: LoadedModel, encoded: bytes) -> None:
    """Find the products by one look only, and note its time."""
    timed("one look", survey)(detector, decode_photo(encoded).pixels)


def against(other: Rival, chain: VisionChain, detector: LoadedModel, encoded: bytes) -> dict[str, Any]:
    """Medians of ultralytics' times, and of how many times as fast each of our looks was."""
    theirs: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(RUNS):
        for way in WAYS:
            theirs[way].append(other.predict_ms(way))
        read_once(chain, encoded)
        look_once(detector, encoded)
    return {
        way: {
            "predict_ms": round(statistics.median(theirs[way]), 1),
            "times_as_fast": _times_as_fast(theirs[way], spent["survey"]),
            "one_look_times_as_fast": _times_as_fast(theirs[way], spent["one look"]),
        }
        for way in WAYS
    }


def _times_as_fast(theirs: list[float], ours: list[float]) -> float:
    return round(statistics.median(t / o for t, o in zip(theirs, ours, strict=True)), 2)


def _median(name: str) -> float:
    return round(statistics.median(spent[name]), 1)


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        photo = drawn_photo(Path(folder))
        encoded = photo.path.read_bytes()
        chain = VisionChain(gallery=photo.gallery, threads=1)
        detector = load_session(zoo_folder() / stages.DETECTOR, precision="int8").looking(second_look=0.0)
        reading = chain.read(decode_photo(encoded))
        note_stages()
        try:
            with rival(photo.path) as other:
                compared: Any = against(other, chain, detector, encoded)
        except UnavailableError as error:
            compared = str(error)
            for _ in range(RUNS):
                read_once(chain, encoded)
                look_once(detector, encoded)
        memory = daemon_memory(photo.path, photo.gallery)
    figures = {
        "photo": {"width": reading.width, "height": reading.height, "products": photo.products},
        "runs": RUNS,
        **chain_figures(reading),
        "one_look_ms": _median("one look"),
        "ultralytics": compared,
        "daemon": asdict(memory),
    }
    say(figures)


if __name__ == "__main__":
    main()
