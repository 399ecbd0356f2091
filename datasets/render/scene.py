"""`Scene`: everything a photo-real picture is made of, and `Stage`: the same, put up in space."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from datasets.products.packs import Catalogue
from datasets.products.stock import Lane
from datasets.render.foreign import ForeignObject
from datasets.render.furniture.furniture import Furniture
from datasets.render.lights import Lights
from datasets.render.people import Person
from datasets.render.placing import Care, LooseItem, PlacedUnit, place_loose, place_shelf
from datasets.render.rendering import CameraModel
from datasets.render.stickers import Sticker
from datasets.render.stress import Stress
from datasets.render.tags import Tags


class FurnitureDesign(Protocol):
    """Sizes and looks of a piece of furniture, which can be built."""

    def build(self) -> Furniture:
        """The piece, without products."""


@dataclass(frozen=True)
class Scene:
    """A scene; the same scene gives the same labels and the same truth.

    Attributes:
        furniture: what the products stand in.
        stock: the lanes of each of its shelves, from the left, in the order of `Furniture.shelves`.
        care: how the products were put there.
        loose: products that stand in no lane.
        tags: how its lanes are tagged with prices; None: not at all.
        foreign: objects that do not belong; `stickers` on the doors' panes.
        surroundings: which room, any number.
    """

    furniture: FurnitureDesign
    stock: tuple[tuple[Lane, ...], ...]
    camera: CameraModel
    lights: Lights = field(default_factory=Lights)
    care: Care = field(default_factory=Care)
    loose: tuple[LooseItem, ...] = ()
    tags: Tags | None = None
    person: Person | None = None
    foreign: tuple[ForeignObject, ...] = ()
    stickers: tuple[Sticker, ...] = ()
    surroundings: int = 0
    stress: Stress = field(default_factory=Stress)


def first_columns(furniture: Furniture, stock: tuple[tuple[Lane, ...], ...]) -> list[int]:
    """Of each shelf the number of its first lane, as lanes are counted through a row."""
    taken: dict[int, int] = {}
    columns = []
    for shelf, lanes in zip(furniture.shelves, stock, strict=True):
        columns.append(taken.get(shelf.row, 0))
        taken[shelf.row] = columns[-1] + len(lanes)
    return columns


def place_units(scene: Scene, furniture: Furniture, catalogue: Catalogue) -> list[PlacedUnit]:
    """Every product of the scene, hidden ones too: by shelf, column, depth and level, then the loose ones."""
    columns = first_columns(furniture, scene.stock)
    units = [
        unit
        for shelf, column, lanes in zip(furniture.shelves, columns, scene.stock, strict=True)
        for unit in place_shelf(shelf, column, lanes, catalogue, scene.care)
    ]
    return units + [place_loose(item, catalogue) for item in scene.loose]
