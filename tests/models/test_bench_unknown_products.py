"""What the bench of unknown products makes of crops whose looks are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.unknown_products import SHARES, Asked, named
from edge.vision.zoo import CalibrationSpec

SURE = CalibrationSpec(intercept=-20, cosine=25, lead=20)
SKUS = np.array([f"sku-{number}" for number in range(9)])
STRANGERS = np.tile(np.eye(20, dtype=np.float32)[19], (30, 1))


@pytest.fixture
def asked() -> Asked:
    """Nine SKUs that look like nothing else, a crop and a picture of each."""
    looks = np.eye(20, dtype=np.float32)[:9]
    photos = np.array([f"shelf-{number}" for number in range(9)])
    return Asked(looks, looks, SKUS, SKUS, photos, np.full(9, "studio"), SKUS)


def test_skus_that_look_like_no_other_keep_their_names_and_strangers_get_none(asked: Asked) -> None:
    found = named(asked, SURE, STRANGERS, SHARES[0])
    assert found == {"rightly_named": 1.0, "wrongly_named": 0.0, "unknown_named": 0.0}


def test_what_was_left_out_is_taken_for_its_twin(asked: Asked) -> None:
    twins = asked.shown.copy()
    twins[1::2] = twins[:-1:2]
    found = named(replace(asked, vectors=twins, shown=twins), SURE, STRANGERS, 1.0)
    assert found["unknown_named"]
    assert found["unknown_named"] >= 0.5


def test_a_crop_is_not_asked_of_its_own_photo(asked: Asked) -> None:
    found = named(replace(asked, shown_photos=asked.photos), SURE, STRANGERS, 1.0)
    assert found["rightly_named"] is None  # the only picture of each is the crop itself
