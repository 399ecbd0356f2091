"""Pictures of a gallery as vectors."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.embed import embed, letterbox_crop
from edge.vision.gallery_views import embed_picture, views_of
from edge.vision.zoo import LoadedModel, load_session, zoo_folder

SIZE = (80, 160)


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_session(zoo_folder() / "sku-embedder")


@pytest.fixture
def picture() -> np.ndarray:
    """A red pack of 40 x 80 pixels with fine print, framed by blue."""
    pixels = np.full((100, 60, 3), (200, 0, 0), np.uint8)
    pixels[10:90, 10:50] = (0, 0, 200)
    pixels[30:60:2, 14:46] = 255
    return pixels


BOX = np.array([10, 10, 50, 90], np.float32)


def test_a_picture_is_seen_as_it_is_trimmed_and_coarse(picture: np.ndarray) -> None:
    whole, trimmed, coarse = views_of(picture, BOX, SIZE)
    assert all(view.shape == (160, 80, 3) for view in (whole, trimmed, coarse))
    assert np.array_equal(whole, letterbox_crop(picture, BOX, SIZE))
    assert np.array_equal(trimmed, letterbox_crop(picture, np.array([12.4, 14.8, 47.6, 85.2], np.float32), SIZE))
    sharpness = [float(np.abs(np.diff(view[..., 1].astype(int), axis=0)).sum()) for view in (whole, coarse)]
    assert sharpness[1] < 0.5 * sharpness[0]


def test_the_vector_has_length_one_and_lies_between_its_views(picture: np.ndarray, model: LoadedModel) -> None:
    vector = embed_picture(model, picture, BOX)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert float(vector @ embed(model, picture, BOX[None])[0]) > 0.8


@pytest.mark.parametrize("side", [1, 2, 16])
def test_tiny_pictures_have_views_too(side: int) -> None:
    views = views_of(np.zeros((side, side, 3), np.uint8), np.array([0, 0, side, side], np.float32), SIZE)
    assert [view.shape for view in views] == [(160, 80, 3)] * 3
