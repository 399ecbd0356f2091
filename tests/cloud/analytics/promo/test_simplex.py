from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.analytics.promo.simplex import simplex_weights


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9), st.sampled_from([0.1, 1.0, 30.0]), st.booleans())
def test_no_other_point_of_the_simplex_fits_better(seed: int, rows: int, count: int, ridge: float, free: bool) -> None:
    rng = np.random.default_rng(seed)
    columns, target = rng.normal(size=(rows, count)) * 10, rng.normal(size=rows) * 10
    weights = simplex_weights(columns, target, ridge, intercept=free)
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0

    gap = columns - target[:, None]
    gap = gap - gap.mean(axis=0) if free else gap
    gradient = gap.T @ (gap @ weights) + ridge * weights
    # The conditions of Karush, Kuhn and Tucker: alike where a weight is used, no smaller where it is not.
    assert (gradient >= gradient @ weights - 1e-6 * (1 + np.abs(gradient).max())).all()


def test_what_fits_exactly_is_found() -> None:
    columns = np.array([[1.0, 0.0, 5.0], [0.0, 1.0, 5.0]])
    assert simplex_weights(columns, np.array([0.25, 0.75]), 0.0, intercept=False) == pytest.approx([0.25, 0.75, 0])


def test_columns_that_are_all_the_target_count_alike() -> None:
    assert simplex_weights(np.ones((3, 4)), np.ones(3), 0.0, intercept=False) == pytest.approx([0.25] * 4)
