"""Drinking cups from the cooler: a printed cone with a straw beside it under a plastic lid, or with a foil lid."""

from __future__ import annotations

import numpy as np

from datasets.products.packs import Pack
from datasets.render.model import Model, Surface
from datasets.render.packs.labels import around_texture
from datasets.render.packs.shapes import disc, turned

_TEXTURE = 1280
_FOOT = 0.74


def cup_model(pack: Pack, around: int) -> Model:
    """A cup; form `straw` has a plastic lid and a straw at its side, `foil` a sealed foil lid."""
    radius, height = pack.width_mm / 2, pack.height_mm
    straw = pack.form != "foil"
    lip = height - (7.0 if straw else 1.2)
    wall = [(_FOOT * radius, 0.0), (_FOOT * radius + 0.4, 1.5), (0.955 * radius, lip - 2.5)]
    rim = [(0.955 * radius, lip - 2.5), (0.99 * radius, lip - 2.2), (0.99 * radius, lip), (0.95 * radius, lip)]
    tall = round(_TEXTURE * height / (2 * np.pi * radius * 0.87))
    white = Surface("satin", (244, 244, 242))
    parts = [
        turned(wall, around).part(Surface("satin", texture=around_texture(pack.look, _TEXTURE, tall, pack.volume))),
        turned(rim, around).part(white),
        turned([(0.0, 2.0), (_FOOT * radius - 1.5, 2.0), (_FOOT * radius - 1.0, 0.0), (_FOOT * radius, 0.0)],
               around).part(white),
    ]  # fmt: skip
    if straw:
        lid = [(radius, lip - 3.0), (radius, lip + 0.8), (0.96 * radius, lip + 1.2), (0.9 * radius, height - 0.8),
               (0.86 * radius, height), (0.8 * radius, height - 1.6), (0.0, height - 1.6)]  # fmt: skip
        parts.append(turned(lid, around).part(Surface("glossy", pack.look.cap)))
        rod = turned([(2.2, 0.0), (2.2, 0.74 * height), (0.0, 0.74 * height)], 8)
        parts.append(rod.moved(0.84 * radius, 0.12 * height, -0.2 * radius).part(Surface("satin", (250, 250, 250))))
    else:
        edge = [(radius - 0.2, lip - 1.5), (radius, lip - 1.3), (radius, height - 0.2), (radius - 0.4, height)]
        foil = Surface("metal", pack.look.cap)
        parts += [turned(edge, around).part(foil), disc(radius - 0.4, height, around).part(foil)]
    return Model(tuple(parts))
