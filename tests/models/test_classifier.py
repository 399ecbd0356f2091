"""The classifier of whole photos: its photos, views and settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from facings.errors import BadInputError
from models.classifier.cli import CONFIG
from models.classifier.config import ClassifierConfig, read_config
from models.classifier.photos import centre, epoch, grocery_store, view
from tests.support.coloured_photos import coloured_photos


def test_a_view_keeps_its_size_and_differs_from_the_next() -> None:
    rng = np.random.default_rng(1)
    views = [view(coloured_photos().pixels[0], 64, rng) for _ in range(8)]
    assert {(v.shape, v.dtype.name) for v in views} == {((64, 64, 3), "uint8")}
    assert len({v.tobytes() for v in views}) == 8


def test_the_middle_of_a_photo_is_square() -> None:
    assert centre(np.zeros((90, 70, 3), np.uint8), 48).shape == (48, 48, 3)


def test_an_epoch_shows_every_photo_once() -> None:
    seen = np.concatenate([classes for _, classes in epoch(coloured_photos(), 4, 32, np.random.default_rng(0))])
    assert sorted(seen.tolist()) == sorted(coloured_photos().classes.tolist())


def test_a_missing_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="--shared"):
        grocery_store(tmp_path, "val")


def settings(**changes: object) -> ClassifierConfig:
    return ClassifierConfig.model_validate(read_config(CONFIG).model_dump() | changes)


@pytest.mark.parametrize(
    ("sides", "epochs", "expected"),
    [
        ((112, 144), 6, [112, 112, 128, 128, 144, 144]),
        ((112, 144), 1, [112]),
        ((112, 136), 3, [112, 128, 136]),
        ((144, 144), 3, [144, 144, 144]),
    ],
)
def test_views_grow_over_the_epochs(sides: tuple[int, int], epochs: int, expected: list[int]) -> None:
    config = settings(train_sides=sides, epochs=epochs)
    assert [config.train_side(number) for number in range(epochs)] == expected


def test_later_cycles_see_large_views() -> None:
    config = settings(train_sides=(112, 144), epochs=3, cycles=2, again_epochs=2)
    assert [config.train_side(number) for number in range(config.all_epochs)] == [112, 128, 144, 144, 144]


def test_rates_fall_over_each_cycle() -> None:
    config = settings(epochs=4, cycles=3, again_epochs=2, again_rate=0.5)
    rates = [config.rate(epochs / 2) for epochs in range(17)]
    assert rates[0] == 1
    assert rates[:8] == sorted(rates[:8], reverse=True)
    assert rates[7] < 0.05
    assert rates[8] == rates[12] == rates[16] == 0.5
    assert rates[8:12] == sorted(rates[8:12], reverse=True)
    assert [config.cycles_after(epochs) for epochs in (0, 3, 4, 5, 6, 8)] == [0, 0, 1, 1, 2, 3]


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"train_sides": [8, 64]}, {"mix": 1.5}, {"colour": 1}])
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)
