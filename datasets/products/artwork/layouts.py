"""How brand, flavour, mark and picture are arranged on a front; one layout per brand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork.lettering import Style, set_text
from datasets.products.artwork.marks import draw_mark
from datasets.products.artwork.paint import (
    BLACK,
    WHITE,
    against,
    disc,
    gradient,
    lay,
    lightness,
    metal_or,
    mixed,
    polygon,
    ring,
)
from datasets.products.artwork.pictures import draw_picture
from datasets.products.packs import Colour, Layout, Look

_LOW = 0.62
"""Fronts lower than this share of their width have no room below the letters."""


@dataclass(frozen=True)
class Front:
    """A front that is being drawn: the image, whose label it is, and the share of its width that one sees at once."""

    image: Pixels
    look: Look
    reach: float

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.image.shape[1])

    @property
    def low(self) -> bool:
        """Whether it is a band around a bottle, without room below the letters."""
        return self.height < _LOW * self.width

    @property
    def span(self) -> float:
        """Pixels that one sees at once."""
        return self.reach * self.width


def arrange(image: Pixels, look: Look, reach: float) -> None:
    """Puts picture, mark and letters on a front, in place."""
    front = Front(image, look, reach)
    if look.upright or look.layout == "upright":
        layout: Layout = "classic" if front.low else "upright"
    else:
        layout = look.layout
    _LAYOUTS[layout](front)


def _word(front: Front, at: tuple[float, float], tall: float, ink: Colour | None = None, style: Style | None = None,
          share: float = 1.0) -> None:  # fmt: skip
    look = front.look
    colour = ink or look.ink
    style = style or Style(look.lettering, 800, shadow=0.35, outline=_edge(look, colour), edge=0.05)
    set_text(front.image, look.word, at, tall, share * front.span, colour, style)


def _edge(look: Look, colour: Colour) -> Colour | None:
    """An outline where the letters would not stand out from the ground."""
    near = abs(lightness(colour) - lightness(look.base)) < 0.45 or look.motif in {"stripes", "burst", "diagonal"}
    return against(colour) if near else None


def _flavours(front: Front, y: float, tall: float, ink: Colour | None = None) -> None:
    """The flavour and, smaller below, the same in the other script."""
    look = front.look
    ink = ink or (look.accent if abs(lightness(look.accent) - lightness(look.base)) > 0.25 else look.ink)
    style = Style("uni" if not look.flavour.isascii() else "sans", 750, outline=_edge(look, ink), edge=0.06)
    set_text(front.image, look.flavour, (front.width / 2, y), tall, 0.72 * front.span, ink, style)
    other = Style("uni", 650)
    set_text(
        front.image, look.flavour_zh, (front.width / 2, y + 1.15 * tall), 0.62 * tall, 0.6 * front.span, ink, other
    )


def _foot_picture(front: Front, y: float = 0.74) -> None:
    """The picture below the letters; on low labels beside them."""
    size = min(0.22 * front.span / 0.62, 0.2 * front.height)
    if front.low:
        for side in (-1, 1):
            draw_picture(
                front.image, front.look, (front.width * (0.5 + side * 0.4), 0.55 * front.height, 0.3 * front.height)
            )
    else:
        draw_picture(front.image, front.look, (front.width / 2, y * front.height, size))


def _classic(front: Front) -> None:
    look, height, width = front.look, front.height, front.width
    _foot_picture(front)
    tall = min(0.24 * front.span, 0.3 * height)
    if not front.low:
        draw_mark(
            front.image,
            look.mark,
            (width / 2, 0.13 * height),
            0.075 * height,
            metal_or(front.image, look.foil, look.accent),
        )
    _word(front, (width / 2, 0.34 * height), tall)
    set_text(
        front.image,
        look.word_zh,
        (width / 2, 0.34 * height + 0.72 * tall),
        0.3 * tall,
        0.5 * front.span,
        look.ink,
        Style("uni"),
    )
    _flavours(front, 0.34 * height + 1.15 * tall, 0.42 * tall)


def _badge(front: Front) -> None:
    """The word on a leaning oval."""
    look, height, width = front.look, front.height, front.width
    _foot_picture(front, 0.78)
    y, half = (0.45 if front.low else 0.36) * height, 0.56 * front.span
    squeeze = min(0.34, 0.36 * height / half)
    for grow, paint in ((1.09, WHITE), (1.05, metal_or(front.image, look.foil, mixed(look.second, BLACK, 0.35)))):
        lay(front.image, disc(front.image, (width / 2, y), half * grow, squeeze * grow, -8), paint)
    oval = gradient(height, width, mixed(look.second, WHITE, 0.25), mixed(look.second, BLACK, 0.2))
    lay(front.image, disc(front.image, (width / 2, y), half, squeeze, -8), oval)
    ink = look.ink if abs(lightness(look.ink) - lightness(look.second)) > 0.3 else against(look.second)
    tilted = Style(look.lettering, 850, tilt=8, shadow=0.4)
    set_text(front.image, look.word, (width / 2, y), 1.05 * half * squeeze, 0.9 * front.span, ink, tilted)
    draw_mark(
        front.image, look.mark, (width / 2 + 0.62 * half, y - 1.35 * half * squeeze), 0.5 * half * squeeze, look.accent
    )
    _flavours(front, y + 1.55 * half * squeeze, 0.5 * half * squeeze)


def _medal(front: Front) -> None:
    """The word on a banner across a ring, the flavour bent along below."""
    look, height, width = front.look, front.height, front.width
    radius = min(0.5 * front.span, 0.42 * height)
    centre = (width / 2, (0.5 if front.low else 0.4) * height)
    rim = metal_or(front.image, look.foil, look.accent)
    lay(front.image, disc(front.image, centre, radius), mixed(look.second, BLACK, 0.06))
    for share, thick in ((1.0, 0.05), (0.88, 0.02)):
        lay(front.image, ring(front.image, centre, share * radius, thick * radius), rim)
    ink = look.ink if abs(lightness(look.ink) - lightness(look.second)) > 0.3 else against(look.second)
    draw_mark(front.image, look.mark, (centre[0], centre[1] - 0.52 * radius), 0.26 * radius, rim if look.foil else ink)
    style = Style(look.lettering, 850, shadow=0.25)
    tall = 0.42 * radius
    set_text(front.image, look.word, centre, tall, 1.66 * radius, ink, style)
    bent = Style("uni" if not look.flavour.isascii() else "sans", 800, arc=-0.16)
    set_text(front.image, look.flavour, (centre[0], centre[1] + 0.46 * radius), 0.46 * tall, 1.2 * radius, ink, bent)
    set_text(
        front.image, look.flavour_zh, (centre[0], centre[1] + 0.7 * radius), 0.3 * tall, 0.6 * radius, ink, Style("uni")
    )
    if not front.low:
        draw_picture(front.image, look, (width / 2, 0.84 * height, 0.13 * height))


def _band(front: Front) -> None:
    """The word on a band between two lines."""
    look, height, width = front.look, front.height, front.width
    _foot_picture(front, 0.8)
    top, bottom = (0.24, 0.58) if not front.low else (0.18, 0.66)
    band = np.array([(0, top * height), (width, top * height), (width, bottom * height), (0, bottom * height)])
    pale = mixed(look.base, WHITE, 0.55) if lightness(look.ink) < 0.5 else mixed(look.base, BLACK, 0.35)
    lay(front.image, polygon(front.image, band), pale, 0.88)
    line = metal_or(front.image, look.foil, look.second)
    for edge in (top, bottom):
        bar = np.array([(0, edge - 0.012), (1, edge - 0.012), (1, edge + 0.012), (0, edge + 0.012)]) * (width, height)
        lay(front.image, polygon(front.image, bar), line)
    middle = 0.5 * (top + bottom) * height
    _word(front, (width / 2, middle), 0.62 * (bottom - top) * height)
    draw_mark(front.image, look.mark, (width / 2, 0.5 * top * height), 0.36 * top * height, look.second)
    tall = 0.09 * height if not front.low else 0.12 * height
    _flavours(front, bottom * height + 1.1 * tall, tall, look.ink if front.low else None)


def _split(front: Front) -> None:
    """A white upper part over a curved lower one, the picture on the border."""
    look, height, width = front.look, front.height, front.width
    x = np.linspace(0, width, 40)
    border = (0.6 + 0.06 * np.cos(2 * np.pi * x / width)) * height
    lower = np.vstack([np.stack([x, border], 1), [(width, height), (0, height)]])
    lay(front.image, polygon(front.image, lower + np.array([0, -0.02 * height])), look.second)
    lay(front.image, polygon(front.image, lower), gradient(height, width, look.accent, mixed(look.accent, BLACK, 0.3)))
    size = min(0.27 * front.span, 0.21 * height)
    if front.low:
        for side in (-1, 1):
            draw_picture(front.image, look, (width * (0.5 + 0.38 * side), 0.62 * height, 0.28 * height))
    else:
        draw_picture(front.image, look, (width / 2, 0.68 * height, size))
    tall = min(0.24 * front.span, 0.26 * height)
    if not front.low:
        draw_mark(front.image, look.mark, (width / 2, 0.1 * height), 0.06 * height, look.second)
    _word(front, (width / 2, 0.25 * height), tall)
    ink = look.ink
    set_text(
        front.image,
        look.flavour,
        (width / 2, 0.25 * height + 0.85 * tall),
        0.4 * tall,
        0.8 * front.span,
        ink,
        Style(weight=700),
    )
    under = against(look.accent)
    set_text(front.image, look.flavour_zh, (width / 2, 0.9 * height), 0.4 * tall, 0.5 * front.span, under, Style("uni"))


def _arch(front: Front) -> None:
    """The word on an arc over the picture."""
    look, height, width = front.look, front.height, front.width
    _foot_picture(front, 0.72)
    tall = min(0.22 * front.span, 0.26 * height)
    if not front.low:
        draw_mark(
            front.image,
            look.mark,
            (width / 2, 0.11 * height),
            0.065 * height,
            metal_or(front.image, look.foil, look.accent),
        )
    style = Style(look.lettering, 900, outline=against(look.ink), edge=0.1, arc=0.12, shadow=0.4)
    _word(front, (width / 2, 0.32 * height), 1.5 * tall, style=style)
    set_text(
        front.image,
        look.word_zh,
        (width / 2, 0.32 * height + 0.78 * tall),
        0.3 * tall,
        0.5 * front.span,
        look.ink,
        Style("uni"),
    )
    _flavours(front, 0.32 * height + 1.25 * tall, 0.42 * tall)


def _upright(front: Front) -> None:
    """Letters that run up the pack."""
    look = front.look
    if not front.low:
        spot = (
            0.78 * front.width - 0.14 * front.span,
            0.82 * front.height,
            min(0.14 * front.height, 0.16 * front.span),
        )
        draw_picture(front.image, look, spot)
    turned = np.ascontiguousarray(cv2.rotate(front.image, cv2.ROTATE_90_CLOCKWISE))
    height, width = turned.shape[:2]
    ink = metal_or(turned, look.foil, look.ink) if look.foil == "gold" else look.ink
    style = Style(look.lettering, 850, outline=against(look.ink), edge=0.05, shadow=0.4)
    share = front.reach / 0.62
    tall = set_text(turned, look.word, (0.52 * width, 0.46 * height), 0.34 * share * height, 0.74 * width, ink, style)
    uni = Style("uni", 750)
    second = look.accent if abs(lightness(look.accent) - lightness(look.base)) > 0.25 else look.ink
    y = 0.46 * height + 0.5 * tall + 0.08 * height
    set_text(turned, look.flavour, (0.52 * width, y), 0.1 * share * height, 0.4 * width, second, uni)
    above = 0.4 * height - 0.5 * tall
    set_text(turned, look.word_zh, (0.52 * width, above), 0.07 * share * height, 0.4 * width, second, uni)
    draw_mark(turned, look.mark, (0.1 * width, 0.48 * height), 0.07 * min(width, 1.4 * height), second)
    front.image[:] = cv2.rotate(turned, cv2.ROTATE_90_COUNTERCLOCKWISE)


_LAYOUTS: dict[Layout, Callable[[Front], None]] = {
    "classic": _classic,
    "badge": _badge,
    "medal": _medal,
    "band": _band,
    "split": _split,
    "arch": _arch,
    "upright": _upright,
}
