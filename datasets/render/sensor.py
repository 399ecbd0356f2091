"""What the sensor and the processor behind it make of the light: exposure, colour, noise, tone curve, sharpening."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.render.fields import softened
from datasets.render.stress import Stress, StressKind

_UNDER_STOPS = ((0.0, 0.0), (-1.7, -1.2), (-2.8, -2.2), (-4.0, -3.3))
_OVER_STOPS = ((0.0, 0.0), (0.9, 1.2), (1.7, 2.1), (2.6, 3.1))
_GAIN_STOPS = (0.0, 1.5, 3.0, 4.5)
"""By level of under-exposure: how far the camera turns its gain up, which raises noise but not enough light."""
_BALANCE = (0.02, 0.05, 0.09, 0.14)
"""By level of mixed light: spread of the error of the automatic white balance."""
_FULL_WELL = 9000.0
"""Electrons of a pixel at the light of white paper, at gain 0: a small sensor of about 1.4 micrometres."""
_READ_NOISE = 4.0
_MIDDLE_GREY = 0.23
_METERED_STOPS = 1.3
_SATURATION = 1.5
"""Where a pixel is full, in light of white paper."""
_KNEE = 0.72
_GLARE, _GLARE_REACH = 0.08, 0.02


@dataclass(frozen=True)
class Sensor:
    """Settings of one photo.

    Attributes:
        stops: exposure against what the camera's meter asks for, powers of two.
        gain_stops: amplification, powers of two.
        balance: factors of red, green and blue.
        vignette: darkening in the corners, 0 to 1.
        blur_px: softness of the lens, standard deviation at 1280 pixels.
        sharpening: of the processor, 0 to 1.
        banding: strength of the bands that flickering lamps leave, 0 to 1.
    """

    stops: float
    gain_stops: float
    balance: tuple[float, float, float]
    vignette: float
    blur_px: float
    sharpening: float
    banding: float


def draw_sensor(stress: Stress, rng: np.random.Generator) -> Sensor:
    """Settings as bad as the stress says; at level 0 those of a decent camera."""
    under, over = stress[StressKind.UNDER_EXPOSURE], stress[StressKind.OVER_EXPOSURE]
    mixed_light = stress[StressKind.MIXED_LIGHT]
    warmth, tint = rng.normal(0, _BALANCE[mixed_light], 2) * (1.0, 0.5)
    stops = rng.normal(0, 0.12) + rng.uniform(*_UNDER_STOPS[under]) + rng.uniform(*_OVER_STOPS[over])
    flicker = rng.random() < 0.3 and mixed_light + under >= 2
    return Sensor(
        stops=float(stops),
        gain_stops=float(rng.uniform(0, 1.2) + _GAIN_STOPS[under]),
        balance=(float(np.exp2(warmth)), float(np.exp2(-tint)), float(np.exp2(-warmth))),
        vignette=float(rng.uniform(0.08, 0.25)),
        blur_px=float(rng.uniform(0.35, 0.75)),
        sharpening=float(rng.uniform(0.2, 0.6)),
        banding=float(rng.uniform(0.06, 0.16)) if flicker else 0.0,
    )


def metered(light: FloatArray) -> float:
    """The factor by which the camera's meter brings the light (H, W, 3), its middle above all, to a middle grey."""
    height, width = light.shape[:2]
    middle = light[height // 5 : height - height // 5, width // 5 : width - width // 5]
    mean = 0.7 * float(np.minimum(middle, 1.5).mean()) + 0.3 * float(np.minimum(light, 1.5).mean())
    return float(np.clip(_MIDDLE_GREY / max(mean, 1e-6), 2**-_METERED_STOPS, 2**_METERED_STOPS))


def expose(light: FloatArray, sensor: Sensor, rng: np.random.Generator) -> Pixels:
    """The photo (H, W, 3) uint8 BGR that the sensor takes of linear RGB light."""
    height, width = light.shape[:2]
    light = softened(light, sensor.blur_px * max(width, height) / 1280)
    exposure = metered(light) * 2**sensor.stops
    falls = _vignette(width, height, sensor.vignette) * _bands(height, sensor.banding, rng)
    light = light * (falls * np.float32(exposure))[..., None]
    light = light + _glare(light)
    light = np.clip(_noisy(light, sensor.gain_stops, rng), 0, _SATURATION) * np.array(sensor.balance, np.float32)
    return _processed(light, sensor)


def _glare(light: FloatArray) -> FloatArray:
    """What lamps and blown-out places spill over their surroundings inside the lens."""
    spilled = softened(np.clip(light - 1, 0, 4), _GLARE_REACH * max(light.shape[:2]))
    return np.asarray(spilled * np.float32(_GLARE))


def _vignette(width: int, height: int, strength: float) -> FloatArray:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return np.asarray(1 - np.float32(strength / 2) * (x**2 + y**2))


def _bands(height: int, strength: float, rng: np.random.Generator) -> FloatArray:
    """What lamps at twice the mains' frequency leave on a sensor that is read row by row; (H, 1)."""
    periods, phase = rng.uniform(2, 5), rng.uniform(0, 2 * np.pi)
    wave = np.sin(np.linspace(0, periods * 2 * np.pi, height, dtype=np.float32) + np.float32(phase))
    return np.asarray((1 + np.float32(strength) * wave)[:, None])


def _noisy(light: FloatArray, gain_stops: float, rng: np.random.Generator) -> FloatArray:
    """Photon noise grows with the root of the light, read noise is the same everywhere; gain raises both."""
    well = _FULL_WELL / 2**gain_stops
    spread = np.sqrt(light / np.float32(well) + np.float32((_READ_NOISE / well) ** 2))
    grain = rng.standard_normal(light.shape, dtype=np.float32)
    # A colour filter spreads what one pixel saw over its neighbours: grain is coarser in colour than in brightness.
    coarse = softened(rng.standard_normal(light.shape, dtype=np.float32), 1.2) * np.float32(2.2)
    return np.asarray(light + spread * (0.75 * grain + 0.6 * coarse))


def _processed(light: FloatArray, sensor: Sensor) -> Pixels:
    tone = _tone_curve(light)
    if sensor.sharpening:
        soft = cv2.GaussianBlur(tone, (0, 0), 1.2)
        tone = tone + np.float32(sensor.sharpening) * (tone - soft)
    return np.ascontiguousarray(np.clip(tone[..., ::-1] * 255 + 0.5, 0, 255).astype(np.uint8))


def _tone_curve(light: FloatArray) -> FloatArray:
    """sRGB's curve, with a shoulder that bends bright light towards white instead of cutting it off."""
    bright = light > _KNEE
    room = np.float32(1 - _KNEE)
    light = np.where(bright, 1 - room * np.exp(-(light - np.float32(_KNEE)) / room), np.maximum(light, 0))
    high = np.float32(1.055) * np.power(np.maximum(light, 1e-5), np.float32(1 / 2.4)) - np.float32(0.055)
    return np.asarray(np.where(light <= 0.0031308, light * np.float32(12.92), high))
