"""The whole chain with the shipped models."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets.compose.scene import render
from datasets.compose.spec import Cabinet, Camera, SceneSpec
from datasets.products.catalogues import demo_catalogue
from datasets.products.stock import Lane, Unit
from edge.vision.annotate import annotate
from edge.vision.chain import VisionChain
from edge.vision.compare import compare, read_labels
from edge.vision.decode import decode_photo
from edge.vision.photo import Photo
from edge.vision.reading import PhotoQuality, PlacedProduct, ReadingGap, ReadingLine, ShelfReading
from facings.errors import BadInputError, UnavailableError

COOLER_RECALL_FLOOR = 0.8
COOLER_COUNT_ERROR = 0.15


@pytest.fixture(scope="module")
def chain() -> VisionChain:
    return VisionChain()


def photo(pixels: np.ndarray) -> Photo:
    return Photo(pixels, "", b"", "image/jpeg")


@pytest.mark.parametrize("value", [0, 255, 128])
def test_an_unusable_photo_has_no_lines(chain: VisionChain, value: int) -> None:
    reading = chain.read(photo(np.full((480, 640, 3), value, np.uint8)))
    assert reading.quality.verdict == "unusable"
    assert (reading.lines, reading.products, reading.gaps, reading.confidence) == ((), (), (), 0.0)
    assert reading.quality.reasons


def test_the_models_that_took_part_are_named(chain: VisionChain) -> None:
    reading = chain.read(photo(np.zeros((480, 640, 3), np.uint8)))
    assert list(reading.models) == ["product-detector", "price-reader"]
    assert all(len(digest) == 64 for digest in reading.models.values())


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        pytest.param({"zoo": Path("/nowhere")}, UnavailableError, "No model in", id="no zoo"),
        pytest.param({"gallery": Path("/nowhere")}, BadInputError, "is no folder", id="no gallery"),
        pytest.param({"detector": "sku-embedder"}, BadInputError, "holds no detector", id="an embedder as detector"),
    ],
)
def test_what_cannot_be_loaded_says_why(options: dict, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        VisionChain(**options).load()


def test_the_prices_of_a_cooler_are_read(chain: VisionChain) -> None:
    catalogue = demo_catalogue()
    packs = [pack for pack in catalogue if pack.width_mm < 74 and pack.height_mm < 240][:12]
    rows = tuple(
        tuple(Lane(80.0, (Unit(pack.sku),), pack.sku) for pack in packs[first : first + 4] for _ in range(2))
        for first in (0, 4, 8)
    )
    cabinet = Cabinet(660.0, 450.0, (250.0,) * 3)
    camera = Camera(y_mm=390.0, aim_y_mm=390.0, distance_mm=1300.0, field_deg=42.0)
    scene = render(SceneSpec(cabinet, rows, camera), catalogue, np.random.default_rng(2))
    reading = chain.read(photo(scene.pixels))
    size = np.array([camera.width, camera.height] * 2)
    told = {}
    for tag in reading.price_tags:
        middle = np.array([tag.box[0] + tag.box[2], tag.box[1] + tag.box[3]]) / 2 * size[:2]
        for true in scene.tags:
            if true.box[0] < middle[0] < true.box[2] and true.box[1] < middle[1] < true.box[3]:
                told[true.sku] = (tag.price, true.price)
    assert len(told) >= 0.9 * len(scene.tags)
    read = [one for one in told.values() if one[0] is not None]
    assert len(read) >= 0.6 * len(told)
    assert sum(said == true for said, true in read) >= 0.9 * len(read)


@pytest.mark.real_photos
def test_real_coolers_are_read(chain: VisionChain, shared_data: Path) -> None:
    folder = shared_data / "drinks_coolers"
    truth = read_labels(folder / "annotations.coco.json")
    photos = {name: decode_photo((folder / "images" / name).read_bytes()) for name in truth}
    with ThreadPoolExecutor(2) as pool:
        readings = dict(zip(photos, pool.map(chain.read, photos.values()), strict=True))
    compared = [compare(reading, truth[name]) for name, reading in readings.items()]
    labelled = sum(c.labelled for c in compared)
    assert sum(c.matched for c in compared) / labelled >= COOLER_RECALL_FLOOR
    assert abs(sum(c.found for c in compared) - labelled) / labelled <= COOLER_COUNT_ERROR
    for reading in readings.values():
        assert reading.quality.verdict == "good"
        assert 3 <= reading.rows <= 12
        assert sum(line.units for line in reading.lines) == len(reading.products)
        assert sum(line.linear_share for line in reading.lines) == pytest.approx(1)
    again = chain.read(photos["p24.jpg"])
    assert again == readings["p24.jpg"]


@pytest.mark.real_photos
def test_a_gallery_of_crops_names_products_of_other_photos(shared_data: Path, tmp_path: Path) -> None:
    """Five SKUs of `cooler_brands`: crops of training photos name what stands in test photos."""
    skus = ("7up", "aquafina", "sting-red-chai", "olong-tea", "pepsi-blue")
    _write_crops(shared_data / "cooler_brands", skus, tmp_path)
    chain = VisionChain(tmp_path)
    coco = json.loads((shared_data / "cooler_brands" / "test.coco.json").read_text())
    names = {c["id"]: c["name"] for c in coco["categories"]}
    named = right = 0
    for image in coco["images"][:4]:
        reading = chain.read(decode_photo((shared_data / "cooler_brands" / "images" / image["file_name"]).read_bytes()))
        labels = [a for a in coco["annotations"] if a["image_id"] == image["id"]]
        for product in (p for p in reading.products if p.sku):
            x, y = (product.box[0] + product.box[2]) * 208, (product.box[1] + product.box[3]) * 208
            under = [
                names[a["category_id"]]
                for a in labels
                if a["bbox"][0] < x < a["bbox"][0] + a["bbox"][2] and a["bbox"][1] < y < a["bbox"][1] + a["bbox"][3]
            ]
            named += bool(under)
            right += product.sku in under
    assert named >= 20
    assert right / named > 0.6


def _write_crops(source: Path, skus: tuple[str, ...], gallery: Path) -> None:
    coco = json.loads((source / "train.coco.json").read_text())
    files = {image["id"]: image["file_name"] for image in coco["images"]}
    names = {c["id"]: c["name"] for c in coco["categories"]}
    for sku in skus:
        largest = sorted((a for a in coco["annotations"] if names[a["category_id"]] == sku), key=lambda a: -a["area"])
        (gallery / sku).mkdir()
        for number, annotation in enumerate(largest[:5]):
            pixels = cv2.imread(str(source / "images" / files[annotation["image_id"]]))
            x, y, w, h = (int(value) for value in annotation["bbox"])
            cv2.imwrite(str(gallery / sku / f"{number}.png"), pixels[max(0, y) : y + h, max(0, x) : x + w])


def reading_of(width: int, height: int) -> ShelfReading:
    products = tuple(
        PlacedProduct((0.1 + 0.2 * c, 0.2, 0.28 + 0.2 * c, 0.6), sku, 0.9, 0.9, 0, c)
        for c, sku in enumerate(("cola", "water", None))
    )
    lines = tuple(ReadingLine(sku, 1, 1, 1 / 3, 0.8, 0.4) for sku in ("cola", "water", None))
    gaps = (ReadingGap((0.7, 0.2, 0.9, 0.6), 0, 0.8),)
    return ShelfReading(width, height, products, lines, gaps, 1, PhotoQuality("good", 0.5, 0.8, 30.0), 0.8, {})


@pytest.mark.parametrize("size", [(416, 416), (1512, 2016), (64, 64), (3000, 200)])
def test_annotation_draws_every_product_and_a_legend(size: tuple[int, int]) -> None:
    grey = photo(np.full((size[1], size[0], 3), 90, np.uint8))
    drawn = annotate(grey, reading_of(*size))
    assert drawn.dtype == np.uint8 and max(drawn.shape[:2]) >= 1200
    scale = drawn.shape[1] / size[0]
    for x in (0.19, 0.39, 0.59):  # the middle of each product carries its colour
        assert drawn[int(0.4 * size[1] * scale), int(x * size[0] * scale)].tolist() != [90, 90, 90]
    assert drawn.shape[0] > size[1] * scale
    assert (grey.pixels == 90).all()


def test_annotation_of_an_unusable_photo_says_why() -> None:
    black = photo(np.zeros((480, 640, 3), np.uint8))
    assert annotate(black, VisionChain().read(black)).shape[0] > 900
