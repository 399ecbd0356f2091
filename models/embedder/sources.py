"""What the embedder learns from: product crops with an identity, each kept with some of its surroundings.

An identity is a SKU where the source names it. Crops whose product is not named ("another brand", plain `can`)
are each an identity of their own: two augmented views of one such crop must match, and nothing else has to.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.decode import decode_photo
from edge.vision.gallery_folder import product_box
from facings.errors import BadInputError
from facings.labels import other_category_ids
from models.coco import LEAST_VISIBLE

Pixels = npt.NDArray[np.uint8]
LONGEST_SIDE = 192
MARGIN = 0.12
SMALLEST_SIDE = 12
LEGIBLE_HEIGHT, LEGIBLE_WIDTH = 44, 16
LEGIBLE_CONTRAST = 16  # standard deviation of the grey levels


@dataclass(frozen=True)
class Crop:
    """A product with a margin around it.

    Attributes:
        pixels: (H, W, 3) uint8 BGR, the product and its margin.
        box: x1, y1, x2, y2 of the product inside `pixels`.
        identity: products of equal identity look alike; unique over all sources.
        photo: name of the photo it was cut from.
        brand: products of one brand are made to look alike, and are the hardest to tell apart; "" where nobody said.
        picture: it is a gallery's picture of the product, not the product on a shelf.
    """

    pixels: Pixels
    box: npt.NDArray[np.float32]
    identity: str
    photo: str
    brand: str = ""
    picture: bool = False


def _read(file: Path) -> Pixels:
    pixels = cv2.imread(str(file))
    if pixels is None:
        raise BadInputError(f"{file} cannot be read as a photo: fetch the photos again.")
    return np.asarray(pixels, np.uint8)


def _shrink(pixels: Pixels, scale: float) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def cut(photo: Pixels, xywh: tuple[float, float, float, float], identity: str, name: str) -> Crop | None:
    """The crop of one box with its margin, at most `LONGEST_SIDE` pixels long; None where it is too small to tell."""
    x, y, w, h = xywh
    if min(w, h) < SMALLEST_SIDE:
        return None
    x1, y1 = max(0, int(x - MARGIN * w)), max(0, int(y - MARGIN * h))
    x2, y2 = min(photo.shape[1], int(x + w * (1 + MARGIN))), min(photo.shape[0], int(y + h * (1 + MARGIN)))
    if x2 - x1 < SMALLEST_SIDE or y2 - y1 < SMALLEST_SIDE:
        return None
    pixels = photo[y1:y2, x1:x2]
    scale = min(1.0, LONGEST_SIDE / max(pixels.shape[:2]))
    if scale < 1:
        pixels = _shrink(pixels, scale)
    box = np.array([x - x1, y - y1, x + w - x1, y + h - y1], np.float32) * scale
    return Crop(np.ascontiguousarray(pixels), box, identity, name)


def _coco(file: Path, images: Path, prefix: str, unnamed: str) -> list[Crop]:
    coco = json.loads(file.read_text(encoding="utf-8"))
    classes = {c["id"]: c["name"] for c in coco["categories"]}
    names = {a["id"]: classes[a["category_id"]] for a in coco["annotations"]}
    single = {number: f"{name}#{number}" if name == unnamed else name for number, name in names.items()}
    return _crops(coco, images, prefix, single)


def _crops(coco: dict[str, Any], images: Path, prefix: str, names: dict[int, str]) -> list[Crop]:
    """Crops of the boxes of a COCO file; `names` gives the identity of each annotation's id, before the prefix."""
    by_image = defaultdict(list)
    for annotation in coco["annotations"]:
        by_image[annotation["image_id"]].append(annotation)
    crops = []
    for image in coco["images"]:
        photo = _read(images / image["file_name"])
        for annotation in by_image[image["id"]]:
            identity = f"{prefix}/{names[annotation['id']]}"
            crops.append(cut(photo, tuple(annotation["bbox"]), identity, f"{prefix}/{image['file_name']}"))
    return [crop for crop in crops if crop is not None]


def cooler_brands(root: Path, split: str) -> list[Crop]:
    """Branded drinks in coolers of small shops (CC BY 4.0); `split` is `train` or `test`."""
    folder = root / "cooler_brands"
    return _coco(folder / f"{split}.coco.json", folder / "images", "cooler_brands", "another")


def drinks_coolers(root: Path) -> list[Crop]:
    """Nine photos of glass-door coolers with SKU boxes; no licence is stated, so they serve evaluation only."""
    folder = root / "drinks_coolers"
    return _coco(folder / "annotations.coco.json", folder / "images", "drinks_coolers", "__UNKNOWN")


