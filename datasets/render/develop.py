"""From a rendering to the photo that a real camera in a real shop sends, and which thing each of its pixels shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from datasets.products.arrays import Mask, Pixels
from datasets.render.dirt import dirtied
from datasets.render.lens import Lens, Warp, draw_lens, fitted
from datasets.render.motion import draw_motion, moved
from datasets.render.rendering import Rendering
from datasets.render.sensor import draw_sensor, expose
from datasets.render.stress import Stress, StressKind
from datasets.render.weather import fogged

HIDES_FROM = 0.85
"""From this opacity on, dirt or condensation hides what is behind it."""
_LONG_SIDE = ((0, 0), (640, 760), (420, 500), (300, 340))
"""By level of low resolution: pixels of the longer side; 0 leaves it as it is."""
_ENLARGED_CHANCE = 0.5
_QUALITY = ((86, 93), (44, 54), (26, 34), (12, 18))
"""By level of the stress `jpeg`."""


@dataclass(frozen=True, eq=False)
class Developed:
    """A photo and what its labels need.

    Attributes:
        jpeg: the file.
        pixels: (H, W, 3) uint8 BGR, as decoded from it.
        warp: the way between ideal pixels and those of the photo.
        things_shown: (H, W) int32, the number of the thing at each pixel, as in the rendering.
        hidden: (H, W) bool, where something on lens or glass hides what is behind it.
        settings: what was drawn for it: exposure, motion, quality; for the scene's truth.
    """

    jpeg: bytes
    pixels: Pixels
    warp: Warp
    things_shown: npt.NDArray[np.int32]
    hidden: Mask
    settings: dict[str, Any]


@dataclass(frozen=True)
class _Delivery:
    """How the photo leaves the camera: longer side in pixels (0: as it is), enlarged again, JPEG quality."""

    long_side: int
    enlarged: bool
    quality: int


def develop(rendering: Rendering, stress: Stress, rng: np.random.Generator, lens: Lens | None = None) -> Developed:
    """Takes the photo of a rendering.

    Args:
        rendering: what an ideal camera sees.
        stress: how bad lens, glass, sensor and compression are; kinds that change the scene matter only for colours.
        rng: decides everything that the stress leaves open.
        lens: drawn with `draw_lens` before rendering with a `widened` camera; else drawn here and zoomed in.
    """
    lenses, weather, dirt, camera, noise = rng.spawn(5)
    warp = Warp(rendering.camera, fitted(lens or draw_lens(rendering.camera, stress, lenses), rendering.camera))
    sensor, motion, delivery = draw_sensor(stress, camera), draw_motion(stress, camera), _draw_delivery(stress, camera)
    light = moved(warp.bent(rendering.light), motion)
    light, foggy = fogged(light, warp.bent(rendering.distance_mm), stress[StressKind.FOG], weather)
    light, dirty = dirtied(light, stress[StressKind.DIRTY_LENS], dirt)
    warp = Warp(warp.camera, _delivered(warp.lens, delivery))
    jpeg = _encoded(_resized(expose(light, sensor, noise), warp.lens, delivery), delivery.quality)
    hides = cv2.resize(np.maximum(foggy, dirty), (warp.lens.width, warp.lens.height), interpolation=cv2.INTER_AREA)
    return Developed(
        jpeg=jpeg,
        pixels=np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)),
        warp=warp,
        things_shown=warp.bent(rendering.things_shown, nearest=True),
        hidden=hides >= HIDES_FROM,
        settings={"sensor": asdict(sensor), "motion": asdict(motion), **asdict(delivery)},
    )


def _draw_delivery(stress: Stress, rng: np.random.Generator) -> _Delivery:
    shortest, longest = _LONG_SIDE[stress[StressKind.LOW_RESOLUTION]]
    lowest, highest = _QUALITY[stress[StressKind.JPEG]]
    long_side = int(rng.integers(shortest, longest + 1))
    return _Delivery(long_side, bool(rng.random() < _ENLARGED_CHANCE), int(rng.integers(lowest, highest + 1)))


def _small(width: int, height: int, delivery: _Delivery) -> tuple[int, int]:
    shrink = min(1.0, delivery.long_side / max(width, height)) if delivery.long_side else 1.0
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _delivered(lens: Lens, delivery: _Delivery) -> Lens:
    return lens if delivery.enlarged else lens.scaled(*_small(lens.width, lens.height, delivery))


def _resized(photo: Pixels, lens: Lens, delivery: _Delivery) -> Pixels:
    """The photo as large as its lens says, through the fewer pixels of a low resolution."""
    height, width = photo.shape[:2]
    small = _small(width, height, delivery)
    if small != (width, height):
        photo = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
    if photo.shape[1::-1] != (lens.width, lens.height):
        photo = cv2.resize(photo, (lens.width, lens.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(photo)


def _encoded(photo: Pixels, quality: int) -> bytes:
    colours = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, colours]
    return bytes(cv2.imencode(".jpg", photo, options)[1])
