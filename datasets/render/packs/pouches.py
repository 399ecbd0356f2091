"""Stand-up pouches: pillow body with a gusset, and a spout or crimped seams."""

from __future__ import annotations

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.packs import Pack
from datasets.render.model import Model, Surface
from datasets.render.packs.labels import panel_texture
from datasets.render.packs.shapes import joined, patch, turned

_PX_PER_MM = 6
_SPOUT_MM = 22.0
_ACROSS, _UP = 11, 13


def pouch_model(pack: Pack, around: int) -> Model:
    """A pouch; form `spout` has a screw spout in the middle of the top, `crimped` a straight seam."""
    spout = pack.form != "crimped"
    tall = pack.height_mm - (_SPOUT_MM if spout else 0.0)
    art = panel_texture(pack.look, round(pack.width_mm * _PX_PER_MM), round(tall * _PX_PER_MM), pack.volume)
    front = patch(_half(pack, tall))
    body = joined([front, front.moved(turn=np.pi)])
    parts = [body.part(Surface("metal" if not spout else "glossy", texture=art))]
    if spout:
        low = tall - 3.0
        neck = [(5.0, low), (5.0, low + 8), (7.5, low + 8.5), (7.5, low + 10), (0.0, low + 10)]
        cap = [(9.2, low + 10), (9.2, pack.height_mm - 1.0), (8.2, pack.height_mm), (0.0, pack.height_mm)]
        parts.append(turned(neck, around).part(Surface("satin", (240, 240, 240))))
        parts.append(turned(cap, around).part(Surface("satin", pack.look.cap)))
    return Model(tuple(parts))


def _half(pack: Pack, tall: float) -> FloatArray:
    """The front half of the pillow: thick near the foot, flat at the side seams and the top seam."""
    across, up = np.linspace(-1, 1, _ACROSS), np.linspace(0, 1, _UP)
    belly = np.interp(up, [0, 0.06, 0.25, 0.5, 0.8, 0.94, 1], [0.86, 0.95, 1.0, 0.82, 0.42, 0.1, 0.03])
    lens = np.sqrt(np.clip(1 - np.abs(across) ** 2.6, 0, 1))
    x = np.broadcast_to(across * pack.width_mm / 2, (_UP, _ACROSS))
    z = belly[:, None] * lens * pack.depth_mm / 2
    rise = np.broadcast_to((up * tall)[:, None], x.shape)
    return np.stack([x, rise, z], -1)
