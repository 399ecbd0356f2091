"""What a face is to those who write with it."""

from __future__ import annotations

from typing import Protocol

from PIL import Image

Colour = tuple[int, int, int]
Edges = tuple[float, float, float, float]


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