def grocery_store(root: Path, split: str) -> list[Crop]:
    """Whole photos of packaged products held or shelved in stores (MIT); `split` is `train` or `val`."""
    folder = root / "grocery_store"
    lines = (folder / f"{split}.txt").read_text(encoding="utf-8").splitlines()
    fields = [[part.strip() for part in line.split(",")] for line in lines]
    return [_whole(folder / file, f"grocery_store/{label}") for file, label, _ in fields if "/Packages/" in file]


def grocery_icons(root: Path) -> list[Crop]:
    """The one clean picture of each packaged product of Grocery Store."""
    folder = root / "grocery_store"
    rows = (folder / "classes.csv").read_text(encoding="utf-8").splitlines()[1:]
    fields = [row.split(",") for row in rows]
    packs = [field for field in fields if "/Packages/" in field[4]]
    icons = [_whole(folder / field[4].lstrip("/"), f"grocery_store/{field[1]}") for field in packs]
    return [replace(icon, picture=True) for icon in icons]


def _whole(file: Path, identity: str) -> Crop:
    photo = _read(file)
    scale = LONGEST_SIDE / max(photo.shape[:2])
    pixels = _shrink(photo, scale)
    return Crop(pixels, np.array([0, 0, pixels.shape[1], pixels.shape[0]], np.float32), identity, str(file))


def beverage3(root: Path) -> list[Crop]:
    """Close photos of cans and bottles without brand names (CC BY 4.0): every crop is an identity of its own."""
    crops = []
    for file in sorted((root / "beverage3" / "train" / "images").iterdir()):
        photo = _read(file)
        height, width = photo.shape[:2]
        labels = root / "beverage3" / "train" / "labels" / f"{file.stem}.txt"
        for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines()):
            cx, cy, w, h = (float(value) for value in line.split()[1:5])
            box = ((cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height)
            crop = cut(photo, box, f"beverage3/{file.stem}#{number}", f"beverage3/{file.name}")
            if crop is not None:
                crops.append(crop)
    return crops


def rendered(root: Path) -> list[Crop]:
    """Products of rendered scenes and their pack shots.

    `root` holds data sets of `facings datasets compose` or `render`, whose pack shots (`facings datasets packshots`)
    lie in the data set's folder `packshots`. Data sets of one catalogue show the same products.
    """
    crops = []
    for file in sorted(root.glob("*/labels.coco.json")):
        prefix = f"rendered/{_catalogue(file.parent)}"
        coco = json.loads(file.read_text(encoding="utf-8"))
        others = other_category_ids(coco["categories"])
        products = [a for a in coco["annotations"] if a["category_id"] not in others]
        seen = [a for a in products if a["visible_fraction"] >= LEAST_VISIBLE]
        crops += _crops({**coco, "annotations": seen}, file.parent, prefix, {a["id"]: a["sku"] for a in seen})
        crops += packshots(file.parent / "packshots", prefix)
    return [replace(crop, brand=brand_of(crop.identity)) for crop in crops]


def legible(crop: Crop) -> bool:
    """Whether a person could tell what it is: large enough, and neither lost in fog nor in the dark.

    Rendered scenes are labelled down to the last blurred corner; crops without a trace of print teach nothing.
    """
    x1, y1, x2, y2 = crop.box.astype(int).tolist()
    if y2 - y1 < LEGIBLE_HEIGHT or x2 - x1 < LEGIBLE_WIDTH:
        return False
    grey = cv2.cvtColor(crop.pixels[max(y1, 0) : y2, max(x1, 0) : x2], cv2.COLOR_BGR2GRAY)
    return bool(grey.std() >= LEGIBLE_CONTRAST)


def _catalogue(folder: Path) -> str:
    """Which catalogue a data set was rendered from; a random one is named by its seed."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    return f"random-{job['seed']}" if job["catalogue"] == "random" else str(job["catalogue"])


def brand_of(identity: str) -> str:
    """The brand of a rendered product: its catalogue and the first word of its SKU.

    Example:
        >>> brand_of("rendered/random-301/brand125-item2")
        'rendered/random-301/brand125'
    """
    catalogue, _, sku = identity.rpartition("/")
    return f"{catalogue}/{sku.split('-', maxsplit=1)[0]}"


def packshots(folder: Path, prefix: str) -> list[Crop]:
    """The pictures of a gallery, one folder per SKU."""
    crops = []
    for picture in sorted(folder.glob("*/*.png")):
        pixels = decode_photo(picture.read_bytes()).pixels
        x1, y1, x2, y2 = product_box(pixels).tolist()
        crops.append(cut(pixels, (x1, y1, x2 - x1, y2 - y1), f"{prefix}/{picture.parent.name}", str(picture)))
    return [replace(crop, picture=True) for crop in crops if crop is not None]
