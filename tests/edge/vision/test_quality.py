"""Verdicts of the quality gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.decode import decode_photo
from edge.vision.photo import Photo
from edge.vision.quality import judge

Change = Callable[[np.ndarray], np.ndarray]


def shelf() -> np.ndarray:
    """Something with edges, colours and mid tones."""
    pixels = np.random.default_rng(0).integers(40, 220, (24, 18, 3)).astype(np.uint8)
    return cv2.resize(pixels, (720, 960), interpolation=cv2.INTER_NEAREST)


def photo(pixels: np.ndarray) -> Photo:
    return Photo(np.ascontiguousarray(pixels, np.uint8), "", b"", "image/jpeg")


def cut_below(share: float) -> Change:
    def change(pixels: np.ndarray) -> np.ndarray:
        pixels = pixels.copy()
        pixels[int(len(pixels) * (1 - share)) :] = 128
        return pixels

    return change


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        pytest.param(lambda p: p, "good", "", id="as it is"),
        pytest.param(lambda p: p * 0.2, "poor", "too dark", id="dim"),
        pytest.param(np.zeros_like, "unusable", "too dark", id="black"),
        pytest.param(lambda p: np.full_like(p, 255), "unusable", "too bright", id="white"),
        pytest.param(lambda p: 200 + p * 0.2, "poor", "too bright", id="washed out"),
        pytest.param(lambda p: 120 + p * 0.02, "unusable", "hardly any contrast", id="fogged over"),
        pytest.param(lambda p: cv2.GaussianBlur(p, (0, 0), 2), "poor", "blurred", id="out of focus"),
        pytest.param(lambda p: cv2.GaussianBlur(p, (0, 0), 60), "unusable", "blurred", id="far out of focus"),
        pytest.param(cut_below(0.1), "poor", "flat band", id="a tenth did not come"),
        pytest.param(cut_below(0.5), "unusable", "flat band", id="half did not come"),
    ],
)
def test_verdict(change: Change, verdict: str, reason: str) -> None:
    quality = judge(photo(change(shelf())))
    assert quality.verdict == verdict
    assert reason in "; ".join(quality.reasons)
    assert bool(quality.reasons) == (verdict != "good")


def test_a_threshold_means_the_same_at_every_resolution() -> None:
    small, large = (judge(photo(cv2.resize(shelf(), None, fx=f, fy=f, interpolation=cv2.INTER_AREA))) for f in (0.6, 2))
    assert small.brightness == pytest.approx(large.brightness, abs=0.01)
    assert small.sharpness == pytest.approx(large.sharpness, rel=0.35)


@pytest.mark.real_photos
def test_real_coolers_are_good(shared_data: Path) -> None:
    files = sorted((shared_data / "drinks_coolers" / "images").iterdir())
    files += sorted((shared_data / "cooler_brands" / "images").iterdir())[::20]
    verdicts = {file.name: judge(decode_photo(file.read_bytes())).verdict for file in files}
    assert {name for name, verdict in verdicts.items() if verdict != "good"} == set()
