"""How vision errs against the truth of composed scenes: facings missed by depth, false products, names, gaps.

Run it with `python -m bench.count_errors [--out firmware_sim/fleet/errors.json]`; it prints JSON. The simulated fleet
makes its observations with these figures. Scenes: 60 of the demo's catalogue, seed 77, variety 1, which no model saw.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from typer.testing import CliRunner

from datasets.cli import app as datasets_app
from datasets.products.catalogues import demo_catalogue
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.reading import PlacedProduct, ShelfReading

SCENES, SEED, VARIETY = 60, 77, 1
SAME, SAME_GAP = 0.4, 0.3
"""Overlap (intersection over union) from which two boxes are one product, or one gap."""
DEPTHS = 4
"""Places from the front that are told apart; what is farther counts with the last."""

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

    def add(self, truth: dict[str, Any], reading: ShelfReading) -> None:
        """One scene."""
        width, height = truth["width"], truth["height"]
        units = [unit for unit in truth["units"] if unit["box"]]
        boxes = [in_pixels(product.box, width, height) for product in reading.products]
        pairs = matched(boxes, [tuple(unit["box"]) for unit in units], SAME)
        seen = {id(units[there]) for there in pairs.values()}
        first = {(unit["row"], unit["column"]): unit["depth"] for unit in truth["units"] if unit["front"]}
        for unit in truth["units"]:
            self._unit(unit, first[unit["row"], unit["column"]], id(unit) in seen)
        for position, product in enumerate(reading.products):
            self.confidence["score"].append(product.score)
            if position in pairs:
                self._name(units[pairs[position]]["sku"], product)
            else:
                self.counts["false"] += 1
        self._gaps(truth["gaps"], [in_pixels(gap.box, width, height) for gap in reading.gaps])
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

    def _gaps(self, there: list[dict[str, Any]], found: list[Box]) -> None:
        empty = [tuple(gap["box"]) for gap in there if gap["empty"]]
        pairs = matched(found, empty, SAME_GAP)  # type: ignore[arg-type]  # four numbers each
        self.counts["gaps"] += len(empty)
        self.counts["gaps seen"] += len(pairs)
        self.counts["gaps false"] += len(found) - len(pairs)

    def result(self) -> dict[str, Any]:
        """The figures."""
        counts = self.counts
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
            "gap_false_per_photo": round(counts["gaps false"] / counts["photos"], 4),
            "confidence": {
                kind: round(float(np.mean(values)), 4) if values else 0.0 for kind, values in self.confidence.items()
            },
            "counts": dict(sorted(counts.items())),
        }


def share(counts: Counter[str], of: str) -> float:
    """How many of them were seen; 0 where there was none."""
    return round(counts[f"{of} seen"] / counts[of], 4) if counts[of] else 0.0


def in_pixels(box: Box, width: int, height: int) -> Box:
    """Fractions to pixels."""
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        scenes, gallery = Path(folder) / "scenes", Path(folder) / "gallery"
        options = ["--scenes", str(SCENES), "--seed", str(SEED), "--variety", str(VARIETY)]
        for arguments in (["compose", *options, "--out", str(scenes)], ["packshots", "--out", str(gallery)]):
            done = CliRunner().invoke(datasets_app, arguments)
            assert done.exit_code == 0, done.output
        chain = VisionChain(gallery=gallery, threads=1)
        chain.load()
        for line in (scenes / "truth.jsonl").read_text().splitlines():
            truth = json.loads(line)
            tally.add(truth, chain.read(decode_photo((scenes / truth["file"]).read_bytes())))
    scene = {"catalogue": "demo", "seed": SEED, "variety": VARIETY}
    text = json.dumps({"command": "python -m bench.count_errors", "scenes": scene, **tally.result()}, indent=1) + "\n"
    if "--out" in sys.argv:
        Path(sys.argv[sys.argv.index("--out") + 1]).write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
