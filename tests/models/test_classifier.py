"""The classifier of whole photos: its photos and views, and that it learns, where torch is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facings.errors import BadInputError
from models.classifier.photos import Photos, centre, epoch, grocery_store, view

RNG = np.random.default_rng(2)


def photos(count: int = 12) -> Photos:
    """Red, green and blue photos; red and green are one group."""
    classes = np.arange(count) % 3
    pixels = []
    for number in classes:
        photo = RNG.integers(0, 60, (90, 70, 3)).astype(np.uint8)
        photo[..., number] += 150
        pixels.append(photo)
    return Photos(tuple(pixels), classes.astype(np.int64), ("red", "green", "blue"), np.array([0, 0, 1], np.int64))


def test_a_view_keeps_its_size_and_differs_from_the_next() -> None:
    rng = np.random.default_rng(1)
    views = [view(photos().pixels[0], 64, rng) for _ in range(8)]
    assert {(v.shape, v.dtype.name) for v in views} == {((64, 64, 3), "uint8")}
    assert len({v.tobytes() for v in views}) == 8


def test_the_middle_of_a_photo_is_square() -> None:
    assert centre(np.zeros((90, 70, 3), np.uint8), 48).shape == (48, 48, 3)


def test_an_epoch_shows_every_photo_once() -> None:
    seen = np.concatenate([classes for _, classes in epoch(photos(), 4, 32, np.random.default_rng(0))])
    assert sorted(seen.tolist()) == sorted(photos().classes.tolist())


def test_a_missing_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="--shared"):
        grocery_store(tmp_path, "val")


@pytest.mark.training
def test_it_learns_and_is_judged_as_it_would_run(tmp_path: Path) -> None:
    from models.classifier.cli import CONFIG
    from models.classifier.export import judge
    from models.classifier.train import read_config, train

    small = {"train_side": 32, "side": 32, "batch": 4, "epochs": 10, "warm_up": 2, "frozen_blocks": 12, "mix": 0.0}
    config = read_config(CONFIG).model_copy(update=small)
    checkpoint = train(config, photos(), photos(), tmp_path)
    judged = judge(checkpoint, photos())
    assert (judged.photos, judged.side) == (12, 32)
    assert judged.right > 0.9


@pytest.mark.training
def test_the_loss_forgives_a_product_of_the_same_group_more() -> None:
    import torch

    from models.classifier.train import Loss

    loss = Loss(torch.tensor([0, 0, 1]), smoothing=0.0, coarse=1.0)
    taken_for_green, taken_for_blue = torch.tensor([[0.0, 4, 0]]), torch.tensor([[0.0, 0, 4]])
    red = torch.tensor([0])
    assert loss.of(taken_for_green, red) < loss.of(taken_for_blue, red)
