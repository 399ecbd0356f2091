"""Sharpening turns the space until look-alikes lie nearest their own middle."""

from __future__ import annotations

import numpy as np
import pytest

from models.onboarding.sharpen import Space, _cross_entropy, sharpen


def look_alikes(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three SKUs that differ in one small direction and scatter in all others."""
    of = np.arange(150) % 3
    vectors = rng.normal(0, 1.0, (150, 6))
    vectors[:, 0] = (of - 1) * 0.5 + rng.normal(0, 0.1, 150)
    return vectors, of


def start(vectors: np.ndarray, of: np.ndarray) -> Space:
    return Space(np.eye(vectors.shape[1]), np.stack([vectors[of == number].mean(axis=0) for number in range(3)]))


def nearest_is_right(space: Space, vectors: np.ndarray, of: np.ndarray) -> float:
    seen, middles = vectors @ space.projection, space.middles
    cosines = (seen / np.linalg.norm(seen, axis=1, keepdims=True)) @ (
        middles / np.linalg.norm(middles, axis=1, keepdims=True)
    ).T
    return float((cosines.argmax(axis=1) == of).mean())


def test_look_alikes_are_told_apart_better() -> None:
    rng = np.random.default_rng(3)
    vectors, of = look_alikes(rng)
    before = start(vectors, of)
    after = sharpen(vectors, of, before)
    assert nearest_is_right(after, vectors, of) > nearest_is_right(before, vectors, of) + 0.1


def test_the_slope_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(4)
    vectors, of = look_alikes(rng)
    space = Space(rng.normal(size=(6, 6)), rng.normal(size=(3, 6)))
    _, slope = _cross_entropy(vectors, of, space)
    for at in (0, 17, 36, 53):
        step = np.zeros(54)
        step[at] = 1e-5
        ahead, _ = _cross_entropy(vectors, of, space.like(space.flat() + step))
        behind, _ = _cross_entropy(vectors, of, space.like(space.flat() - step))
        assert slope.flat()[at] == pytest.approx((ahead - behind) / 2e-5, rel=1e-3, abs=1e-6)
