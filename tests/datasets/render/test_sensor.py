from dataclasses import replace

import numpy as np
import pytest

from datasets.render.motion import Motion, draw_motion, moved
from datasets.render.sensor import Sensor, draw_sensor, expose, metered
from datasets.render.stress import Stress, StressKind

PLAIN = Sensor(0, 0, (1, 1, 1), vignette=0, blur_px=0, sharpening=0, banding=0)


def grey(level: float, size: tuple[int, int] = (96, 128)) -> np.ndarray:
    return np.full((*size, 3), level, np.float32)


def photo(light: np.ndarray, **changes: object) -> np.ndarray:
    return expose(light, replace(PLAIN, **changes), np.random.default_rng(1)).astype(float)


@pytest.mark.parametrize("level", [0.1, 0.2, 0.5])
def test_the_meter_brings_any_light_to_the_same_grey(level: float) -> None:
    assert photo(grey(level)).mean() == pytest.approx(132, abs=4)


def test_the_meter_gives_up_in_the_dark() -> None:
    assert metered(grey(0.0001)) == metered(grey(0.001))
    assert photo(grey(0.005)).mean() < 60


@pytest.mark.parametrize(("stops", "brighter"), [(-3, False), (-1, False), (1, True), (2.5, True)])
def test_stops_darken_and_brighten(stops: float, brighter: bool) -> None:
    assert (photo(grey(0.3), stops=stops).mean() > photo(grey(0.3)).mean() + 20) == brighter
    assert (photo(grey(0.3), stops=stops).mean() < photo(grey(0.3)).mean() - 20) != brighter


def test_too_much_light_is_cut_off_and_too_little_is_noise() -> None:
    half = np.concatenate([grey(0.2), grey(0.6)], axis=1)
    bright, dark = photo(half, stops=3), photo(half, stops=-3, gain_stops=4)
    assert bright[:, 140:].min() > 240 and bright[:, 140:].std() < 3
    assert dark[:, :100].std() > 3 * photo(half)[:, :100].std()


def test_noise_grows_with_the_root_of_the_light() -> None:
    half = np.concatenate([grey(0.05, (200, 200)), grey(0.2, (200, 200))], axis=1)
    taken = (photo(half, gain_stops=3)[..., 1] / 255) ** 2.2
    assert taken[:, 220:].std() / taken[:, :180].std() == pytest.approx(2, rel=0.25)


def test_white_balance_colours_the_photo_bgr() -> None:
    blue, green, red = photo(grey(0.3), balance=(1.3, 1.0, 0.7)).mean((0, 1))
    assert red > green + 10 > blue + 20


def test_bands_run_across_the_photo() -> None:
    banded = photo(grey(0.3), banding=0.15).mean(2)
    assert banded.mean(1).std() > 5 > 2 > banded.mean(0).std()


@pytest.mark.parametrize("kind", [StressKind.UNDER_EXPOSURE, StressKind.OVER_EXPOSURE, StressKind.MOTION_BLUR])
def test_levels_are_worse_and_worse(kind: StressKind) -> None:
    def strength(level: int) -> float:
        rng = np.random.default_rng(3)
        stress = Stress({kind: level})
        sensors, motions = zip(*((draw_sensor(stress, rng), draw_motion(stress, rng)) for _ in range(20)), strict=True)
        if kind is StressKind.MOTION_BLUR:
            return float(np.mean([motion.share for motion in motions]))
        return float(np.abs(np.mean([sensor.stops for sensor in sensors])))

    assert strength(0) < strength(1) < strength(2) < strength(3)


MOTIONS = {"straight": Motion(0.1, 30, 0.2, False), "turning": Motion(0.1, 0, 0, True)}


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=MOTIONS)
def test_motion_keeps_the_light_and_the_place(motion: Motion) -> None:
    light = np.zeros((101, 121, 3), np.float32)
    light[18:23, 28:33] = 1
    blurred = moved(light, motion)
    assert blurred.sum() == pytest.approx(light.sum(), rel=0.02)
    assert blurred.max() < 0.95
    y, x = np.indices(blurred.shape[:2])
    weight = blurred[..., 0] / blurred[..., 0].sum()
    assert ((x * weight).sum(), (y * weight).sum()) == pytest.approx((30, 20), abs=0.4)
