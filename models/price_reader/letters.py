"""The letters that tags are written in: strokes, faces of Matplotlib, and those that OpenCV carries, in any weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.price_reader.faces import Colour, Edges, Face, Letters
from models.price_reader.strokes import some_strokes

_FAMILIES = ("DejaVuSans", "DejaVuSans-*", "DejaVuSansMono*", "DejaVuSerif", "DejaVuSerif-*", "STIXGeneral*")
_STROKES, _CARRIED = 0.45, 0.2
"""Of the tags: written in strokes, in OpenCV's letters."""
_WEIGHTS = 400, 900


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
    kind = rng.random()
    if kind < _CARRIED:
        return CarriedFace(str(rng.choice(["sans", "italic"], p=[0.8, 0.2])), int(rng.integers(*_WEIGHTS)))
    file = FileFace(_files()[int(rng.integers(len(_files())))])
    return some_strokes(file, rng) if kind < _CARRIED + _STROKES else file


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
