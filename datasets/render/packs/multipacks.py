"""Multipacks: their units under shrink film, or in a printed carton sleeve that is open at its ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import mixed
from datasets.products.packs import Bundle, Pack
from datasets.render.model import Model, Part, Surface
from datasets.render.packs.cans import seam_radius
from datasets.render.packs.labels import panel_texture
from datasets.render.packs.shapes import Shape, joined, patch, placed, rounded_outline, subdivided, walled

_PX_PER_MM = 4
_UNIT_AROUND = 20
_FILM_CLEAR = 0.14
_FILM_PRINTED = 0.96

UnitModel = Callable[[Pack, int], Model]


def multipack_model(pack: Pack, bundle: Bundle, unit_model: UnitModel) -> Model:
    """A multipack; `unit_model` makes its units with as many sides as asked for."""
    units = _units(pack, bundle, unit_model(bundle.unit, _UNIT_AROUND))
    wrap = _sleeve(pack, bundle) if bundle.wrap == "sleeve" else _film(pack, bundle)
    return Model((*units, *wrap))


def _units(pack: Pack, bundle: Bundle, unit: Model) -> tuple[Part, ...]:
    """The parts of one unit, each repeated at every place; no two units are turned alike."""
    turns = np.random.default_rng(int(pack.gtin)).uniform(-0.9, 0.9, bundle.count)
    places = [(x, z, float(turn)) for (x, z), turn in zip(_centres(bundle), turns, strict=True)]
    return tuple(_repeated(part, places) for part in unit.parts)


def _centres(bundle: Bundle) -> list[tuple[float, float]]:
    unit = bundle.unit
    return [
        ((column - (bundle.columns - 1) / 2) * unit.width_mm, ((bundle.rows - 1) / 2 - row) * unit.depth_mm)
        for row in range(bundle.rows)
        for column in range(bundle.columns)
    ]


def _repeated(part: Part, places: list[tuple[float, float, float]]) -> Part:
    copies = [Shape(placed(part.vertices, x, 0.0, z, turn), part.faces, part.uvs) for x, z, turn in places]
    return joined(copies).part(part.surface, part.smooth)


def _film(pack: Pack, bundle: Bundle) -> tuple[Part, ...]:
    """Film drawn tight over the units: printed around their lower part, clear above and over the top."""
    height = pack.height_mm
    shoulder, top_scale = (0.62, 0.62) if bundle.unit.pack_type in {"pet", "glass"} else (0.86, 0.9)
    outline = rounded_outline(pack.width_mm, pack.depth_mm, bundle.unit.width_mm / 2, 6)
    outline = subdivided(outline, bundle.unit.width_mm / 8)
    tight = _drawn_in(outline, bundle)
    printed = walled(tight, [1.0, 0.3 * height, shoulder * height])
    middle = min((1 + top_scale) / 2 + 0.1, 1.0)
    clear = walled(outline, [shoulder * height, (shoulder + 1) / 2 * height, height - 2.0, height],
                   [(1, 1), (middle, middle), (top_scale, top_scale), (0.0, 0.0)])  # fmt: skip
    return (
        printed.part(Surface("film", texture=_around(pack, shoulder * height), opacity=_FILM_PRINTED)),
        clear.part(Surface("film", mixed(pack.look.base, (255, 255, 255), 0.8), opacity=_FILM_CLEAR)),
    )


def _drawn_in(outline: FloatArray, bundle: Bundle) -> FloatArray:
    """The outline, drawn in a little where two units meet."""
    unit = bundle.unit.width_mm
    phase_x = outline[:, 0] / unit + bundle.columns / 2
    dent = 1.5 * (0.5 + 0.5 * np.cos(2 * np.pi * phase_x)) ** 4
    inner = np.abs(outline[:, 0]) < (bundle.columns / 2 - 0.5) * unit
    return outline - np.stack([np.zeros_like(dent), np.sign(outline[:, 1]) * dent * inner], 1)


def _around(pack: Pack, tall_mm: float) -> Pixels:
    """The film's print: a panel on each long side and plain ground on the ends."""
    tall = round(tall_mm * _PX_PER_MM)
    front = panel_texture(pack.look, round(pack.width_mm * _PX_PER_MM), tall, pack.volume)
    end: Pixels = np.full((tall, round(pack.depth_mm * _PX_PER_MM), 3), pack.look.base, np.uint8)
    half = end.shape[1] // 2
    return np.concatenate([end[:, half:], front, end, front, end[:, :half]], axis=1)


def _sleeve(pack: Pack, bundle: Bundle) -> tuple[Part, ...]:
    """A board around front, top, back and bottom; its upper edges are cut off where the cans' necks are."""
    width, depth, height = pack.width_mm, pack.depth_mm, pack.height_mm
    cut = max(bundle.unit.depth_mm / 2 - seam_radius(bundle.unit), 0.6)
    edges = [(0.0, depth / 2), (height - cut - 3.0, depth / 2), (height, depth / 2 - cut)]
    front = _board(edges, width)
    tall = round(height * _PX_PER_MM)
    art = panel_texture(pack.look, round(width * _PX_PER_MM), tall, pack.volume)
    top = _board([(height, depth / 2 - cut), (height, cut - depth / 2)], width)
    foot = _board([(0.0, -depth / 2), (0.0, depth / 2)], width)
    lid = panel_texture(pack.look, round(width * _PX_PER_MM), round((depth - 2 * cut) * _PX_PER_MM), pack.volume)
    return (
        joined([front, front.moved(turn=np.pi)]).part(Surface("satin", texture=art), smooth=False),
        top.part(Surface("satin", texture=lid), smooth=False),
        foot.part(Surface("matte", mixed(pack.look.base, (200, 190, 170), 0.6)), smooth=False),
    )


def _board(edges: list[tuple[float, float]], width: float) -> Shape:
    """A sheet along x over the points (y, z), its outside to the front or above."""
    grid = np.array([[(-width / 2, y, z), (width / 2, y, z)] for y, z in edges], np.float32)
    way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(np.array(edges), axis=0).T))])
    uvs = np.array([[(0.0, step), (1.0, step)] for step in way / way[-1]], np.float32)
    return patch(grid, uvs)
