"""`Model`: the shape and the materials of one thing in a scene, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.packs import Colour

Finish = Literal["matte", "satin", "glossy", "metal", "glass", "film"]
"""How a surface throws light back: `glass` is clear plastic or glass, `film` shrink wrap over something else."""


@dataclass(frozen=True, eq=False)
class Surface:
    """What a part is made of.

    Attributes:
        finish: how it reflects.
        colour: where there is no texture; of glass, the colour of what shows through it.
        texture: (H, W, 3) uint8 RGB artwork, first row at v = 1, or None.
        opacity: how much it hides what is behind it, 0 to 1; below 1 for glass and film only.
    """

    finish: Finish
    colour: Colour = (255, 255, 255)
    texture: Pixels | None = None
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class Part:
    """One mesh of a model, of one surface.

    Attributes:
        vertices: (N, 3) float32 mm; x to the right, y up, z towards the camera.
        faces: (M, 3) uint32, counter-clockwise seen from outside.
        uvs: (N, 2) float32, 0 to 1.
        smooth: shaded as if round; else each face flat.
    """

    vertices: FloatArray
    faces: npt.NDArray[np.uint32]
    uvs: FloatArray
    surface: Surface
    smooth: bool = True


@dataclass(frozen=True, eq=False)
class Model:
    """Something that can stand in a scene: its foot's centre is the origin, its front looks along +z."""

    parts: tuple[Part, ...]
