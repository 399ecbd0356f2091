"""`Stage`: a scene put up in space, as the painter and the labels see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue
from datasets.render.cameras import position
from datasets.render.foreign import foreign_model, foreign_pose
from datasets.render.furniture.furniture import Furniture, Lamp, Pane
from datasets.render.model import Model, Part
from datasets.render.packs import pack_model
from datasets.render.people import person_model
from datasets.render.placing import PlacedUnit, Pose
from datasets.render.rendering import ThingKind
from datasets.render.scene import Scene, first_columns, place_units
from datasets.render.stickers import sticker_part
from datasets.render.surroundings import Room, build_room
from datasets.render.tags import shelf_tags


@dataclass(frozen=True, eq=False)
class Exhibit:
    """Something that labels speak of: a model, its (4, 4) pose, and what it is; `unit` of a product."""

    kind: ThingKind
    model: Model
    matrix: FloatArray
    pose: Pose = "standing"
    unit: PlacedUnit | None = None


@dataclass(frozen=True, eq=False)
class Stage:
    """A scene in space.

    Attributes:
        furniture: as built.
        exhibits: number i + 1 in `Rendering.things_shown` is `exhibits[i]`; products come first.
        parts: everything else opaque: furniture and room.
        lamps: all that shines.
        panes: clear glass that reflects.
        room: what the panes reflect; its parts and lamps are among the others.
    """

    furniture: Furniture
    exhibits: tuple[Exhibit, ...]
    parts: tuple[Part, ...]
    lamps: tuple[Lamp, ...]
    panes: tuple[Pane, ...]
    room: Room


def put_up(scene: Scene, catalogue: Catalogue) -> Stage:
    """Builds and fills the furniture and the room around it.

    Raises:
        KeyError: a SKU that is not in the catalogue.
        BadInputError: lanes that do not fit the furniture.
    """
    furniture = scene.furniture.build()
    room = build_room(furniture, scene.surroundings, position(scene.camera))
    stickers = [sticker_part(sticker, furniture.panes) for sticker in scene.stickers]
    return Stage(
        furniture,
        exhibits=tuple(_exhibits(scene, furniture, catalogue)),
        parts=(*furniture.parts, *room.parts, *stickers),
        lamps=(*furniture.lamps, *room.lamps),
        panes=furniture.panes,
        room=room,
    )


def _exhibits(scene: Scene, furniture: Furniture, catalogue: Catalogue) -> Iterator[Exhibit]:
    for unit in place_units(scene, furniture, catalogue):
        yield Exhibit("product", pack_model(catalogue[unit.sku]), unit.matrix, unit.pose, unit)
    if scene.tags:
        columns = first_columns(furniture, scene.stock)
        for shelf, column, lanes in zip(furniture.shelves, columns, scene.stock, strict=True):
            for model, matrix in shelf_tags(shelf, column, lanes, catalogue, scene.tags):
                yield Exhibit("price-tag", model, matrix)
    for thing in scene.foreign:
        yield Exhibit("foreign", foreign_model(thing), foreign_pose(thing))
    if scene.person:
        yield Exhibit("person", person_model(scene.person), np.eye(4))


def placed(points: FloatArray, matrices: FloatArray) -> FloatArray:
    """Points (N, 3) under each of (M, 4, 4) poses: (M, N, 3) float32."""
    turned = np.einsum("mij,nj->mni", matrices[:, :3, :3].astype(np.float32), points.astype(np.float32))
    moved: FloatArray = turned + matrices[:, None, :3, 3].astype(np.float32)
    return moved
