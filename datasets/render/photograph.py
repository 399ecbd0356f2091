"""A scene through a real camera: the lens is drawn first, so that the rendering shows all that it will see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from datasets.products.packs import Catalogue
from datasets.render.develop import Developed, develop
from datasets.render.lens import draw_lens, sized, widened
from datasets.render.rendering import SAMPLES, Rendering

if TYPE_CHECKING:
    from datasets.render.scene import Scene


def photograph(scene: Scene, catalogue: Catalogue, rng: np.random.Generator, size: tuple[int, int] = (1280, 960),
               samples: int = SAMPLES) -> tuple[Rendering, Developed]:  # fmt: skip
    """Renders a scene and takes its photo, as badly as the scene's stress says.

    Args:
        scene: what stands where; its camera says which way the photo is held, not how many pixels it has.
        catalogue: of the scene's products.
        rng: decides what the stress leaves open.
        size: longer and shorter side of the photo, before a low resolution makes it smaller.
        samples: paths of light per pixel.
    """
    from datasets.render.paint import render_scene  # noqa: PLC0415 - Mitsuba

    upright = scene.camera.height >= scene.camera.width
    camera = sized(scene.camera, *((min(size), max(size)) if upright else (max(size), min(size))))
    lens = draw_lens(camera, scene.stress, rng)
    rendering = render_scene(replace(scene, camera=widened(camera, lens)), catalogue, samples)
    return rendering, develop(rendering, scene.stress, rng, lens)
