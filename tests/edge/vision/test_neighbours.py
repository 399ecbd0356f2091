"""Neighbours that look alike lend each other their looks; others do not."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.neighbours import with_neighbours

CAN = (60.0, 100.0)


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def at(x: float, foot: float = 300.0, size: tuple[float, float] = CAN) -> list[float]:
    return [x, foot - size[1], x + size[0], foot]


COLA, COLA_IN_GLARE, LIME = unit(1, 0, 0), unit(1, 0.5, 0), unit(0, 0, 1)


@pytest.mark.parametrize(
    ("neighbour", "box", "lends"),
    [
        pytest.param(COLA, at(65), True, id="side by side and alike"),
        pytest.param(LIME, at(65), False, id="side by side, but another look"),
        pytest.param(COLA, at(260), False, id="alike, but far along the shelf"),
        pytest.param(COLA, at(65, foot=420), False, id="alike, but on another shelf"),
        pytest.param(COLA, at(65, size=(60, 200)), False, id="alike, but twice as tall"),
        pytest.param(COLA, at(3), False, id="the same product, boxed twice"),
    ],
)
def test_what_a_neighbour_lends(neighbour: np.ndarray, box: list[float], *, lends: bool) -> None:
    seen = with_neighbours(np.stack([COLA_IN_GLARE, neighbour]), np.array([at(0), box], np.float32))
    nearer = float(seen[0] @ COLA) > float(COLA_IN_GLARE @ COLA) + 1e-6
    assert nearer == lends
    assert np.linalg.norm(seen, axis=1) == pytest.approx(1, abs=1e-5)


def test_doubtful_products_borrow_but_do_not_lend() -> None:
    vectors, boxes = np.stack([COLA_IN_GLARE, COLA]), np.array([at(0), at(65)], np.float32)
    seen = with_neighbours(vectors, boxes, np.array([True, False]))
    assert seen[0] == pytest.approx(COLA_IN_GLARE) and seen[1] != pytest.approx(COLA)


@pytest.mark.parametrize("count", [0, 1])
def test_few_products_stay_as_they_are(count: int) -> None:
    assert len(with_neighbours(np.stack([COLA])[:count], np.array([at(0)], np.float32)[:count])) == count
