"""Bottles: PET with petaloid, ribbed or hot-fill body, and glass with a crown cap; liquid, air above it, label, cap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.artwork import mixed
from datasets.products.packs import Colour, Form, Pack
from datasets.render.model import Model, Part, Surface
from datasets.render.packs.labels import around_texture
from datasets.render.packs.shapes import Profile, Shape, disc, joined, turned

_TEXTURE = 1280
_CLEAR: Colour = (226, 234, 238)
_AIR_OPACITY = 0.16
_SEEN_THROUGH = 0.7
"""Drinks that hide less than this are clear: one sees their bottle's far wall."""
_LOBES = 5
_LABEL_GAP_MM = 0.25


@dataclass(frozen=True)
class Shoulders:
    """What kind of bottle it is, heights and radii as shares of the bottle's height and half its width.

    Attributes:
        body: radius along the height up to the neck, as (height, radius).
        label: from where to where the label reaches.
        fill: height of the liquid.
        neck_mm: radius of the neck.
        foot: radius under the body.
    """

    body: tuple[tuple[float, float], ...]
    label: tuple[float, float]
    fill: float
    neck_mm: float


_PET: dict[Form, Shoulders] = {
    "petaloid": Shoulders(
        ((0.0, 0.62), (0.025, 0.8), (0.06, 0.93), (0.1, 0.985), (0.14, 1.0), (0.3, 0.985), (0.36, 0.94), (0.42, 0.93),
         (0.43, 0.955), (0.62, 0.955), (0.63, 0.965), (0.66, 0.985), (0.7, 0.97), (0.755, 0.87), (0.8, 0.72),
         (0.84, 0.57), (0.865, 0.48)),
        (0.435, 0.615), 0.8, 13.2),
    "ribbed": Shoulders(
        ((0.0, 0.8), (0.012, 0.94), (0.04, 1.0), (0.075, 0.99), (0.09, 0.95), (0.105, 0.99), (0.14, 0.99),
         (0.155, 0.95), (0.17, 0.99), (0.205, 0.99), (0.22, 0.95), (0.235, 0.99), (0.28, 0.985), (0.36, 0.96),
         (0.37, 0.965), (0.57, 0.965), (0.58, 0.99), (0.62, 0.99), (0.635, 0.95), (0.65, 0.99), (0.69, 0.97),
         (0.76, 0.84), (0.82, 0.66), (0.86, 0.5)),
        (0.375, 0.565), 0.81, 13.2),
    "hot-fill": Shoulders(
        ((0.0, 0.84), (0.015, 0.95), (0.04, 1.0), (0.09, 1.0), (0.105, 0.96), (0.12, 0.985), (0.125, 0.97),
         (0.6, 0.97), (0.61, 0.985), (0.62, 0.96), (0.635, 1.0), (0.67, 1.0), (0.72, 0.93), (0.78, 0.78), (0.83, 0.64)),
        (0.13, 0.6), 0.82, 17.0),
}  # fmt: skip
_GLASS = Shoulders(
    ((0.0, 0.82), (0.008, 0.94), (0.03, 1.0), (0.08, 0.985), (0.1, 0.98), (0.44, 0.98), (0.47, 0.985), (0.53, 0.93),
     (0.6, 0.76), (0.68, 0.58), (0.76, 0.47), (0.85, 0.425), (0.93, 0.41)),
    (0.105, 0.435), 0.79, 12.6,
)  # fmt: skip


