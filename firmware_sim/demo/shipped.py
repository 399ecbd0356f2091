"""The photo-real week that comes with Facings, and how it was made: `python -m firmware_sim.demo.shipped`.

Made anew it takes an hour of a core. A change of packs, scenes or world need not change it: it is a recording.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from datasets.compose.scene import RenderedScene
from datasets.files import jpeg
from datasets.products.arrays import Pixels
from facings.errors import BadInputError
from facings.files import whole_folder, write_atomic
from facings.heights import HEIGHTS_NAME, heights_csv
from facings.labels import PRODUCT
from facings.replay import REPLAY_FILE
from firmware_sim.demo.gallery import CoolerShot, make_gallery, shelf_of
from firmware_sim.world.photos import look_of
from firmware_sim.world.week.files import write_week
from firmware_sim.world.week.job import WeekJob, simulate_week

SHIPPED = Path(__file__).parents[2] / "datasets" / "replays" / "week"
JOB = WeekJob(coolers=8, outlets=6, days=7, photos_per_day=3, seed=4, renderer="mitsuba")
LARGEST_MB = 25.0

_WORK = Path("runs/replay-week")
_PICTURE_QUALITY = 92
_LABELLED_FROM = 0.1
_KEPT = ("row", "column", "depth", "level", "front", "visible_fraction")


def ship(out: Path, work: Path, console: Console) -> None:
    """Renders the week in `work`, where a stopped run goes on, and writes what of it is shipped to `out`.

    Raises:
        BadInputError: it would be larger than what may be shipped.
    """
    write_week(JOB, work, 1, console)
    gallery = work / "with-shelves"
    if not gallery.exists():
        _write_gallery(work, gallery, console)
    with whole_folder(out) as part:
        _copy_week(work, gallery, part)
        megabytes = sum(file.stat().st_size for file in part.rglob("*") if file.is_file()) / 1e6
        if megabytes > LARGEST_MB:
            raise BadInputError(f"the week has {megabytes:.1f} MB, more than {LARGEST_MB:g}: make a smaller one")
        shutil.rmtree(out, ignore_errors=True)
    console.print(f"{megabytes:.1f} MB in {out}")


def _copy_week(work: Path, gallery: Path, out: Path) -> None:
    for name in ("catalogue.json", "outlets.json", "truth.json"):
        write_atomic(out / name, _compact(work / name))
    products = json.loads((work / "catalogue.json").read_text(encoding="utf-8"))["products"]
    heights = heights_csv({product["sku"]: product["height_mm"] for product in products})
    write_atomic(out / "gallery" / HEIGHTS_NAME, heights)
    for picture in sorted(gallery.glob("*/*.png")):
        target = out / "gallery" / picture.parent.name / f"{picture.stem}.jpg"
        write_atomic(target, jpeg(_pixels(picture), _PICTURE_QUALITY))
    for cooler in sorted((work / "coolers").iterdir()):
        shutil.copytree(cooler / "photos", out / "coolers" / cooler.name / "photos")
        shutil.copy(cooler / REPLAY_FILE, out / "coolers" / cooler.name)
    write_atomic(out / "labels.coco.json", json.dumps(_labels(work), separators=(",", ":")))


def _write_gallery(work: Path, gallery: Path, console: Console) -> None:
    from datasets.render import packshots  # noqa: PLC0415 - Mitsuba, where a week is made anew

    shots = work / "packshots"
    packshots.write_gallery(simulate_week(JOB).plan.catalogue, shots, console)
    with whole_folder(gallery) as part:
        make_gallery(shots, part, console, _rendered)


def _rendered(shot: CoolerShot) -> RenderedScene:
    from firmware_sim.world.photoreal import render_photo  # noqa: PLC0415

    week, number = shot
    return render_photo(shelf_of(shot), week.plan.catalogue, look_of(week.histories[number].cooler, week.job.seed))


def _compact(file: Path) -> bytes:
    return json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":")).encode()


def _labels(work: Path) -> dict[str, Any]:
    """Boxes of all that shows, a category per SKU, in COCO's form."""
    skus = sorted(product["sku"] for product in json.loads((work / "catalogue.json").read_text())["products"])
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, file in enumerate(sorted((work / "coolers").glob("*/truth/*.json")), start=1):
        truth = json.loads(file.read_text(encoding="utf-8"))
        photo = work / "coolers" / truth["cooler"] / truth["file"]
        height, width = _pixels(photo).shape[:2]
        images.append({"id": number, "file_name": str(photo.relative_to(work)), "width": width, "height": height})
        for unit in truth["units"]:
            if unit["box"] and unit["visible_fraction"] >= _LABELLED_FROM:
                category = skus.index(unit["sku"]) + 1
                annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": category,
                                    **_box(unit), **{key: unit[key] for key in _KEPT}})  # fmt: skip
    categories = [{"id": i, "name": sku, "supercategory": PRODUCT} for i, sku in enumerate(skus, start=1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def _pixels(picture: Path) -> Pixels:
    return np.asarray(cv2.imread(str(picture), cv2.IMREAD_COLOR), np.uint8)


def _box(unit: dict[str, Any]) -> dict[str, Any]:
    x1, y1, x2, y2 = unit["box"]
    width, height = round(x2 - x1, 1), round(y2 - y1, 1)
    return {"iscrowd": 0, "bbox": [x1, y1, width, height], "area": round(width * height, 1)}


if __name__ == "__main__":
    ship(SHIPPED, _WORK, Console(stderr=True))
