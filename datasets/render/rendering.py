"""`Rendering`: what an ideal camera sees of a scene, before lens, sensor and weather have their say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray

SAMPLES = 4
"""Paths of light per pixel; with the denoiser few are enough."""

ThingKind = Literal["product", "price-tag", "person", "foreign"]
Mount = Literal["aisle", "door", "corner"]


@dataclass(frozen=True)
class Thing:
    """Something of the scene that labels speak of; number i + 1 in `Rendering.things_shown` is `things[i]`.

    Attributes:
        kind: product, price tag, part of a person, or an object that does not belong.
        sku: of a product.
        row, column, depth, level: shelf row from the top, lane from the left, place from the front, place in a stack;
            all None for what stands in no lane.
        front: nothing stands before it in its lane.
        pose: standing, fallen (lies), turned (its front looks away from the aisle).
        full_area: pixels of its outline as if nothing hid it and the photo had no edge.
        full_box: x1, y1, x2, y2 around that outline; may reach out of the photo.
        placement: (3, 4) transform from its model's axes (foot's centre, front along z) to the scene's, mm.
    """

    kind: ThingKind
    sku: str | None
    row: int | None
    column: int | None
    depth: int | None
    level: int | None
    front: bool
    pose: Literal["standing", "fallen", "turned"]
    full_area: float
    full_box: tuple[float, float, float, float]
    placement: FloatArray | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Place:
    """A front place of a lane as the camera sees it, filled or empty.

    Attributes:
        planned: the SKU that belongs there, if any.
        filled: a unit stands in it; `lane_empty`: nothing stands further back either.
        outline: (4, 2) corners on the front plane, pixels of the ideal photo, clockwise from the top left.
    """

    row: int
    column: int
    planned: str | None
    filled: bool
    lane_empty: bool
    outline: FloatArray


@dataclass(frozen=True)
class CameraModel:
    """A pinhole camera, and where it stands. Points x (mm) project to K (R x + t), y of the photo downwards.

    Attributes:
        width, height: pixels.
        k: (3, 3) intrinsics.
        r, t: (3, 3) and (3,), from the scene's axes (x right, y up, z towards the aisle) to the camera's.
        mount: where it is fixed.
    """

    width: int
    height: int
    k: FloatArray
    r: FloatArray
    t: FloatArray
    mount: Mount


@dataclass(frozen=True, eq=False)
class Rendering:
    """A rendered scene, before stress.

    Attributes:
        light: (H, W, 3) float32 linear RGB; 1.0 is white paper in the light of the middle of the scene.
        things_shown: (H, W) int32; 0 nothing that labels speak of, else the number of a thing. Clear glass doors and
            reflections do not count as hiding.
        distance_mm: (H, W) float32 from the camera.
        rows: shelf rows from the top, each the outline (N, 2) of its front face in pixels of the ideal photo.
        furniture: name of what the products stand in.
    """

    light: FloatArray
    things_shown: npt.NDArray[np.int32]
    distance_mm: FloatArray
    things: tuple[Thing, ...]
    places: tuple[Place, ...]
    rows: tuple[FloatArray, ...]
    camera: CameraModel
    furniture: str
