"""From where on products get a name: chosen by how many strangers would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.vision.acceptance import EVEN, STRANGERS_NAME, SUREST, accept_from, read_strangers, write_strangers
from facings.errors import BadInputError

NONE = np.zeros(0, np.float32)
RAMP = np.linspace(0, 0.8, 401, dtype=np.float32)


@pytest.mark.parametrize(
    ("siblings", "elsewhere", "false_accept", "least"),
    [
        pytest.param(NONE, NONE, 0.01, EVEN, id="nothing known of strangers: more likely right than wrong"),
        pytest.param(NONE, RAMP, 0.05, 0.76, id="five in a hundred of the strangers from elsewhere"),
        pytest.param(NONE, RAMP * 0.5, 0.01, EVEN, id="strangers that are never likely"),
        pytest.param(np.ones(50, np.float32), NONE, 0.01, SUREST, id="siblings that look the same, and nothing else"),
        pytest.param(RAMP, RAMP, 0.05, 0.76, id="both kinds alike"),
        pytest.param(np.full(50, 0.9, np.float32), RAMP, 0.3, 0.7, id="siblings are a fifth of the strangers"),
    ],
)
def test_accept_from(siblings: np.ndarray, elsewhere: np.ndarray, false_accept: float, least: float) -> None:
    got = accept_from(siblings, elsewhere, false_accept)
    assert got == pytest.approx(least, abs=0.005)


def test_strangers_are_kept_with_their_embedder(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).normal(size=(7, 5)).astype(np.float32)
    write_strangers(tmp_path, "a" * 64, vectors)
    assert read_strangers(tmp_path, "a" * 64) == pytest.approx(vectors, abs=0.01)
    assert len(read_strangers(tmp_path, "b" * 64)) == 0
    assert len(read_strangers(tmp_path / "elsewhere", "a" * 64)) == 0
    assert len(read_strangers(None, "a" * 64)) == 0


def test_damaged_strangers_are_refused(tmp_path: Path) -> None:
    (tmp_path / STRANGERS_NAME).write_bytes(b"not an archive")
    with pytest.raises(BadInputError, match="fetch the model again"):
        read_strangers(tmp_path, "a" * 64)
