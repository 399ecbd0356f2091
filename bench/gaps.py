"""Are empty places told where they are, and only there? What vision reads of labelled photos, against their labels.

Run it with `python -m bench.gaps [IMAGES LABELS.coco.json]...`; it prints JSON. Without any it reads the real shelves
of `datasets/checked/shelf_gaps.coco.json`.

A labelled gap is found where gaps that were told cover half of it. A gap told is right where labelled ones cover two
fifths of it: one that is told may span several places. Sure ones have a confidence from which the stock-out rules take
them for sure. Rendered labels say whether a lane is empty or its products are only pushed back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from bench.parts.running import run
from bench.parts.saying import say
from cloud.analytics.places import SURE_GAP
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from facings.errors import PhotoError

CHECKED = ("../shared/data", "datasets/checked/shelf_gaps.coco.json")
GAP = "gap"
FOUND_FROM, RIGHT_FROM = 0.5, 0.4

Box = npt.NDArray[np.float64]


def figures(chain: VisionChain, images: Path, labels: Path) -> dict[str, Any]:
    """Shares of labelled gaps found and of told gaps right, with how many there were, over the photos of a set."""
    coco = json.loads(labels.read_text(encoding="utf-8"))
    gaps = {category["id"] for category in coco["categories"] if category["name"] == GAP}
    by_photo: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for label in coco["annotations"]:
        if label["category_id"] in gaps:
            by_photo[label["image_id"]].append(label)
    seen: dict[str, list[bool]] = defaultdict(list)
    for image in coco["images"]:
        for kind, right in _judged(chain, images / image["file_name"], by_photo[image["id"]]):
            seen[kind].append(right)
    counted = {kind: {"gaps": len(of), "share": round(float(np.mean(of)), 3)} for kind, of in sorted(seen.items())}
    return {"photos": len(coco["images"]), **counted}


def _judged(chain: VisionChain, photo: Path, labels: list[dict[str, Any]]) -> Iterable[tuple[str, bool]]:
    """For each gap labelled whether it was found, and for each told whether it is right, by kind."""
    reading = chain.read(decode_photo(photo.read_bytes()))
    scale = np.array([reading.width, reading.height] * 2)
    told = [np.array(gap.box) * scale for gap in reading.gaps]
    true = [np.array([x, y, x + w, y + h], np.float64) for x, y, w, h in (label["bbox"] for label in labels)]
    for label, box in zip(labels, true, strict=True):
        kind = "found, empty" if label.get("lane_empty", True) else "found, products pushed back"
        yield kind, _covered(box, told) >= FOUND_FROM
    for gap, box in zip(reading.gaps, told, strict=True):
        kind = "right, sure" if gap.confidence >= SURE_GAP else "right, faint"
        yield kind, _covered(box, true) >= RIGHT_FROM


def _covered(box: Box, others: Iterable[Box]) -> float:
    """Share of a box that others cover, which do not overlap each other."""
    shared = (np.prod(np.clip(np.minimum(box[2:], o[2:]) - np.maximum(box[:2], o[:2]), 0, None)) for o in others)
    return float(sum(shared) / max(float(np.prod(box[2:] - box[:2])), 1e-9))


def main(files: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Read every set and print what came of it."""
    given = files or [Path(one) for one in CHECKED]
    if len(given) % 2:
        raise SystemExit("give a folder of photos and a label file, any number of times")
    chain = VisionChain()
    chain.load()
    try:
        found = {
            str(labels): figures(chain, images, labels) for images, labels in zip(given[::2], given[1::2], strict=True)
        }
    except (OSError, PhotoError) as error:
        raise SystemExit(f"cannot read the photos: {error}") from error
    say({"files": found})


if __name__ == "__main__":
    run(main)
