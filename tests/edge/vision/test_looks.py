"""Looks: which unknown products are told of, and that the direction of a vector survives."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from edge.vision.looks import MOST_LOOKS, encode_look, looks_of

SIZE = (100, 80)
INSIDE = (10.0, 10.0, 30.0, 60.0)


def vectors(count: int) -> np.ndarray:
    made = np.random.default_rng(1).normal(size=(count, 128)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("known", "box", "score", "told"),
    [
        pytest.param(False, INSIDE, 0.9, True, id="unknown and whole"),
        pytest.param(True, INSIDE, 0.9, False, id="known"),
        pytest.param(False, INSIDE, 0.4, False, id="perhaps no product"),
        pytest.param(False, (0.0, 10.0, 30.0, 60.0), 0.9, False, id="cut off at the left"),
        pytest.param(False, (10.0, 10.0, 30.0, 80.0), 0.9, False, id="cut off at the bottom"),
    ],
)
def test_who_has_a_look(known: bool, box: tuple[float, ...], score: float, told: bool) -> None:
    looks = looks_of(vectors(1), np.array([known]), np.array([box], np.float32), np.array([score], np.float32), SIZE)
    assert (looks[0] is not None) is told


def test_of_many_the_surest_are_told() -> None:
    count = MOST_LOOKS + 6
    scores = np.linspace(0.6, 0.9, count).astype(np.float32)
    boxes = np.tile(np.array(INSIDE, np.float32), (count, 1))
    looks = looks_of(vectors(count), np.zeros(count, bool), boxes, scores, SIZE)
    assert [look is not None for look in looks] == [False] * 6 + [True] * MOST_LOOKS


def test_the_direction_survives() -> None:
    vector = vectors(1)[0]
    look = encode_look(vector)
    read = np.frombuffer(base64.b64decode(look), np.int8).astype(np.float32)
    assert len(look) == 172
    assert float(read @ vector / np.linalg.norm(read)) > 0.9999


def test_without_products_there_is_no_look() -> None:
    nothing = np.zeros((0, 4), np.float32)
    assert looks_of(np.zeros((0, 128), np.float32), np.zeros(0, bool), nothing, np.zeros(0, np.float32), SIZE) == ()
