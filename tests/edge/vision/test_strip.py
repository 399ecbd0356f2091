"""Photos of neighbouring parts laid over each other by their pixels, and not where that is a guess."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from edge.vision.strip import lay_strip
from tests.support.views import photo, seen_from

Pixels = npt.NDArray[np.uint8]
DOWN, RIGHT = (0, 1), (1, 0)


@pytest.fixture(scope="module")
def cooler() -> Pixels:
    """A composed cooler."""
    return photo(5)


def below(pixels: Pixels, share: float) -> Pixels:
    """The lower part of a photo, from this share of its height on."""
    return np.ascontiguousarray(pixels[round(share * len(pixels)) :])


@pytest.mark.parametrize("shared", [0.3, 0.15])
def test_the_strip_that_both_show_tells_how_they_lie(cooler: Pixels, shared: float) -> None:
    height = len(cooler)
    upper = cooler[: round((0.5 + shared / 2) * height)]
    lower = below(cooler, 0.5 - shared / 2)
    matrix = lay_strip(upper, lower, DOWN)
    assert matrix is not None
    assert matrix[1, 2] == pytest.approx(len(lower) - height, abs=3)
    assert matrix[0, 2] == pytest.approx(0, abs=3)


@pytest.mark.parametrize(("turn_deg", "zoom"), [pytest.param(2, 1.0, id="turned"), pytest.param(0, 1.08, id="nearer")])
def test_the_other_camera_may_hang_otherwise(cooler: Pixels, turn_deg: float, zoom: float) -> None:
    upper = cooler[: round(0.7 * len(cooler))]
    lower = seen_from(photo(5, moment=1), turn_deg=turn_deg, zoom=zoom)[round(0.4 * len(cooler)) :]
    matrix = lay_strip(upper, np.ascontiguousarray(lower), DOWN)
    assert matrix is not None
    assert np.hypot(matrix[0, 0], matrix[1, 0]) == pytest.approx(zoom, abs=0.02)
    assert np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0])) == pytest.approx(turn_deg, abs=0.5)


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        pytest.param((0.0, 0.5), (0.5, 1.0), DOWN, id="nothing in common"),
        pytest.param((0.3, 1.0), (0.0, 0.6), DOWN, id="the wrong way round"),
        pytest.param((0.0, 0.6), (0.4, 1.0), RIGHT, id="not beside each other"),
    ],
)
def test_where_nothing_is_sure_nothing_is_told(
    cooler: Pixels, one: tuple[float, float], other: tuple[float, float], way: tuple[int, int]
) -> None:
    first, second = (
        np.ascontiguousarray(below(cooler, low)[: round((high - low) * len(cooler))]) for low, high in (one, other)
    )
    assert lay_strip(first, second, way) is None


def test_dark_photos_tell_nothing(cooler: Pixels) -> None:
    assert lay_strip(cooler, np.zeros_like(cooler), DOWN) is None
