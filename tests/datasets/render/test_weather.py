from collections.abc import Callable

import numpy as np
import pytest

from datasets.products.arrays import FloatArray
from datasets.render.dirt import dirtied
from datasets.render.weather import fogged

Layer = Callable[[FloatArray, int, int], tuple[FloatArray, FloatArray]]


def checks(width: int = 320, height: int = 240) -> FloatArray:
    """A chessboard of light and dark."""
    y, x = np.indices((height, width)) // 12
    return np.repeat(np.where((x + y) % 2, 0.6, 0.1)[..., None], 3, axis=2).astype(np.float32)


def fog(light: FloatArray, level: int, seed: int) -> tuple[FloatArray, FloatArray]:
    return fogged(light, np.full(light.shape[:2], 1000, np.float32), level, np.random.default_rng(seed))


def dirt(light: FloatArray, level: int, seed: int) -> tuple[FloatArray, FloatArray]:
    return dirtied(light, level, np.random.default_rng(seed))


LAYERS = {"fog": fog, "dirt": dirt}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_level_0_changes_nothing(layer: Layer) -> None:
    light, hidden = layer(checks(), 0, 1)
    assert np.array_equal(light, checks())
    assert not hidden.any()


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_each_level_takes_more_contrast(layer: Layer) -> None:
    left = []
    for level in range(4):
        photos = [layer(checks(), level, seed)[0] for seed in range(4)]
        left.append(np.mean([np.abs(np.diff(photo, axis=1)).mean() for photo in photos]))
    assert left == sorted(left, reverse=True)
    assert left[1] < 0.97 * left[0] and left[3] < 0.75 * left[0]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_same_numbers_give_the_same_weather(layer: Layer, level: int) -> None:
    one, again, other = layer(checks(), level, 1), layer(checks(), level, 1), layer(checks(), level, 2)
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one[0], other[0])
    assert one[1].min() >= 0 and one[1].max() <= 1 and np.isfinite(one[0]).all()


def test_only_what_blocks_the_lens_hides() -> None:
    shares = [max(float((dirt(checks(), level, seed)[1] > 0.85).mean()) for seed in range(8)) for level in range(4)]
    assert shares[0] == shares[1] == 0
    assert 0.05 < shares[3] < 0.45


def test_what_is_further_off_is_foggier() -> None:
    far = np.tile(np.linspace(500, 3000, 320, dtype=np.float32), (240, 1))
    veils = [fogged(checks(), far, 2, np.random.default_rng(seed))[1] for seed in range(12)]
    mean = np.mean(veils, axis=0)
    assert mean[:, 240:].mean() > mean[:, :80].mean() + 0.05
