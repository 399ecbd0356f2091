"""Galleries: reading, keeping an index, naming, and what is left out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.acceptance import FALSE_ACCEPT
from edge.vision.detections import FloatArray
from edge.vision.gallery import Gallery, read_gallery
from edge.vision.gallery_folder import product_box
from edge.vision.gallery_index import INDEX_NAME
from edge.vision.gallery_union import united
from edge.vision.zoo import CalibrationSpec, LoadedModel, load_session, zoo_folder
from facings.errors import BadInputError
from facings.heights import HEIGHTS_NAME
from tests.support.sessions import TakesNumbers

SURE = CalibrationSpec(intercept=-20, cosine=25, lead=20)


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_session(zoo_folder() / "sku-embedder")


def pack(hue: int) -> np.ndarray:
    """A pack shot on white: a coloured bottle with a label."""
    pixels = np.full((240, 160, 3), 255, np.uint8)
    cv2.rectangle(pixels, (50, 30), (110, 220), (hue, 255 - hue, (hue * 3) % 256), cv2.FILLED)
    cv2.rectangle(pixels, (50, 100), (110, 150), (255 - hue, 40, hue), cv2.FILLED)
    return pixels


def fill(folder: Path, **packs: int) -> Path:
    for sku, hue in packs.items():
        (folder / sku).mkdir(parents=True)
        cv2.imwrite(str(folder / sku / "front.png"), pack(hue))
    return folder


def unit(*values: float) -> FloatArray:
    v = np.array(values, np.float32)
    return v / np.linalg.norm(v)


@pytest.mark.parametrize(
    ("vector", "sku", "at_least"),
    [
        pytest.param(unit(1, 0, 0), "cola", 0.95, id="the very picture"),
        pytest.param(unit(0.1, 1, 0.05), "water", 0.95, id="close"),
        pytest.param(unit(1, 1, 0), None, 0.9, id="like both and neither"),
        pytest.param(unit(0, 0, 1), None, 0.99, id="like nothing"),
    ],
)
def test_nearest(vector: FloatArray, sku: str | None, at_least: float) -> None:
    gallery = Gallery(("cola", "water", "cola"), np.stack([unit(1, 0, 0), unit(0, 1, 0), unit(1, 0, 0.1)]))
    names = gallery.nearest(vector[None], SURE)
    assert names.skus == (sku,)
    assert at_least <= names.confidence[0] <= 1


def test_without_pictures_everything_is_unknown() -> None:
    names = Gallery((), np.zeros((0, 3), np.float32)).nearest(np.stack([unit(1, 0, 0)] * 4), SURE)
    assert names.skus == (None,) * 4
    assert names.confidence.tolist() == [1] * 4


@pytest.mark.parametrize(
    ("vector", "sku", "other"),
    [
        pytest.param(unit(1, 0.02, 0), "cola", "cola-zero", id="two that look alike are a pair"),
        pytest.param(unit(0, 0, 1), "water", None, id="one that looks like no other is none"),
        pytest.param(unit(0, 1, 0), None, None, id="an unknown product has no alternative"),
    ],
)
def test_alternatives(vector: FloatArray, sku: str | None, other: str | None) -> None:
    gallery = Gallery(
        ("cola", "cola-zero", "water"), np.stack([unit(1, 0.01, 0), unit(1, -0.01, 0), unit(0, 0, 1)]), accept_from=0.6
    )
    names = gallery.nearest(vector[None], SURE)
    assert (names.skus, names.alternatives) == ((sku,), (other,))


@pytest.mark.parametrize(
    ("vector", "sku", "resembled"),
    [
        pytest.param(unit(1, 0, 0), "cola", None, id="what has a name needs no hint"),
        pytest.param(unit(1, 0.9, 0), None, "cola", id="a poor view, refused: it may be that SKU after all"),
        pytest.param(unit(0, 0, 1), None, None, id="what no picture is like resembles nothing"),
    ],
)
def test_what_is_refused_says_which_sku_it_resembles(
    vector: FloatArray, sku: str | None, resembled: str | None
) -> None:
    gallery = Gallery(("cola", "water"), np.stack([unit(1, 0, 0), unit(0, 1, 0)]), accept_from=0.9)
    names = gallery.nearest(vector[None], SURE)
    assert (names.skus, names.resembles, names.alternatives) == ((sku,), (resembled,), (None,))


def test_a_gallery_of_look_alikes_asks_for_more_before_it_names() -> None:
    strangers = np.stack([unit(0, 0, 1)] * 50)
    apart = Gallery(("cola", "water"), np.stack([unit(1, 0, 0), unit(0, 1, 0)])).accepting(SURE, strangers, 0.01)
    alike = Gallery(("cola", "zero"), np.stack([unit(1, 0, 0), unit(1, 0.2, 0)])).accepting(SURE, strangers, 0.01)
    assert apart.accept_from == pytest.approx(0.5)
    assert alike.accept_from > 0.9
    assert alike.accepting(SURE, strangers[:0], 0.01) is alike


def test_one_sku_alone_is_told_by_likeness_only() -> None:
    gallery = Gallery(("cola",), unit(1, 0, 0)[None])
    assert gallery.nearest(np.stack([unit(1, 0, 0), unit(0, 1, 0)]), SURE).skus == ("cola", None)


def test_heights_tell_look_alikes_apart_where_it_is_known_where_they_stand() -> None:
    gallery = Gallery(
        ("half", "large", "can"),
        np.stack([unit(1, 0.01, 0), unit(1, -0.01, 0), unit(0, 0, 1)]),
        heights={"half": 232.0, "large": 335.0, "can": 115.0},
    )
    seen = np.stack([unit(1, -0.001, 0), unit(1, 0.001, 0), *[unit(0, 0, 1)] * 4])
    tall = np.array([116, 168, 57, 58, 57, 58], np.float32)
    left = np.arange(6, dtype=np.float32) * 60
    boxes = np.stack([left, 300 - tall, left + 40, np.full(6, 300, np.float32)], axis=1)
    assert gallery.best(seen, SURE).skus[:2] == ("large", "half")
    assert gallery.nearest(seen, SURE, boxes).skus == ("half", "large", "can", "can", "can", "can")


def test_a_gallery_reads_the_heights_beside_its_pictures(tmp_path: Path, model: LoadedModel) -> None:
    plain = read_gallery(fill(tmp_path, cola=10, lime=220), model)
    (tmp_path / HEIGHTS_NAME).write_text("sku,height_mm\ncola,232\n")
    told = read_gallery(tmp_path, model)
    assert told.heights == {"cola": 232.0}
    assert told.fingerprint != plain.fingerprint
    (tmp_path / HEIGHTS_NAME).write_text("sku,height_mm\ncola,tall\n")
    wrong = read_gallery(tmp_path, model)
    assert (wrong.heights, wrong.fingerprint) == ({}, plain.fingerprint)
    assert "heights.csv is left out" in wrong.problems[0]
    assert "'tall' is no height in millimetres" in wrong.problems[0]


def test_a_gallery_names_its_own_pictures(tmp_path: Path, model: LoadedModel) -> None:
    gallery = read_gallery(fill(tmp_path, cola=10, water=130, lime=220), model)
    assert gallery.skus == ("cola", "lime", "water")
    assert np.linalg.norm(gallery.embeddings, axis=1) == pytest.approx(1, abs=1e-5)
    assert (gallery.embeddings @ gallery.embeddings.T).argmax(axis=1).tolist() == [0, 1, 2]


class Counting(TakesNumbers):
    """Counts how many crops the real session embeds."""

    def __init__(self, session: object) -> None:
        self.session, self.crops = session, 0

    def run(self, names: object, feeds: dict[str, np.ndarray]) -> object:
        self.crops += len(next(iter(feeds.values())))
        return self.session.run(names, feeds)  # type: ignore[attr-defined]


def test_the_index_spares_embedding_again(tmp_path: Path, model: LoadedModel) -> None:
    fill(tmp_path, cola=10, water=130)
    counting = Counting(model.session)
    counted = LoadedModel(model.manifest, counting)
    first = read_gallery(tmp_path, counted)
    assert counting.crops == 2 * 3  # views of each
    again = read_gallery(tmp_path, counted)
    assert counting.crops == 2 * 3
    assert np.array_equal(first.embeddings, again.embeddings)
    cv2.imwrite(str(tmp_path / "water" / "front.png"), pack(90))
    changed = read_gallery(tmp_path, counted)
    assert counting.crops == 3 * 3
    assert not np.array_equal(again.embeddings[1], changed.embeddings[1])
    assert first.fingerprint == again.fingerprint != changed.fingerprint


@pytest.mark.parametrize("broken", [b"", b"no index", b"PK\x03\x04 cut off"])
def test_a_broken_index_is_made_anew(tmp_path: Path, model: LoadedModel, broken: bytes) -> None:
    fill(tmp_path, cola=10)
    (tmp_path / INDEX_NAME).write_bytes(broken)
    assert read_gallery(tmp_path, model).skus == ("cola",)
    assert read_gallery(tmp_path, model).skus == ("cola",)


def test_what_cannot_be_used_is_left_out_and_named(tmp_path: Path, model: LoadedModel) -> None:
    fill(tmp_path, cola=10)
    (tmp_path / "Big Cola").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "lime").mkdir()
    (tmp_path / "lime" / "note.jpg").write_text("buy limes")
    (tmp_path / "lime" / "folder.png").mkdir()
    gallery = read_gallery(tmp_path, model)
    assert gallery.skus == ("cola",)
    problems = "\n".join(gallery.problems)
    for part in (
        "Big Cola is left out",
        "empty holds no JPEG or PNG",
        "lime/note.jpg is left out. This is text",
        "lime/folder.png is left out. The file cannot be read (Is a directory)",
    ):
        assert part in problems


def test_a_missing_folder_is_an_error(tmp_path: Path, model: LoadedModel) -> None:
    with pytest.raises(BadInputError, match="is no folder"):
        read_gallery(tmp_path / "none", model)


@pytest.mark.parametrize(
    ("pixels", "box"),
    [
        pytest.param(pack(10), (50, 30, 111, 221), id="pack on white"),
        pytest.param(pack(10)[30:221, 50:111], (0, 0, 61, 191), id="a crop without a border"),
        pytest.param(np.full((90, 60, 3), 200, np.uint8), (0, 0, 60, 90), id="nothing but background"),
    ],
)
def test_product_box(pixels: np.ndarray, box: tuple[int, ...]) -> None:
    assert product_box(pixels) == pytest.approx(box, abs=2)


def test_a_published_gallery_is_added_to_the_devices_own(tmp_path: Path, model: LoadedModel) -> None:
    own = read_gallery(fill(tmp_path / "own", cola=10), model)
    published = read_gallery(fill(tmp_path / "published", lime=220), model)
    both = united(own, published, model, FALSE_ACCEPT)
    assert both.skus == ("cola", "lime")
    assert len({own.fingerprint, published.fingerprint, both.fingerprint}) == 3
    assert (both.embeddings @ published.embeddings[0]).argmax() == 1
