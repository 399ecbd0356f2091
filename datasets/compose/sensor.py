"""What the camera makes of the light: exposure, white balance, vignette, blur, noise, compression."""

from __future__ import annotations

import cv2
import numpy as np

from datasets.compose.spec import Sensor
from datasets.products.arrays import FloatArray, Pixels


def expose(light: FloatArray, sensor: Sensor, rng: np.random.Generator) -> Pixels:
    """The photo that the sensor takes of the light, (H, W, 3) BGR."""
    photo = _blurred(light, sensor)
    gain = _vignette(photo.shape[1], photo.shape[0], sensor.vignette) * np.float32(sensor.exposure)
    photo *= gain[..., None] * np.array([1 - sensor.warmth, 1.0, 1 + sensor.warmth], np.float32)
    if sensor.contrast != 1:
        photo = (photo - 118) * np.float32(sensor.contrast) + 118
    photo = _shoulder(photo)
    if sensor.noise > 0:
        photo += _grain(photo.shape, sensor.noise, rng)
    return np.clip(photo + 0.5, 0, 255).astype(np.uint8)


def _shoulder(photo: FloatArray) -> FloatArray:
    """Bends bright light towards white instead of cutting it off."""
    over = photo > 205
    photo[over] = 255 - 50 * np.exp((photo[over] - 205) * np.float32(-1 / 60))
    return photo


def _blurred(light: FloatArray, sensor: Sensor) -> FloatArray:
    height, width = light.shape[:2]
    photo = light
    if sensor.low_res < 1:
        small = cv2.resize(photo, None, fx=sensor.low_res, fy=sensor.low_res, interpolation=cv2.INTER_AREA)
        photo = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if sensor.blur_px > 0.2:
        photo = cv2.GaussianBlur(photo, (0, 0), sensor.blur_px)
    if sensor.motion_px >= 2:
        reach = int(sensor.motion_px) | 1
        kernel: FloatArray = np.zeros((reach, reach), np.float32)
        kernel[reach // 2] = 1
        turn = cv2.getRotationMatrix2D((reach / 2 - 0.5, reach / 2 - 0.5), sensor.motion_deg, 1)
        kernel = cv2.warpAffine(kernel, turn, (reach, reach))
        photo = cv2.filter2D(photo, -1, kernel / kernel.sum())
    return photo if photo is not light else light.copy()


def _vignette(width: int, height: int, strength: float) -> FloatArray:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return 1 - np.float32(strength / 2) * (x**2 + y**2)


def _grain(shape: tuple[int, ...], strength: float, rng: np.random.Generator) -> FloatArray:
    """Noise of the sensor: fine grain, drawn once for a tile and shifted for the rest, as drawing is slow."""
    height, width = shape[:2]
    tile = rng.standard_normal((256, 256, 3), dtype=np.float32) * np.float32(strength)
    tile = np.roll(tile, tuple(rng.integers(0, 256, 2)), (0, 1))
    repeated = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))
    return repeated[:height, :width]
