"""What a gallery learns from a customer's labelled photos, and when there is nothing to learn."""

from __future__ import annotations

import numpy as np
import pytest

from models.onboarding.crops import Crops
from models.onboarding.tune import tune


def crops(skus: list[str], photos: int, found: bool = True) -> Crops:
    """On each photo one crop of each SKU as labelled, and, where it is found, one as the detector boxes it."""
    rng = np.random.default_rng(3)
    looks = rng.normal(size=(len(skus), 8))
    rows = [(sku, photo, labelled) for photo in range(photos) for sku in range(len(skus))
            for labelled in ((True, False) if found else (True,))]  # fmt: skip
    vectors = np.stack([looks[sku] + rng.normal(0, 0.1, 8) for sku, _, _ in rows]).astype(np.float32)
    return Crops(
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        np.array([skus[sku] for sku, _, _ in rows]),
        np.array([photo for _, photo, _ in rows]),
        np.array([[100 * sku, 0, 100 * sku + 60, 120] for sku, _, _ in rows], np.float32),
        np.array([labelled for _, _, labelled in rows]),
    )


def test_it_learns_to_tell_skus_and_how_sure_to_be() -> None:
    learned = tune(crops(["cola", "lime", "water"], photos=6), "an embedder", 3)
    assert learned is not None
    assert learned.skus == ("cola", "lime", "water")
    assert learned.choice.sharpness > 1


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(crops(["cola"], photos=6), id="one SKU"),
        pytest.param(crops(["cola", "lime"], photos=1), id="one photo"),
        pytest.param(crops(["cola", "lime"], photos=6, found=False), id="nothing that the detector finds"),
    ],
)
def test_where_there_is_nothing_to_learn_there_is_no_tuning(seen: Crops) -> None:
    assert tune(seen, "an embedder", 3) is None
