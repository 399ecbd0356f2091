"""Draws any pack, standing or fallen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from datasets.compose.cartons import carton_sprite
from datasets.compose.solids import BOXED, Solid
from datasets.compose.sprites import Light, Sprite, View, pack_sprite

Drawer = Callable[[Solid, View, Light, bool], Sprite]
"""`draw_pack`, or something that remembers what it drew."""


def draw_pack(solid: Solid, view: View, light: Light, fallen: bool = False) -> Sprite:
    """The picture of a pack; of a fallen one, `view` is that of its middle."""
    draw = carton_sprite if solid.pack.pack_type in BOXED else pack_sprite
    if not fallen:
        return draw(solid, view, light)
    return _laid_down(draw(solid, View(0.0, 0.0, view.px_per_mm, 0.0, view.turn), light), view.x, view.y)


def _laid_down(upright: Sprite, x: float, y: float) -> Sprite:
    """The pack on its side, its middle at (x, y)."""
    colour, keeps, owns = (
        np.ascontiguousarray(np.rot90(part)) for part in (upright.colour, upright.keeps, upright.owns)
    )
    height, width = owns.shape
    return Sprite(round(x - width / 2), round(y - height / 2), colour, keeps, owns)
