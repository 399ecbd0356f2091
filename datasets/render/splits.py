"""Splits by scene and by SKU: which scenes a model learns from, and which products it must never have seen.

A scene's number alone says its split: of every ten, seven are for training, one for validation, two for the test. About
15% of the SKUs exist only in test scenes: scenes of the other splits are stocked and planned from the others alone.
So the test asks both questions: products known from other scenes, and products never seen before.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from datasets.products.packs import Catalogue

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
UNSEEN_SHARE = 0.15

_OF_TEN: tuple[Split, ...] = ("train", "train", "test", "train", "train", "val", "train", "train", "test", "train")
_DRAW = 15
"""Tells this draw of the seed from the others made with the same seed."""


def split_of(number: int) -> Split:
    """The split of a scene."""
    return _OF_TEN[number % len(_OF_TEN)]


def unseen_skus(catalogue: Catalogue, seed: int) -> frozenset[str]:
    """The SKUs that only test scenes may show: 15% of the catalogue, at least one, drawn by the seed."""
    skus = catalogue.skus()
    count = max(1, round(UNSEEN_SHARE * len(skus)))
    return frozenset(np.random.default_rng([seed, _DRAW]).permutation(np.array(skus))[:count].tolist())


def stock_of(catalogue: Catalogue, split: Split, unseen: frozenset[str]) -> Catalogue:
    """What scenes of a split are stocked from: everything for the test, else all but the unseen SKUs."""
    if split == "test":
        return catalogue
    return Catalogue(tuple(pack for pack in catalogue if pack.sku not in unseen))
