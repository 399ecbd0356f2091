"""The letters that tags are written in: faces of Matplotlib, and those that OpenCV carries, in any weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Edges = tuple[float, float, float, float]

_FAMILIES = ("DejaVuSans", "DejaVuSans-*", "DejaVuSansMono*", "DejaVuSerif", "DejaVuSerif-*", "STIXGeneral*")
_CARRIED = 0.35
"""Of the tags: written in OpenCV's letters."""
_WEIGHTS = 400, 900


class Letters(Protocol):
    """Letters of one face and size. Edges are left, top, right and bottom of the ink, from where the text is set."""

    def edges(self, text: str) -> Edges:
        """Of the ink of a text."""
        ...

    def length(self, text: str) -> float:
        """How far a text reaches, to where the next letter would be set."""
        ...

    def write(self, sheet: Image.Image, place: tuple[float, float], text: str, ink: Colour) -> None:
        """Set a text at a place of the sheet."""
        ...


class Face(Protocol):
    """A face, of which there are letters of any size."""

    def of_size(self, size: int) -> Letters:
        """Its letters of a size, pixels."""
        ...


@dataclass(frozen=True)
class FileFace:
    """A face of a file."""

    file: Path

    def of_size(self, size: int) -> Letters:
        """Its letters of a size."""
        return _file_letters(self.file, size)


@dataclass(frozen=True)
class CarriedFace:
    """A face that OpenCV carries, in a weight from 400 to 900."""

    name: str
    weight: int

    def of_size(self, size: int) -> Letters:
        """Its letters of a size."""
        return _CarriedLetters(self.name, self.weight, size)


def some_face(rng: np.random.Generator) -> Face:
    """A face, by chance."""
    if rng.random() < _CARRIED:
        return CarriedFace(str(rng.choice(["sans", "italic"], p=[0.8, 0.2])), int(rng.integers(*_WEIGHTS)))
    return FileFace(_files()[int(rng.integers(len(_files())))])


@lru_cache(maxsize=1)
def _files() -> tuple[Path, ...]:
    """The letters of the training environment: those of Matplotlib's that have digits and currencies."""
    import matplotlib as mpl  # noqa: PLC0415 - only the training environment has it

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return tuple(sorted(file for family in _FAMILIES for file in folder.glob(f"{family}.ttf")))


@dataclass(frozen=True)
class _FileLetters:
    font: ImageFont.FreeTypeFont

    def edges(self, text: str) -> Edges:
        left, top, right, bottom = self.font.getbbox(text)
        return left, top, right, bottom

    def length(self, text: str) -> float:
        return float(self.font.getlength(text))

    def write(self, sheet: Image.Image, place: tuple[float, float], text: str, ink: Colour) -> None:
        ImageDraw.Draw(sheet).text(place, text, font=self.font, fill=ink)


@lru_cache(maxsize=512)
def _file_letters(file: Path, size: int) -> _FileLetters:
    return _FileLetters(ImageFont.truetype(str(file), size))


@dataclass(frozen=True)
class _CarriedLetters:
    name: str
    weight: int
    size: int

    def edges(self, text: str) -> Edges:
        x, y, wide, high = cv2.getTextSize((0, 0), text, (0, 0), _carried(self.name), self.size, self.weight)
        return x, y, x + wide, y + high

    def length(self, text: str) -> float:
        return self.edges(text)[2] if text else 0.0

    def write(self, sheet: Image.Image, place: tuple[float, float], text: str, ink: Colour) -> None:
        mask = np.zeros((sheet.height, sheet.width, 3), np.uint8)
        at = round(place[0]), round(place[1])
        cv2.putText(mask, text, at, (255, 255, 255), _carried(self.name), self.size, self.weight)
        sheet.paste(ink, (0, 0), Image.fromarray(np.ascontiguousarray(mask[..., 0])))


@lru_cache(maxsize=4)
def _carried(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)
