"""`render_scene`: a scene's light by path tracing, and its labels by geometry alone."""

from __future__ import annotations

import logging
import time

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue
from datasets.render import things
from datasets.render.assemble import Assembly, assemble, sensor, traced
from datasets.render.engine import best_variant, denoised, integrator
from datasets.render.glass import behind_glass
from datasets.render.rendering import SAMPLES, CameraModel, Rendering
from datasets.render.scene import Scene
from datasets.render.stage import put_up
from datasets.render.visibility import things_shown

_PATHS = integrator(4) | {"rr_depth": 3}
"""Short paths: in a lit cabinet the fifth bounce adds what nobody sees, and takes a third of the time."""
_AIDES = {"type": "aov", "aovs": "albedo:albedo,normal:sh_normal"}
_BRIGHT_ENOUGH = 0.15
_ENOUGH_THINGS = 0.03
_log = logging.getLogger(__name__)


def render_scene(scene: Scene, catalogue: Catalogue, samples: int = SAMPLES) -> Rendering:
    """What an ideal camera sees of a scene, and the truth about it.

    The same scene gives the same labels whatever `samples`; its light differs only by noise. With 0 samples it is
    labelled only, and its light stays black.

    Raises:
        KeyError: a SKU that is not in the catalogue.
        BadInputError: lanes that do not fit their shelf.
    """
    started = time.perf_counter()
    best_variant()
    camera = scene.camera
    stage = put_up(scene, catalogue)
    assembly = assemble(stage.exhibits, stage.parts, stage.lamps, scene.lights)
    ready = time.perf_counter()
    shown, distance = things_shown(assembly, camera)
    named = things.things_of(stage, camera)
    labelled = time.perf_counter()
    light = np.zeros((camera.height, camera.width, 3), np.float32)
    if samples:
        open_light, albedo = painted(assembly, camera, samples, scene.surroundings)
        light = behind_glass(open_light, distance, stage, scene.lights, camera, scene.surroundings)
        light = (light / paper_light(open_light, albedo, shown)).astype(np.float32)
    _log.debug("%d things: %.1f s to put up, %.1f s to label, %.1f s to paint", len(named), ready - started,
               labelled - ready, time.perf_counter() - labelled)  # fmt: skip
    return Rendering(
        light=light,
        things_shown=shown,
        distance_mm=distance,
        things=named,
        places=things.places_of(scene, stage.furniture, catalogue, camera),
        rows=things.rows_of(stage.furniture, camera),
        camera=camera,
        furniture=stage.furniture.name,
    )


def painted(assembly: Assembly, camera: CameraModel, samples: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """(H, W, 3) float32 light without panes, denoised, and (H, W, 3) the colour of the first surface."""
    eye = sensor(camera, {"type": "independent", "sample_count": samples})
    # One after the other: an `aov` integrator with a path tracer inside it traces every path twice.
    light = traced(assembly, _PATHS, eye, samples, seed)[..., :3]
    aides = traced(assembly, _AIDES, eye, samples, seed)[..., -6:]
    albedo, normal = aides[..., :3], aides[..., 3:]
    return denoised(light, albedo, normal), albedo


def paper_light(light: FloatArray, albedo: FloatArray, shown: npt.NDArray[np.int32]) -> float:
    """How bright white paper would be among the things that labels speak of, or anywhere where hardly any show: the
    median over what is not dark of the light thrown back per share of colour."""
    share, bright = albedo.mean(-1), light.mean(-1)
    not_dark = share > _BRIGHT_ENOUGH
    things = not_dark & (shown > 0)
    chosen = things if things.mean() > _ENOUGH_THINGS else not_dark
    return max(float(np.median(bright[chosen] / share[chosen])), 1e-6) if chosen.any() else 1.0
