"""What is painted on labels: fruit, citrus wheels, drops, bubbles, leaves, milk, splashes, beans, halftone."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork.paint import BLACK, WHITE, bgr, blank, disc, family_chance, lay, mixed, polygon, ring
from datasets.products.packs import Colour, Look, Picture

Spot = tuple[float, float, float]
"""Middle x, y and radius in pixels of where a picture goes."""

_LEAF: Colour = (58, 140, 52)


def draw_picture(image: Pixels, look: Look, spot: Spot) -> None:
    """Paints what the look has, at the spot."""
    picture = look.picture or ("fruit" if look.fruit is not None else "")
    if picture:
        _PICTURES[picture](image, look, spot)


def _fruit(image: Pixels, look: Look, spot: Spot) -> None:
    x, y, size = spot
    colour = look.fruit or look.accent
    _leaf(image, (x + 0.55 * size, y - 0.75 * size), 0.6 * size, -35, _LEAF)
    _leaf(image, (x - 0.2 * size, y - 0.85 * size), 0.5 * size, 200, mixed(_LEAF, WHITE, 0.15))
    for dx, dy, scale in ((-0.62, 0.18, 0.62), (0.62, 0.22, 0.64), (0.0, -0.05, 0.78)):
        _ball(image, (x + dx * size, y + dy * size), scale * size, colour)
    _wheel(image, (x + 0.42 * size, y + 0.52 * size), 0.44 * size, colour)


def _ball(image: Pixels, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    """A round fruit: dark below, bright where the light falls, a glint."""
    x, y = centre
    lay(image, disc(image, (x, y + 0.06 * radius), 1.03 * radius), mixed(colour, (70, 20, 0), 0.45), 0.7)
    for step, share in enumerate(np.linspace(0, 1, 6)):
        tone = mixed(mixed(colour, (90, 20, 0), 0.16), mixed(colour, WHITE, 0.42), share**1.5)
        at = (x - 0.07 * step * radius, y - 0.07 * step * radius)
        lay(image, disc(image, at, radius * (1 - 0.145 * step)), tone, 0.85)
    lay(image, disc(image, (x - 0.36 * radius, y - 0.4 * radius), 0.16 * radius, 0.6, -40), WHITE, 0.8)


def _slice(image: Pixels, look: Look, spot: Spot) -> None:
    x, y, size = spot
    colour = look.fruit or look.accent
    _leaf(image, (x + 0.75 * size, y - 0.5 * size), 0.6 * size, -25, _LEAF)
    _ball(image, (x + 0.38 * size, y - 0.02 * size), 0.72 * size, colour)
    _wheel(image, (x - 0.3 * size, y + 0.15 * size), 0.78 * size, colour)


def _wheel(image: Pixels, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    """A citrus wheel: rind, pith, ten wedges."""
    lay(image, disc(image, centre, radius), mixed(colour, (80, 30, 0), 0.2))
    lay(image, disc(image, centre, 0.93 * radius), mixed(colour, WHITE, 0.82))
    middle = np.array(centre)
    for wedge in range(10):
        angle = 2 * np.pi * (wedge + np.array([0.09, 0.3, 0.5, 0.7, 0.91])) / 10
        reach = radius * np.array([0.78, 0.84, 0.85, 0.84, 0.78])
        rim = middle + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
        tip = middle + 0.12 * radius * np.array([np.cos(angle[2]), np.sin(angle[2])])
        lay(image, polygon(image, np.vstack([tip, rim])), mixed(colour, WHITE, 0.12 + 0.14 * (wedge % 3)))


def _leaf(image: Pixels, at: tuple[float, float], length: float, degrees: float, colour: Colour) -> None:
    """A pointed leaf with a rib, from its stalk at `at`."""
    along = np.linspace(0, 1, 14)
    half = 0.24 * np.sin(np.pi * along**0.8)
    turn = np.radians(degrees)
    axis, side = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    edge = np.array(at) + length * (along[:, None] * axis + half[:, None] * side)
    other = np.array(at) + length * (along[:, None] * axis - half[:, None] * side)
    lay(image, polygon(image, np.vstack([edge, other[::-1]])), colour)
    rib = np.array(at) + length * along[:, None] * axis
    lay(image, polygon(image, np.vstack([edge, rib[::-1]])), mixed(colour, WHITE, 0.28), 0.7)
    _line(image, rib, mixed(colour, BLACK, 0.35), max(length / 60, 1))


def _line(image: Pixels, points: FloatArray, colour: Colour, thick: float) -> None:
    corners = [np.round(points * 16).astype(np.int32)]
    cv2.polylines(image, corners, False, bgr(colour), max(round(thick), 1), cv2.LINE_AA, 4)


def _leaves(image: Pixels, look: Look, spot: Spot) -> None:
    x, y, size = spot
    colour = look.fruit or mixed(_LEAF, look.second, 0.25)
    for number, degrees in enumerate((-150, -30, -115, -65, -90)):
        tone = mixed(colour, WHITE, 0.06 * number)
        _leaf(image, (x, y + 0.6 * size), (0.95 + 0.1 * number) * size, degrees, tone)
    _ball(image, (x, y + 0.55 * size), 0.14 * size, mixed(look.accent, WHITE, 0.3))


def _drops(image: Pixels, look: Look, spot: Spot) -> None:
    """Water beads over the lower half, as printed on cold drinks."""
    rng = family_chance(look, "drops")
    height, width = image.shape[:2]
    for _ in range(46):
        at = (float(rng.uniform(0, width)), height * (1 - float(rng.uniform(0.02, 1)) ** 1.6 * 0.62))
        _bead(image, at, float(rng.uniform(0.05, 0.2)) ** 1.3 * spot[2])


def _bead(image: Pixels, centre: tuple[float, float], radius: float) -> None:
    x, y = centre
    lay(image, disc(image, (x + 0.1 * radius, y + 0.16 * radius), radius, 1.15), BLACK, 0.28)
    lay(image, disc(image, (x, y), radius, 1.15), WHITE, 0.24)
    lay(image, disc(image, (x + 0.2 * radius, y + 0.35 * radius), 0.55 * radius), WHITE, 0.3)
    lay(image, disc(image, (x - 0.35 * radius, y - 0.4 * radius), 0.22 * radius), WHITE, 0.95)


def _bubbles(image: Pixels, look: Look, spot: Spot) -> None:
    rng = family_chance(look, "bubbles")
    height, width = image.shape[:2]
    for _ in range(34):
        at = (float(rng.uniform(0, width)), height * (1 - float(rng.uniform(0, 1)) ** 1.4 * 0.9))
        radius = float(rng.uniform(0.03, 0.16)) * spot[2]
        lay(image, ring(image, at, radius, max(radius / 6, 1)), mixed(look.accent, WHITE, 0.6), 0.6)
        lay(image, disc(image, (at[0] - 0.3 * radius, at[1] - 0.3 * radius), 0.25 * radius), WHITE, 0.8)


def _milk(image: Pixels, look: Look, spot: Spot) -> None:
    """A pouring wave of milk with a crown of drops, and the fruit that is in it."""
    x, y, size = spot
    rng = family_chance(look, "milk")
    height, width = image.shape[:2]
    along = np.linspace(0, width, 60)
    swell = np.exp(-(((along - x) / (0.9 * size)) ** 2)) * (1 + 0.3 * np.cos(along / size * 6))
    edge = np.stack([along, y + 0.5 * size * (1 - swell)], 1)
    foot = np.array([[width, height], [0, height]])
    light = sum(look.liquid) > 500
    cream = mixed(WHITE, look.liquid if light else look.second, 0.08)
    lay(image, polygon(image, np.vstack([_lower(edge, 0.05 * size), foot])), BLACK, 0.2)
    lay(image, polygon(image, np.vstack([edge, foot])), cream)
    crease = np.vstack([_lower(edge, 0.2 * size), _lower(edge[::-1], 0.32 * size)])
    lay(image, polygon(image, crease), mixed(cream, BLACK, 0.1))
    for _ in range(7):
        at = (x + float(rng.uniform(-0.8, 0.8)) * size, y - float(rng.uniform(0.0, 0.4)) * size)
        lay(image, disc(image, at, float(rng.uniform(0.04, 0.1)) * size, 1.2), cream)
    if look.fruit is not None:
        _ball(image, (x, y + 0.12 * size), 0.34 * size, look.fruit)
        _leaf(image, (x, y - 0.16 * size), 0.3 * size, -40, _LEAF)


def _lower(points: FloatArray, by: float) -> FloatArray:
    lower: FloatArray = points + np.array([0, by])
    return lower


def _splash(image: Pixels, look: Look, spot: Spot) -> None:
    """A burst of liquid: a jagged round blob, drops flung off it."""
    x, y, size = spot
    rng = family_chance(look, "splash")
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    reach = 0.55 + 0.35 * np.abs(np.sin(angle * 5.5)) ** 3 + 0.12 * np.sin(angle * 3 + 1)
    rim = np.stack([x + size * reach * np.cos(angle), y + size * reach * np.sin(angle) * 0.8], 1)
    lay(image, polygon(image, rim), mixed(look.liquid, WHITE, 0.15))
    lay(
        image,
        polygon(image, (rim - (x, y)) * 0.7 + (x - 0.05 * size, y - 0.06 * size)),
        mixed(look.liquid, WHITE, 0.45),
    )
    for _ in range(14):
        way, far = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.8, 1.4))
        at = (x + size * far * np.cos(way), y + 0.8 * size * far * np.sin(way))
        _ball(image, at, float(rng.uniform(0.03, 0.1)) * size, mixed(look.liquid, WHITE, 0.25))


def _beans(image: Pixels, look: Look, spot: Spot) -> None:
    x, y, size = spot
    rng = family_chance(look, "beans")
    for _ in range(9):
        at = (x + float(rng.uniform(-1.1, 1.1)) * size, y + float(rng.uniform(-0.25, 0.5)) * size)
        turn, radius = float(rng.uniform(0, 180)), float(rng.uniform(0.2, 0.3)) * size
        lay(image, disc(image, (at[0] + 2, at[1] + 3), radius, 0.68, turn), BLACK, 0.4)
        lay(image, disc(image, at, radius, 0.68, turn), (84, 46, 22))
        lay(image, disc(image, (at[0] - 0.1 * radius, at[1] - 0.15 * radius), 0.7 * radius, 0.6, turn), (122, 72, 38))
        crease = blank(image)
        box = (round(at[0]), round(at[1])), (round(radius * 0.9), max(round(radius * 0.14), 1))
        cv2.ellipse(crease, *box, turn, 0, 360, 255, max(round(radius / 9), 1), cv2.LINE_AA)
        lay(image, crease, (40, 20, 8))


def _halftone(image: Pixels, look: Look, spot: Spot) -> None:
    """Printer's dots that grow towards the foot."""
    height, width = image.shape[:2]
    pitch = max(spot[2] / 9, 5.0)
    mask = blank(image)
    for row in range(int(height / pitch) + 1):
        share = (row * pitch / height - 0.35) / 0.65
        radius = 0.62 * pitch * share
        if radius < 0.6:
            continue
        for column in range(int(width / pitch) + 1):
            at = ((column + 0.5 * (row % 2)) * pitch, row * pitch)
            cv2.circle(mask, (round(at[0]), round(at[1])), round(radius), 255, -1, cv2.LINE_AA)
    lay(image, mask, look.accent, 0.75)


_PICTURES: dict[Picture, Callable[[Pixels, Look, Spot], None]] = {
    "fruit": _fruit,
    "slice": _slice,
    "drops": _drops,
    "bubbles": _bubbles,
    "leaves": _leaves,
    "milk": _milk,
    "splash": _splash,
    "beans": _beans,
    "halftone": _halftone,
}
