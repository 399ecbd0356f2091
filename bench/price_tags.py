"""Are prices read off the tags, and given to the right products? A day of composed coolers, whose tags are known.

Run it with `python -m bench.price_tags [coolers] [--seed 7]`; it prints JSON. The photos go through the whole chain,
with the gallery of the week, in 8 bits as on a cooler. A tag is found where its box overlaps one of the chain by 0.4;
of those found, `read` had a price that was sure enough, and `misread` of these another than the tag's. `owner_right` is
the share of the tags found that were given to the product that they are for; others were given to `another`, or to
none. `products_right` is the share of a cooler's tagged products of which most tags over the day say what they truly
say.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from bench.parts.running import Count, CountOption, run
from bench.parts.saying import say
from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.reading import ReadingPriceTag
from firmware_sim.world.week.files import write_week
from firmware_sim.world.week.job import WeekJob

OVERLAP = 0.4
PHOTOS_A_DAY = 4


def main(coolers: Count = 12, seed: CountOption = 7) -> None:
    """Compose, read, compare."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_week(WeekJob(coolers, coolers, 1, PHOTOS_A_DAY, seed), folder, 1, Console(quiet=True))
        chain = VisionChain(folder / "gallery")
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["photos"]
        say({"coolers": coolers, "photos": len(truth), **_judged(chain, folder, truth)})


def _judged(chain: VisionChain, folder: Path, photos: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    said: dict[tuple[str, str], Counter[float]] = defaultdict(Counter)
    true: dict[tuple[str, str], float] = {}
    for entry in photos:
        file = folder / "coolers" / entry["cooler"] / "photos" / _name(entry["at"])
        reading = chain.read(decode_photo(file.read_bytes()))
        size = np.array([reading.width, reading.height] * 2)
        left = list(reading.price_tags)
        for tag in entry["price_tags"]:
            true[entry["cooler"], tag["sku"]] = tag["price"]
            _judge(tag, _match(np.array(tag["box"]) / size, left), counts)
        counts["found_false"] += len(left)
        for one in reading.price_tags:
            if one.sku and one.price is not None:
                said[entry["cooler"], one.sku][one.price] += 1
    right = sum(bool(said[key]) and said[key].most_common(1)[0][0] == price for key, price in true.items())
    return _shares(counts) | {"products": len(true), "products_right": round(right / max(len(true), 1), 4)}


def _judge(tag: dict[str, Any], found: ReadingPriceTag | None, counts: Counter[str]) -> None:
    counts["tags"] += 1
    if found is None:
        return
    counts["found"] += 1
    counts["owner_right"] += found.sku == tag["sku"]
    counts["owner_another"] += found.sku not in (None, tag["sku"])
    counts["read"] += found.price is not None
    counts["misread"] += found.price is not None and abs(found.price - tag["price"]) > 0.005


def _match(box: np.ndarray[Any, Any], left: list[ReadingPriceTag]) -> ReadingPriceTag | None:
    """The tag of those `left` that overlaps a box most, which is taken from them."""
    best = max(left, key=lambda one: _overlap(box, np.array(one.box)), default=None)
    if best is None or _overlap(box, np.array(best.box)) < OVERLAP:
        return None
    left.remove(best)
    return best


def _overlap(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    both = np.prod(np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None))
    return float(both / (np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - both))


def _shares(counts: Counter[str]) -> dict[str, Any]:
    found, read = max(counts["found"], 1), max(counts["read"], 1)
    return {
        "tags": counts["tags"],
        "found": round(counts["found"] / max(counts["tags"], 1), 4),
        "found_false": counts["found_false"],
        "read": round(counts["read"] / found, 4),
        "misread": round(counts["misread"] / read, 4),
        "owner_right": round(counts["owner_right"] / found, 4),
        "owner_another": round(counts["owner_another"] / found, 4),
    }


def _name(at: str) -> str:
    return at.partition(".")[0].rstrip("Z").replace("-", "").replace(":", "") + "Z.jpg"


if __name__ == "__main__":
    run(main)
