"""Beverage cartons: brick, gable top and prism."""

from __future__ import annotations

import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import mixed
from datasets.products.packs import Look, Pack
from datasets.render.model import Model, Part, Surface
from datasets.render.packs.labels import panel_texture
from datasets.render.packs.shapes import Shape, capped, joined, patch, rounded_outline, turned, walled

_PX_PER_MM = 6
_WHITE = (245, 245, 245)


def carton_model(pack: Pack, around: int) -> Model:
    """A carton of the pack's form; `around` is how round its cap and straw are."""
    if pack.form == "gable":
        return _gable(pack, around)
    bevel = 0.22 if pack.form == "prism" else 0.02
    return _block(pack, around, bevel * min(pack.width_mm, pack.depth_mm))


def _block(pack: Pack, around: int, bevel: float) -> Model:
    width, depth, height = pack.width_mm, pack.depth_mm, pack.height_mm
    cap_mm = 11.0 if pack.size_ml >= 500 or pack.form == "prism" else 0.0
    top = height - cap_mm
    outline = rounded_outline(width, depth, max(bevel, 1.0), 2)
    sides = walled(outline, [0, 1.0, top - 1.0, top], [(0.985, 0.985), (1, 1), (1, 1), (0.985, 0.985)])
    ends = Surface("satin", mixed(pack.look.base, _WHITE, 0.25))
    parts = [
        sides.part(Surface("satin", texture=_around(pack)), smooth=False),
        joined([capped(outline, top, True, (0.985, 0.985)), capped(outline, 0.0, False, (0.985, 0.985))]).part(ends),
    ]
    lid = _cap(pack.look, top, cap_mm, 0.2 * depth, around) if cap_mm else _straw(pack, around)
    return Model((*parts, lid))


def _gable(pack: Pack, around: int) -> Model:
    width, depth, height = pack.width_mm, pack.depth_mm, pack.height_mm
    fin, roof = 0.07 * height, 0.17 * height
    eaves = height - fin - roof
    outline = rounded_outline(width, depth, 1.2, 2)
    side = walled(outline, [0, 1.0, eaves], [(0.985, 0.985), (1, 1), (1, 1)])
    ridge = eaves + roof
    slope = patch(np.array([[(-width / 2, eaves, depth / 2), (width / 2, eaves, depth / 2)],
                            [(-width / 2, ridge, 1.0), (width / 2, ridge, 1.0)],
                            [(-width / 2, height, 1.0), (width / 2, height, 1.0)]], np.float32))  # fmt: skip
    gable = _gable_end(width, depth, eaves, ridge, height)
    ends = joined([slope, slope.moved(turn=np.pi), gable, gable.moved(turn=np.pi), capped(outline, 0.0, False)])
    parts = [
        side.part(Surface("satin", texture=_around(pack)), smooth=False),
        ends.part(Surface("satin", mixed(pack.look.base, _WHITE, 0.15)), smooth=False),
    ]
    if pack.size_ml >= 500:
        parts.append(_cap(pack.look, eaves + 0.45 * roof, 12.0, 0.27 * depth, around))
    return Model(tuple(parts))


def _gable_end(width: float, depth: float, eaves: float, ridge: float, height: float) -> Shape:
    """The right side of the roof, folded in under the ridge, and the fin's narrow end."""
    x = width / 2
    inner, fold = x - 0.3 * width, ridge - 2
    front, back = (x, eaves, depth / 2), (x, eaves, -depth / 2)
    folded = np.array([[front, back], [(inner, fold, 1.0), (inner, fold, -1.0)]], np.float32)
    wing = np.array([[front, (inner, fold, 1.0)], [(x, ridge, 1.0), (x, ridge, 1.0)]], np.float32)
    other = np.array([[(inner, fold, -1.0), back], [(x, ridge, -1.0), (x, ridge, -1.0)]], np.float32)
    fin = np.array([[(x, ridge, 1.0), (x, ridge, -1.0)], [(x, height, 1.0), (x, height, -1.0)]], np.float32)
    return joined([patch(folded), patch(wing), patch(other), patch(fin)])


def _cap(look: Look, y: float, tall: float, z: float, around: int) -> Part:
    radius = 12.5
    side = [(radius + 2.5, y - 1), (radius + 2.5, y + 1.0), (radius, y + 1.4), (radius, y + tall - 1),
            (radius - 1, y + tall), (0.0, y + tall)]  # fmt: skip
    return turned(side, around).moved(z=z).part(Surface("satin", look.cap))


def _straw(pack: Pack, around: int) -> Part:
    """A straw in its film across the back, within the pack's own size."""
    del around
    length, x, z = 0.8 * pack.height_mm, 0.2 * pack.width_mm, -pack.depth_mm / 2 + 0.2
    rod = turned([(0.0, 0.0), (2.0, 0.0), (2.0, length), (0.0, length)], 8)
    return rod.moved(x, 0.1 * pack.height_mm, z + 1.6).part(Surface("satin", _WHITE))


def _around(pack: Pack) -> Pixels:
    """All four sides, from the middle of the left by the front to the middle of the left again."""
    tall = round(pack.height_mm * _PX_PER_MM)
    front = panel_texture(pack.look, round(pack.width_mm * _PX_PER_MM), tall, pack.volume)
    side = panel_texture(pack.look, round(pack.depth_mm * _PX_PER_MM), tall, pack.volume)
    half = side.shape[1] // 2
    strips: list[FloatArray] = [side[:, half:], front, side, front, side[:, :half]]
    return np.concatenate(strips, axis=1)