def pet_model(pack: Pack, around: int) -> Model:
    """A PET bottle with a screw cap."""
    form = pack.form or "petaloid"
    shoulders = _PET[form]
    around = around if form != "petaloid" else max(around // 20, 1) * 20
    cap_mm = 16.0
    wall = _wall(pack, shoulders, pack.height_mm - cap_mm)
    neck = shoulders.neck_mm
    parts = _filled(pack, wall, shoulders, around, petaloid=form == "petaloid")
    collar = pack.height_mm - cap_mm - 3.0
    ring = [(neck, collar - 1.2), (neck + 3.2, collar - 0.8), (neck + 3.2, collar + 0.8), (neck, collar + 1.2)]
    clear = Surface("glass", _CLEAR, opacity=0.45)
    cap = Surface("satin", pack.look.cap)
    return Model((*parts, turned(ring, around).part(clear), _screw_cap(neck, pack.height_mm, cap_mm).part(cap)))


def glass_model(pack: Pack, around: int) -> Model:
    """A glass bottle with a crown cap."""
    wall = _wall(pack, _GLASS, pack.height_mm - 4.0)
    crown = Surface("metal", pack.look.cap)
    parts = _filled(pack, wall, _GLASS, around, petaloid=False)
    return Model((*parts, _crown(pack.height_mm).part(crown)))


def _wall(pack: Pack, shoulders: Shoulders, top_mm: float) -> FloatArray:
    """(N, 2) radius and height of the outer wall, from the foot to the neck's top."""
    radius, height = pack.width_mm / 2, pack.height_mm
    body = [(share * radius, up * height) for up, share in shoulders.body if up * height < top_mm - 9]
    body = [point for point in body if point[0] > shoulders.neck_mm or point[1] < height / 2]
    neck = [(shoulders.neck_mm, top_mm - 7.0), (shoulders.neck_mm, top_mm)]
    return np.array([*body, *neck])


def _filled(pack: Pack, wall: FloatArray, shoulders: Shoulders, around: int, petaloid: bool) -> list[Part]:
    """The wall up to the liquid's level, the air's wall above, the level itself and the label."""
    look, level = pack.look, shoulders.fill * pack.height_mm
    radius = float(np.interp(level, wall[:, 1], wall[:, 0]))
    below = np.array([(0.0, 3.5), *wall[wall[:, 1] < level], (radius, level)])
    above = np.array([(radius, level), *wall[wall[:, 1] > level]])
    swell = _petals(below, around, pack.height_mm) if petaloid else None
    # Two walls stand in the way, the quick composer's opacity is that of both.
    hides = 1 - (1 - look.opacity) ** 0.5 if look.opacity < _SEEN_THROUGH else look.opacity
    liquid = Surface("glass", look.liquid, opacity=hides)
    air = Surface("glass", mixed(_CLEAR, look.liquid, 0.12), opacity=_AIR_OPACITY)
    return [
        turned(below.tolist(), around, swell).part(liquid),
        disc(radius - 0.4, level, around).part(Surface("satin", look.liquid, opacity=hides)),
        turned(above.tolist(), around).part(air),
        _label(pack, wall, shoulders, around),
    ]


def _petals(profile: FloatArray, around: int, height: float) -> FloatArray:
    """How far a petaloid base swells at each point: five feet with valleys between, gone where the side begins."""
    angle = np.linspace(0, 2 * np.pi, around + 1)
    depth = 0.2 * np.clip(1 - profile[:, 1] / (0.12 * height), 0, 1) ** 0.8
    valleys = (0.5 + 0.5 * np.cos(_LOBES * angle)) ** 3
    return 1 - depth[:, None] * valleys


def _label(pack: Pack, wall: FloatArray, shoulders: Shoulders, around: int) -> Part:
    low, high = (share * pack.height_mm for share in shoulders.label)
    inside = (wall[:, 1] > low) & (wall[:, 1] < high)
    ends = [(float(np.interp(y, wall[:, 1], wall[:, 0])), y) for y in (low, high)]
    side = np.array([ends[0], *wall[inside], ends[1]]) + np.array([_LABEL_GAP_MM, 0.0])
    tall = max(round(_TEXTURE * (high - low) / (np.pi * pack.width_mm)), 16)
    art = around_texture(pack.look, _TEXTURE, tall, pack.volume)
    return turned(side.tolist(), around).part(Surface("satin", texture=art))


def _screw_cap(neck: float, height: float, cap_mm: float) -> Shape:
    """A cap with knurls, a tamper band below it, and a rounded top."""
    low, radius, knurls = height - cap_mm, neck + 1.6, 40
    side: Profile = [(radius - 0.3, low), (radius, low + 0.3), (radius, low + 2.4), (radius - 0.7, low + 2.6),
                     (radius - 0.7, low + 3.2), (radius, low + 3.5), (radius - 0.2, height - 1.4)]  # fmt: skip
    top: Profile = [(radius - 0.2, height - 1.4), (radius - 0.6, height - 0.4), (radius - 1.4, height), (0.0, height)]
    grip = np.ones((len(side), knurls + 1))
    grip[5:, ::2] = 0.965
    return joined([turned(side, knurls, grip), turned(top, 20)])


def _crown(height: float) -> Shape:
    """A crown cap: 21 teeth that flare out, a flat top."""
    teeth = 42
    side: Profile = [(16.0, height - 6.0), (15.0, height - 4.2), (13.9, height - 1.6), (13.0, height - 0.4),
                     (11.5, height), (0.0, height)]  # fmt: skip
    flare = np.ones((len(side), teeth + 1))
    flare[0, ::2], flare[1, ::2] = 0.92, 0.95
    return turned(side, teeth, flare)
