"""`Furniture`: a built piece, its shelves, lamps and panes. Its front stands in the plane z = 0, its foot on y = 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.model import Part

LampGroup = Literal["cabinet", "sign", "ceiling", "window"]
LAMP_GROUPS: tuple[LampGroup, ...] = get_args(LampGroup)


@dataclass(frozen=True)
class Shelf:
    """A surface that lanes stand on, from left to right.

    Attributes:
        row: counted from the top (of a chest: from the back); shelves side by side share it.
        left_mm, level_mm, front_mm: x of its left end, y of its upper face at the front, z of its front edge.
        width_mm, depth_mm, clear_mm: room for the lanes; `clear_mm` up to what is above.
        tilt_deg: how steeply it rises towards the back, as gravity rails do.
        lip_mm: height of the strip along its front that bears the price tags, 0 without one.
        lip_top_mm: y of that strip's upper edge.
        from_above: its products are looked upon from above, as in a chest.
        pitch_mm: distance of the places of a lane where the furniture gives it (spirals), else None.
    """

    row: int
    left_mm: float
    level_mm: float
    front_mm: float
    width_mm: float
    depth_mm: float
    clear_mm: float
    tilt_deg: float = 0.0
    lip_mm: float = 0.0
    lip_top_mm: float = 0.0
    from_above: bool = False
    pitch_mm: float | None = None


@dataclass(frozen=True, eq=False)
class Lamp:
    """A part that shines, all of its group equally; where it bears a texture, in the texture's colours."""

    part: Part
    group: LampGroup


@dataclass(frozen=True, eq=False)
class Pane:
    """Clear glass that reflects the room: (4, 3) corners in mm, bottom left, bottom right, top right, top left."""

    corners: FloatArray

    @property
    def normal(self) -> FloatArray:
        """Unit vector across the glass, towards the side from which the corners run counter-clockwise."""
        across = np.cross(self.corners[1] - self.corners[0], self.corners[3] - self.corners[0])
        unit: FloatArray = across / np.linalg.norm(across)
        return unit


@dataclass(frozen=True, eq=False)
class Furniture:
    """A built piece of furniture, without products.

    Attributes:
        name: of its kind, as labels call it.
        parts: everything opaque.
        width_mm, height_mm, depth_mm: outside.
    """

    name: str
    width_mm: float
    height_mm: float
    depth_mm: float
    parts: tuple[Part, ...]
    shelves: tuple[Shelf, ...]
    lamps: tuple[Lamp, ...] = ()
    panes: tuple[Pane, ...] = ()
