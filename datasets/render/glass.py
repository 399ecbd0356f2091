"""Panes: what a closed glass door lets through and what it reflects of the room.

A pane is a plane mirror over the picture, so its reflection is what a camera behind the mirror sees of the room. That
is exact, needs few paths, and leaves light and labels behind the glass as they are.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.assemble import assemble, sensor, traced
from datasets.render.cameras import mirrored, position, project
from datasets.render.engine import denoised, integrator
from datasets.render.furniture.furniture import Pane
from datasets.render.lights import Lights
from datasets.render.rendering import CameraModel
from datasets.render.stage import Stage

_CLEAR = 0.93
"""Light that passes a double pane where it reflects none."""
_HEAD_ON = 0.075
"""Reflected by the four faces of a double pane seen head on (Fresnel, n = 1.5, with antireflective inner faces)."""
_SAMPLES, _BOUNCES = 4, 3
_SMALLER = 2
_FACING = 0.9


def behind_glass(light: FloatArray, distance: FloatArray, stage: Stage, lights: Lights, camera: CameraModel,
                 seed: int) -> FloatArray:  # fmt: skip
    """The light (H, W, 3) with the stage's panes before what lies behind them; the light's unit is Mitsuba's."""
    panes = [pane for pane in stage.panes if _covers(pane, camera, distance).any()]
    facing = [pane for pane in panes if abs(pane.normal[2]) > _FACING]
    room = _reflected(stage, lights, camera, facing[0], seed) if facing else None
    for pane in panes:
        covered = _covers(pane, camera, distance)[..., None]
        share = _reflectance(pane, camera)[..., None] * covered
        seen = room if room is not None and pane in facing else float(np.median(light))
        light = light * (1 - share) * (1 - (1 - _CLEAR) * covered) + share * seen
    return light.astype(np.float32)


def _rays(camera: CameraModel) -> FloatArray:
    """(H, W, 3) unit directions through the pixels' centres."""
    x = (np.arange(camera.width) + 0.5 - camera.k[0, 2]) / camera.k[0, 0]
    y = (np.arange(camera.height) + 0.5 - camera.k[1, 2]) / camera.k[1, 1]
    grid = np.stack([*np.meshgrid(x, y), np.ones((camera.height, camera.width))], axis=-1) @ camera.r
    rays: FloatArray = grid / np.linalg.norm(grid, axis=-1, keepdims=True)
    return rays


def _covers(pane: Pane, camera: CameraModel, distance: FloatArray) -> FloatArray:
    """(H, W) float32: 1 where the pane lies before all else, soft at its edge."""
    pixels, ahead = project(camera, pane.corners)
    mask = np.zeros((camera.height, camera.width), np.uint8)
    if (ahead <= 1).any():
        return mask.astype(np.float32)
    outline = np.clip(pixels, -30000, 30000) - 0.5
    cv2.fillConvexPoly(mask, (outline * 16).round().astype(np.int32), 255, cv2.LINE_AA, 4)
    towards = _rays(camera) @ pane.normal
    reach = float((pane.corners[0] - position(camera)) @ pane.normal) / np.where(np.abs(towards) < 1e-6, 1e-6, towards)
    covers: FloatArray = mask.astype(np.float32) / 255 * ((reach > 0) & (reach < distance))
    return covers


def _reflectance(pane: Pane, camera: CameraModel) -> FloatArray:
    """(H, W) after Schlick."""
    slant = np.abs(_rays(camera) @ pane.normal)
    share: FloatArray = _HEAD_ON + (1 - _HEAD_ON) * (1 - slant) ** 5
    return share


def _reflected(stage: Stage, lights: Lights, camera: CameraModel, pane: Pane, seed: int) -> FloatArray:
    """What the pane's plane mirrors of the room and the people in it, in the camera's pixels."""
    small = replace(camera, width=camera.width // _SMALLER, height=camera.height // _SMALLER,
                    k=np.diag([1 / _SMALLER, 1 / _SMALLER, 1]) @ camera.k)  # fmt: skip
    behind = mirrored(small, pane.normal, pane.corners[0])
    people = [exhibit for exhibit in stage.exhibits if exhibit.kind == "person"]
    assembly = assemble(people, stage.room.ahead, stage.room.lamps, lights)
    eye = sensor(behind, {"type": "independent", "sample_count": _SAMPLES})
    light = traced(assembly, integrator(_BOUNCES), eye, _SAMPLES, seed)[..., :3]
    whole = cv2.resize(denoised(light)[:, ::-1], (camera.width, camera.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.float32)
