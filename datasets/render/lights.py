"""The light of a scene: lamps of the cabinet, of the room's ceiling, and daylight from a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.furniture.furniture import LampGroup
from datasets.render.stress import Stress, StressKind


@dataclass(frozen=True)
class Lights:
    """How strong each group of lamps is against the others, and its colour temperature in kelvin.

    Only ratios count, as a rendering is brought to one brightness. A level of 1 is a usual lamp of that group.
    """

    cabinet: float = 1.0
    cabinet_kelvin: float = 5600.0
    ceiling: float = 1.0
    ceiling_kelvin: float = 4200.0
    window: float = 0.0
    window_kelvin: float = 6800.0
    sign: float = 1.0
    ambient: float = 1.0

    def power(self, group: LampGroup) -> FloatArray:
        """(3,) linear RGB power of a group: cabinet, sign, ceiling or window."""
        level, kelvin = {
            "cabinet": (0.5 * self.cabinet, self.cabinet_kelvin),
            "sign": (0.05 * self.sign * max(self.cabinet, 0.25), self.cabinet_kelvin),
            "ceiling": (14.0 * self.ceiling, self.ceiling_kelvin),
            "window": (14.0 * self.window, self.window_kelvin),
        }[group]
        return np.asarray(level * kelvin_rgb(kelvin))


def kelvin_rgb(kelvin: float) -> FloatArray:
    """(3,) linear sRGB of a black body, luminance 1, from the daylight locus approximation of Kim et al. (2002)."""
    t = 1000.0 / float(np.clip(kelvin, 1700, 20000))
    if kelvin < 4000:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    to_rgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    return np.asarray(np.maximum(to_rgb @ xyz, 0.0))


def draw_lights(rng: np.random.Generator, stress: Stress, has_lamps: bool) -> Lights:
    """The light of a shop by chance; the stress mixed-light brings other colours and daylight from one side."""
    mixed = stress[StressKind.MIXED_LIGHT]
    dark = rng.random() < 0.15
    spread = 250.0 + 900.0 * mixed
    return Lights(
        cabinet=float(rng.uniform(0.7, 1.4)) if has_lamps and rng.random() > 0.12 * max(mixed, 1) else 0.0,
        cabinet_kelvin=float(np.clip(rng.normal(5900, 600 + 500 * mixed), 3000, 9500)),
        ceiling=float(rng.uniform(0.04, 0.15) if dark and has_lamps else rng.uniform(0.5, 1.3)),
        ceiling_kelvin=float(np.clip(rng.normal(4300, spread), 2500, 8000)),
        window=float(rng.uniform(0.7, 1.4) * mixed) if mixed else float(rng.uniform(0, 0.25)),
        window_kelvin=float(rng.uniform(5600, 9000)),
        ambient=float(rng.uniform(0.7, 1.3)),
    )
