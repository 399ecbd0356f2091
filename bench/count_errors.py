"""How vision errs against the truth of composed scenes: facings missed by depth, false products, names, gaps.

Run it with `python -m bench.count_errors [--out firmware_sim/fleet/errors.json]`; it prints JSON. The simulated fleet
makes its observations with these figures. Scenes: 120 of the demo's catalogue, seed 77, variety 1, which no model saw;
in every second one a third of the lanes stands farther back, so that there are enough of those.

A gap may be as wide as several lanes, and a product that was not seen leaves room for one: so gaps are counted by the
lanes that they cover, empty ones and those whose first unit was not seen (`bench.parts.gap_tally`). Confidences are the
least, the nine deciles and the greatest.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from bench.parts.gap_tally import DEPTHS, GapTally, deciles
from bench.parts.running import run
from bench.parts.saying import say
from datasets.compose.export import truth_of
from datasets.compose.layouts import random_scene
from datasets.compose.packshots import write_gallery
from datasets.compose.scene import RenderedScene, render
from datasets.compose.spec import SceneSpec
from datasets.files import jpeg
from datasets.products.catalogues import demo_catalogue
from datasets.products.stock import Lane
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.reading import PlacedProduct, ShelfReading
from facings.files import write_atomic

SCENES, SEED, VARIETY = 120, 77, 1
STANDS_BACK = 1 / 3
"""Of the lanes of every second scene."""
SAME = 0.4
"""Overlap (intersection over union) from which two boxes are one product."""

Box = tuple[float, float, float, float]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / (areas - wide * high)


def matched(found: list[Box], there: list[Box], least: float) -> dict[int, int]:
    """Position of the box found -> position of the true one, the best overlap first, each once."""
    pairs = [(overlap(a, b), i, j) for i, a in enumerate(found) for j, b in enumerate(there)]
    result: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in sorted(pairs, reverse=True):
        if score < least:
            break
        if i not in result and j not in taken:
            result[i] = j
            taken.add(j)
    return result


class Tally:
    """What was seen of what was there, over all scenes."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.confidence: dict[str, list[float]] = {"right": [], "wrong": [], "unknown": [], "score": []}
        self.brand_of = {pack.sku: pack.brand for pack in demo_catalogue()}
        self.gaps = GapTally()

    def add(self, truth: dict[str, Any], reading: ShelfReading) -> None:
        """One scene."""
        width, height = truth["width"], truth["height"]
        numbers = [number for number, unit in enumerate(truth["units"]) if unit["box"]]
        units = [truth["units"][number] for number in numbers]
        boxes = [in_pixels(product.box, width, height) for product in reading.products]
        pairs = matched(boxes, [tuple(unit["box"]) for unit in units], SAME)
        seen = {numbers[there] for there in pairs.values()}
        first = {(unit["row"], unit["column"]): unit["depth"] for unit in truth["units"] if unit["front"]}
        for number, unit in enumerate(truth["units"]):
            self._unit(unit, first[unit["row"], unit["column"]], number in seen)
        for position, product in enumerate(reading.products):
            self.confidence["score"].append(product.score)
            if position in pairs:
                self._name(units[pairs[position]]["sku"], product)
            else:
                self.counts["false"] += 1
        self.gaps.add(truth, reading.gaps, seen)
        self.counts["photos"] += 1

    def _unit(self, unit: dict[str, Any], first: int, seen: bool) -> None:
        place = min(unit["depth"], DEPTHS - 1) if unit["front"] else min(unit["depth"] - first, DEPTHS) - 1
        kind = "front" if unit["front"] else "behind"
        self.counts[f"{kind} {place}"] += 1
        self.counts[f"{kind} {place} seen"] += seen

    def _name(self, sku: str, product: PlacedProduct) -> None:
        if product.sku is None:
            kind = "unknown"
        elif product.sku == sku:
            kind = "right"
        else:
            kind = "sister" if self.brand_of[product.sku] == self.brand_of[sku] else "other"
        self.counts[f"named {kind}"] += 1
        self.confidence[kind if kind in {"right", "unknown"} else "wrong"].append(product.sku_confidence)

    def result(self) -> dict[str, Any]:
        """The figures."""
        counts = self.counts + self.gaps.counts
        named = {kind: counts[f"named {kind}"] for kind in ("right", "unknown", "sister", "other")}
        total = sum(named.values())
        return {
            "photos": counts["photos"],
            "products": total,
            "front_seen": [share(counts, f"front {depth}") for depth in range(DEPTHS)],
            "behind_seen": [share(counts, f"behind {place}") for place in range(DEPTHS)],
            "false_per_photo": round(counts["false"] / counts["photos"], 4),
            "named": {kind: round(number / total, 4) for kind, number in named.items()},
            "gap_seen": share(counts, "gaps"),
            "gap_where_missed": [share(counts, f"missed {depth}") for depth in range(DEPTHS)],
            "gap_false_per_photo": round(counts["gaps false"] / counts["photos"], 4),
            "confidence": {kind: deciles(values) for kind, values in (self.confidence | self.gaps.confidence).items()},
            "counts": dict(sorted(counts.items())),
        }


def share(counts: Counter[str], of: str) -> float:
    """How many of them were seen; 0 where there was none."""
    return round(counts[f"{of} seen"] / counts[of], 4) if counts[of] else 0.0


def in_pixels(box: Box, width: int, height: int) -> Box:
    """Fractions to pixels."""
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def scenes() -> Iterator[tuple[SceneSpec, RenderedScene]]:
    """The scenes; in every second one lanes stand back."""
    for number in range(SCENES):
        chance = np.random.default_rng([SEED, number])
        spec = random_scene(chance, demo_catalogue(), VARIETY)
        if number % 2:
            rows = tuple(tuple(stood_back(lane, chance) for lane in row) for row in spec.rows)
            spec = replace(spec, rows=rows)
        yield spec, render(spec, demo_catalogue(), chance)


def stood_back(lane: Lane, chance: np.random.Generator) -> Lane:
    """Now and then the lane with its units as far back as they go, the first of them taken or not."""
    units = [unit for unit in lane.places if unit]
    if not units or chance.random() > STANDS_BACK:
        return lane
    left = units[: int(chance.integers(1, len(units) + 1))]
    return replace(lane, places=(*[None] * (len(lane.places) - len(left)), *left))


def main(out: Path | None = None) -> None:
    """Measure and print, and write into the file `out`."""
    cv2.setNumThreads(1)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        write_gallery(demo_catalogue(), Path(folder), Console(stderr=True))
        chain = VisionChain(gallery=Path(folder), threads=1)
        chain.load()
        for number, (spec, scene) in enumerate(scenes()):
            reading = chain.read(decode_photo(jpeg(scene.pixels, spec.sensor.jpeg_quality)))
            tally.add(truth_of(scene, f"{number}.jpg"), reading)
    scene_of = {"catalogue": "demo", "seed": SEED, "variety": VARIETY}
    figures = {"command": "python -m bench.count_errors", "scenes": scene_of, **tally.result()}
    if out:
        write_atomic(out, json.dumps(figures, indent=1) + "\n")
    say(figures)


if __name__ == "__main__":
    run(main)
