"""Are products put in the right row and place? Given the true boxes of rendered photos, so that only rows are judged.

Run it with `python -m bench.rows [LABELS.coco.json...]`; it prints JSON, by file and by the camera's mount. Without any
it reads those of the week that the demo replays. A product is in the right row where most products of its row found
are of its true row, and no other row found is; in the right place where it is also the same number of facings from the
left.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from bench.parts.running import run
from bench.parts.saying import say
from edge.vision.rows import lay_out
from facings.labels import other_category_ids
from models.coco import LEAST_VISIBLE

SHIPPED = "datasets/replays/week/labels.coco.json"
FEWEST = 4
"""Products on a photo under which there is nothing to order."""

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def judged(labels: list[dict[str, Any]]) -> tuple[Bools, Bools]:
    """For each product of a photo whether its row is right, and whether its row and place are."""
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in (label["bbox"] for label in labels)], np.float32)
    row, column = (np.array([label[key] for label in labels]) for key in ("row", "column"))
    layout = lay_out(boxes)
    mostly = {number: Counter(row[layout.row == number].tolist()).most_common(1)[0][0] for number in set(layout.row)}
    shared = Counter(mostly.values())
    found = np.array([mostly[number] for number in layout.row])
    right = (found == row) & (np.array([shared[number] for number in found]) == 1)
    placed = right.copy()
    for number in np.unique(row[right]):
        true, seen = _ranks(column, row == number), _ranks(layout.column, found == number)
        members = right & (row == number)
        placed[members] = true[members] == seen[members]
    return right, placed


def _ranks(column: Ints, members: Bools) -> Ints:
    """How many columns of the members lie left of each one's; of others it means nothing."""
    return np.searchsorted(np.unique(column[members]), column)


def figures(file: Path) -> dict[str, Any]:
    """The shares over a file's photos, and by the mount of their cameras."""
    coco = json.loads(file.read_text(encoding="utf-8"))
    others = other_category_ids(coco["categories"])
    by_photo: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for label in coco["annotations"]:
        if label["category_id"] not in others and label.get("visible_fraction", 1) >= LEAST_VISIBLE:
            by_photo[label["image_id"]].append(label)
    by_mount: dict[str, list[tuple[Bools, Bools]]] = defaultdict(list)
    for image in coco["images"]:
        if len(by_photo[image["id"]]) >= FEWEST:
            result = judged(by_photo[image["id"]])
            for name in ("all", image.get("camera", {}).get("mount", "front")):
                by_mount[name].append(result)
    return {name: _shares(results) for name, results in by_mount.items()}


def _shares(results: list[tuple[Bools, Bools]]) -> dict[str, Any]:
    row, placed = (np.concatenate(column) for column in zip(*results, strict=True))
    shares = {"row": round(float(row.mean()), 3), "row_and_place": round(float(placed.mean()), 3)}
    return {"photos": len(results), "products": len(row), **shares}


def main(files: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Judge the files named and print."""
    say({"files": {str(file): figures(file) for file in files or [Path(SHIPPED)]}})


if __name__ == "__main__":
    run(main)
