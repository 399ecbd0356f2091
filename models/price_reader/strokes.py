"""Digits written with a pen along skeletons of lines and bowls.

The faces that come with Python packages are few, and shops print prices in hundreds. Proportions, squareness of the
bowls, pen, slant and forms of single digits (an open four, a flat three, a crossed seven) are drawn by chance, so that
no two faces are the same and the network learns digits instead of faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.price_reader.faces import Colour, Edges, Face, Letters

Line = npt.NDArray[np.float64]

_TALL = 0.72
"""Of a digit, in parts of its size, as printed faces have it."""
_FINER = 2
"""Pixels of the drawing for one of the tag."""
_TAIL = 0.14
"""Of a comma, under the line, in parts of a digit's height."""
_NARROW = ".,"
_SIXTEENTHS = 16
"""Of a pixel, in which OpenCV takes points."""


@dataclass(frozen=True)
class Forms:
    """Which of its forms a digit has."""

    slashed_nought: bool
    footed_one: bool
    flat_three: bool
    open_four: bool
    straight_six: bool
    crossed_seven: bool


@dataclass(frozen=True)
class StrokeFace:
    """A face of strokes; letters other than digits and points are those of `others`.

    Attributes:
        width: of a digit, in parts of its height.
        squareness: exponent of the bowls: 2 is an ellipse, 4 nearly a rectangle.
        pen: its thickness, in parts of a digit's height.
        contrast: how much thicker upright strokes are than level ones.
        slant: to the right, in parts of the height.
        apart: from digit to digit, in parts of the height.
        forms: of single digits.
        others: whose letters the others are.
    """

    width: float
    squareness: float
    pen: float
    contrast: float
    slant: float
    apart: float
    forms: Forms
    others: Face

    def of_size(self, size: int) -> Letters:
        """Its letters of a size."""
        return _StrokeLetters(self, size, self.others.of_size(size))

    def advance(self, letter: str) -> float:
        """How wide a letter is, in parts of a digit's height, up to the next one."""
        if letter in _NARROW:
            return self.pen * 1.15 + self.apart
        return self.width * (0.62 if letter == "1" and not self.forms.footed_one else 1.0) + self.apart


def some_strokes(others: Face, rng: np.random.Generator) -> StrokeFace:
    """A face of strokes, by chance."""
    width = float(rng.uniform(0.36, 0.72))
    return StrokeFace(
        width=width,
        squareness=float(rng.uniform(1.9, 4.5)),
        pen=min(float(np.exp(rng.uniform(np.log(0.06), np.log(0.24)))), 0.3 * width),
        contrast=float(rng.uniform(0.85, 1.6)),
        slant=float(rng.uniform(0.08, 0.28)) if rng.random() < 0.25 else 0.0,
        apart=float(rng.uniform(0.03, 0.2)),
        forms=Forms(*(bool(chance) for chance in rng.random(6) < (0.2, 0.3, 0.25, 0.25, 0.3, 0.2))),
        others=others,
    )


@lru_cache(maxsize=64)
def _skeletons(squareness: float, forms: Forms) -> dict[str, list[Line]]:
    """The strokes of all digits and points, each (points, 2) in a box from 0 to 1, y down."""
    ring = partial(_ring, squareness)
    six = [ring(0.5, 0.68, 0.5, 0.32), np.concatenate([ring(0.56, 0.55, 0.56, 0.55, 305, 180), _line((0, 0.68))])]
    if forms.straight_six:
        six[1] = _line((0.72, 0), (0.05, 0.58))
    strokes = {
        "0": [ring(0.5, 0.5, 0.5, 0.5)],
        "1": [_line((0.1, 0.26), (0.75, 0), (0.75, 1))],
        "2": [np.concatenate([ring(0.5, 0.29, 0.48, 0.29, 190, 392), _line((0.03, 1), (1, 1))])],
        "3": [ring(0.46, 0.26, 0.46, 0.26, 205, 450), ring(0.47, 0.74, 0.53, 0.26, 270, 515)],
        "4": [_line((0.78, 1), (0.78, 0), (0, 0.72), (1, 0.72))],
        "5": [np.concatenate([_line((0.92, 0), (0.18, 0), (0.1, 0.46)), ring(0.46, 0.68, 0.52, 0.32, 232, 512)])],
        "6": six,
        "7": [_line((0, 0), (1, 0), (0.32, 1))],
        "8": [ring(0.5, 0.25, 0.43, 0.25), ring(0.5, 0.74, 0.5, 0.26)],
        "9": [1 - line for line in six],
        ".": [_line((0.5, 1), (0.5, 1.001))],
        ",": [_line((0.5, 1), (0.1, 1 + _TAIL))],
    }
    if forms.slashed_nought:
        strokes["0"].append(_line((0.28, 0.72), (0.72, 0.28)))
    if forms.footed_one:
        strokes["1"] = [_line((0.1, 0.26), (0.55, 0), (0.55, 1)), _line((0.1, 1), (1, 1))]
    if forms.flat_three:
        flat = _line((0.05, 0), (0.95, 0), (0.45, 0.42))
        strokes["3"] = [np.concatenate([flat, ring(0.46, 0.71, 0.5, 0.29, 270, 515)])]
    if forms.open_four:
        strokes["4"] = [_line((0.3, 0), (0.05, 0.64), (1, 0.64)), _line((0.75, 0.3), (0.75, 1))]
    if forms.crossed_seven:
        strokes["7"].append(_line((0.3, 0.5), (0.85, 0.5)))
    return strokes


