"""Crops for the embedder, and the shipped embedder itself."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.embed import embed, letterbox_crop
from edge.vision.entry import to_model_input
from edge.vision.zoo import InputSpec, load_session, zoo_folder

PHOTO = np.arange(200 * 300 * 3, dtype=np.uint32).reshape(200, 300, 3).astype(np.uint8)


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        pytest.param((10, 10, 34, 138), (36, 0, 60, 128), id="tall: full height"),
        pytest.param((10, 10, 202, 58), (0, 52, 96, 76), id="wide: full width"),
        pytest.param((0, 0, 96, 128), (0, 0, 96, 128), id="the very size"),
    ],
)
def test_crops_keep_their_aspect_on_grey(box: tuple[int, ...], inside: tuple[int, ...]) -> None:
    crop = letterbox_crop(PHOTO, np.array(box, np.float32), (96, 128))
    assert crop.shape == (128, 96, 3)
    x1, y1, x2, y2 = inside
    outside = np.ones((128, 96), bool)
    outside[y1:y2, x1:x2] = False
    assert (crop[outside] == 127).all()


@pytest.mark.parametrize("box", [(-20, -20, 40, 90), (280, 180, 400, 400), (50, 50, 50, 50), (299.6, 0, 310, 50)])
def test_boxes_beyond_the_photo_are_cut_at_its_edge(box: tuple[float, ...]) -> None:
    assert letterbox_crop(PHOTO, np.array(box, np.float32), (96, 128)).shape == (128, 96, 3)


def test_input_is_ordered_and_scaled_as_the_manifest_says() -> None:
    crop = np.zeros((1, 4, 4, 3), np.uint8)
    crop[..., 0] = 255  # blue
    tensor = to_model_input(crop, InputSpec(mean=(127, 127, 127), scale=(128, 128, 128)))
    assert tensor.shape == (1, 3, 4, 4) and tensor.dtype == np.float32
    assert tensor[0, :, 0, 0] == pytest.approx([-127 / 128, -127 / 128, 1])


def test_the_shipped_embedder_gives_unit_vectors_whatever_the_batch() -> None:
    model = load_session(zoo_folder() / "sku-embedder")
    boxes = np.array([[x, 10, x + 40, 120] for x in range(0, 245, 7)], np.float32)
    vectors = embed(model, PHOTO, boxes)
    assert vectors.shape == (len(boxes), model.manifest.embedder.dimensions)  # type: ignore[union-attr]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert embed(model, PHOTO, boxes[20:21])[0] == pytest.approx(vectors[20], abs=1e-4)
    assert embed(model, PHOTO, boxes[:0]).shape == (0, vectors.shape[1])
