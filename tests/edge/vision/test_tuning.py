"""A gallery's tuning on disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from edge.vision.choice import Choice
from edge.vision.gallery import read_gallery
from edge.vision.tuning import TUNING_NAME, Tuning, read_tuning, why_untuned
from edge.vision.zoo import load_session, zoo_folder
from facings.errors import BadInputError
from tests.support.damage import flipped

CHOICE = Choice(sharpness=12.5, stranger=0.47)


@pytest.fixture
def tuning() -> Tuning:
    """Two SKUs, told apart along the first axis."""
    axes = np.eye(4, dtype=np.float32)
    return Tuning("an embedder", np.zeros(4, np.float32), axes, ("cola", "lime"), axes[:2], axes[:2],
                  np.array([0, 1], np.uint16), CHOICE)  # fmt: skip


def test_what_was_saved_is_read_again(tmp_path: Path, tuning: Tuning) -> None:
    tuning.save(tmp_path)
    again = read_tuning(tmp_path, "an embedder")
    assert again is not None
    assert (again.skus, again.choice) == (tuning.skus, CHOICE)
    assert np.array_equal(again.middles, tuning.middles)
    assert not (tmp_path / TUNING_NAME).with_suffix(".part").exists()


def test_why_there_is_none_is_told(tmp_path: Path, tuning: Tuning) -> None:
    assert "has no tuning.npz: `facings models onboard` makes one" in why_untuned(tmp_path, "an embedder")
    tuning.save(tmp_path)
    assert why_untuned(tmp_path, "an embedder") == ""
    assert "learned with another embedder" in why_untuned(tmp_path, "another")


def test_one_of_which_a_byte_is_changed_is_read_or_refused(tmp_path: Path, tuning: Tuning) -> None:
    tuning.save(tmp_path)
    for damaged in flipped((tmp_path / TUNING_NAME).read_bytes(), 7):
        (tmp_path / TUNING_NAME).write_bytes(damaged)
        with suppress(BadInputError):
            read_tuning(tmp_path, "an embedder")


def test_one_of_an_older_form_is_left_out(tmp_path: Path, tuning: Tuning) -> None:
    tuning.save(tmp_path)
    with np.load(tmp_path / TUNING_NAME) as kept:
        older = {name: kept[name] for name in kept.files if name != "choice"}
    np.savez(tmp_path / TUNING_NAME, calibration=np.array("{}"), **older)
    assert read_tuning(tmp_path, "an embedder") is None
    assert "is of an older form: make it anew" in why_untuned(tmp_path, "an embedder")
    gallery = read_gallery(tmp_path, load_session(zoo_folder() / "sku-embedder"))
    assert gallery.problems == (
        "tuning.npz is left out: it was learned with another embedder or has an older form. Onboard again.",
    )