def _ring(
    squareness: float, x: float, y: float, across: float, down: float, begins: float = 0.0, ends: float = 360.0
) -> Line:
    """Part of a superellipse around (x, y), its angles in degrees from the right, clockwise."""
    angles = np.radians(np.linspace(begins, ends, 24))
    sides = np.stack([np.cos(angles), np.sin(angles)], 1)
    return np.asarray([x, y] + [across, down] * np.sign(sides) * np.abs(sides) ** (2 / squareness), np.float64)


def _line(*points: tuple[float, float]) -> Line:
    return np.array(points, np.float64)


@dataclass(frozen=True)
class _StrokeLetters:
    face: StrokeFace
    size: int
    others: Letters

    @property
    def tall(self) -> float:
        return max(_TALL * self.size, 3.0)

    def edges(self, text: str) -> Edges:
        if not _drawn(text):
            return self.others.edges(text)
        tail = _TAIL if "," in text else 0.0
        lean = self.face.slant * self.tall
        return 0.0, 0.0, self.length(text) - self.face.apart * self.tall + lean, self.tall * (1 + tail)

    def length(self, text: str) -> float:
        if text and not _drawn(text):
            return self.others.length(text)
        return sum(self.face.advance(letter) for letter in text) * self.tall

    def write(self, sheet: Image.Image, place: tuple[float, float], text: str, ink: Colour) -> None:
        if not _drawn(text):
            self.others.write(sheet, place, text, ink)
            return
        mask = Image.fromarray(self._mask(text))
        sheet.paste(ink, (round(place[0]), round(place[1])), mask)

    def _mask(self, text: str) -> npt.NDArray[np.uint8]:
        """(H, W) how much of each pixel is ink."""
        face, tall = self.face, self.tall * _FINER
        # Drawn narrower by the contrast and stretched afterwards: what the pen draws upright gets thicker.
        pen, squeezed = max(face.pen * tall, 1.5), tall / face.contrast
        _, _, right, foot = self.edges(text)
        wide, high = int(right * _FINER / face.contrast + 2 * pen) + 2, int(foot * _FINER) + 2
        drawing = np.zeros((high, wide), np.uint8)
        strokes, x = _skeletons(face.squareness, face.forms), pen / 2
        for letter in text:
            inside = max((face.advance(letter) - face.apart) * squeezed - pen, 0.0)
            for line in strokes[letter]:
                down = pen / 2 + line[:, 1] * (tall - pen)
                lean = face.slant * (tall - down) / face.contrast
                points = np.stack([x + lean + line[:, 0] * inside, down], 1)
                whole = np.round(points * _SIXTEENTHS).astype(np.int32)
                cv2.polylines(drawing, [whole], False, 255, max(round(pen), 1), cv2.LINE_AA, 4)
            x += face.advance(letter) * squeezed
        size = max(round(wide * face.contrast / _FINER), 1), max(round(high / _FINER), 1)
        return np.asarray(cv2.resize(drawing, size, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=1024)
def _drawn(text: str) -> bool:
    return bool(text) and all(letter.isdigit() or letter in _NARROW for letter in text)
