"""Objects that do not belong between drinks: lunch boxes, fruit, phones, bags, sprays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.artwork import bgr, mixed, put_text
from datasets.products.packs import Colour
from datasets.render.model import Model, Part, Surface
from datasets.render.shapes import box, capsule, lathe, moved, quad, shift, tube, turn

ForeignKind = Literal["lunch-box", "fruit", "phone", "paper-bag", "spray", "mug", "keys", "bread"]
FOREIGN_KINDS: tuple[ForeignKind, ...] = (
    "lunch-box", "fruit", "phone", "paper-bag", "spray", "mug", "keys", "bread",
)  # fmt: skip
_COLOURS: tuple[Colour, ...] = (
    (40, 110, 170),
    (220, 70, 60),
    (90, 160, 90),
    (236, 190, 60),
    (200, 204, 206),
    (150, 90, 160),
)


@dataclass(frozen=True)
class ForeignObject:
    """An object, the middle of what it rests on, its turn, and a seed of its colours and size."""

    kind: ForeignKind
    at_mm: tuple[float, float, float]
    turn_deg: float = 0.0
    seed: int = 0


def foreign_model(thing: ForeignObject) -> Model:
    """The model of an object; its foot's middle is the origin."""
    rng = np.random.default_rng([thing.seed, 5])
    colour = _COLOURS[int(rng.integers(len(_COLOURS)))]
    return Model(tuple(_MAKERS[thing.kind](rng, colour)))


def foreign_pose(thing: ForeignObject) -> FloatArray:
    """The (4, 4) pose of an object."""
    return shift(*thing.at_mm) @ turn(1, np.radians(thing.turn_deg))


def footprint(kind: ForeignKind) -> tuple[float, float]:
    """Width and depth that an object of the kind needs on a shelf, mm, and no more than 120 mm of height."""
    return {
        "lunch-box": (178.0, 128.0), "fruit": (92.0, 92.0), "phone": (160.0, 85.0), "paper-bag": (124.0, 84.0),
        "spray": (96.0, 74.0), "mug": (118.0, 92.0), "keys": (80.0, 80.0), "bread": (150.0, 108.0),
    }[kind]  # fmt: skip


def _lunch_box(rng: np.random.Generator, colour: Colour) -> list[Part]:
    high = float(rng.uniform(52, 80))
    lid = Surface("satin", mixed(colour, (255, 255, 255), 0.15))
    body = Surface("satin", mixed(colour, (250, 250, 250), 0.75))
    clips = [box((x - 14, high - 22, 60), (x + 14, high + 4, 64), lid) for x in (-45, 45)]
    return [box((-82, 0, -58), (82, high, 58), body), box((-86, high, -61), (86, high + 12, 61), lid), *clips]


def _fruit(rng: np.random.Generator, _: Colour) -> list[Part]:
    if rng.random() < 0.5:
        bend = np.linspace(-1, 1, 14)
        path = np.stack([75 * np.sin(bend * 1.1) * 0.55, 22 + 26 * (1 - np.cos(bend * 1.1)), 20 * bend], 1)
        thick = 17 * np.sqrt(np.maximum(1 - (np.abs(bend) ** 5), 0.05))
        return [tube(path, thick.tolist(), Surface("satin", (238, 204, 58)), 10)]
    colour: Colour = ((196, 36, 40), (140, 186, 60), (240, 140, 30))[int(rng.integers(3))]
    side = [(0.1, 6), (18, 0), (33, 10), (41, 32), (38, 52), (24, 68), (10, 70), (0.1, 62)]
    return [lathe(side, Surface("satin", colour), 28),
            tube([(0, 62, 0), (2, 74, 1), (6, 84, 2)], 1.8, Surface("matte", (80, 56, 36)), 6)]  # fmt: skip


def _phone(rng: np.random.Generator, colour: Colour) -> list[Part]:
    screen = np.full((64, 128, 3), 14, np.uint8)
    if rng.random() < 0.5:
        screen[:] = cv2.resize(rng.integers(30, 220, (3, 5, 3)).astype(np.uint8), (128, 64))
    glass = quad([(-72, 9.2, 33), (72, 9.2, 33), (72, 9.2, -33), (-72, 9.2, -33)], Surface("glossy", texture=screen))
    return [box((-76, 0, -37), (76, 9, 37), Surface("satin", mixed(colour, (20, 20, 20), 0.7))), glass]


def _paper_bag(rng: np.random.Generator, _: Colour) -> list[Part]:
    paper = Surface("matte", mixed((190, 152, 106), (226, 220, 208), float(rng.random())))
    body = box((-55, 0, -35), (55, 100, 35), paper)
    spread = body.vertices.copy()
    top = spread[:, 1] > 50
    spread[top, 2] *= 0.35
    return [Part(spread, body.faces, body.uvs, paper, smooth=False), box((-54, 98, -10), (54, 118, 10), paper)]


def _spray(_: np.random.Generator, colour: Colour) -> list[Part]:
    face = np.full((120, 200, 3), bgr(mixed(colour, (255, 255, 255), 0.3)), np.uint8)
    put_text(face, "CLEAN", (100, 50), 30, 150, (255, 255, 255))
    label = Surface("glossy", texture=np.ascontiguousarray(face[..., ::-1]))
    white = Surface("satin", (236, 238, 240))
    body = lathe([(0.1, 0), (32, 0), (34, 6), (34, 62), (24, 82), (11, 90), (11, 96), (0.1, 96)], label, 28)
    return [body, box((-13, 95, -32), (13, 118, 14), white), capsule((0, 108, 20), (0, 108, 34), (7, 6), white, 10)]


def _mug(_: np.random.Generator, colour: Colour) -> list[Part]:
    glaze = Surface("glossy", colour)
    side = [(0.1, 0), (36, 0), (40, 5), (40, 92), (37, 92), (36, 8), (0.1, 6)]
    around = np.linspace(-1.2, 1.2, 12)
    path = np.stack([38 + 22 * np.cos(around), 48 + 30 * np.sin(around), 0 * around], 1)
    return [lathe(side, glaze, 32), tube(path, 5, glaze, 8)]


def _keys(rng: np.random.Generator, _: Colour) -> list[Part]:
    metal = Surface("metal", (206, 196, 160))
    around = np.linspace(0, 2 * np.pi, 20)
    parts = [tube(np.stack([14 * np.cos(around), 3 + 0 * around, 14 * np.sin(around)], 1), 1.4, metal, 6)]
    for angle in rng.uniform(0, 2 * np.pi, 3):
        key = [box((14, 1, -3), (52, 3.4, 3), metal), box((12, 1, -9), (24, 3.6, 9), metal)]
        parts += [moved(part, turn(1, float(angle))) for part in key]
    return parts


def _bread(rng: np.random.Generator, _: Colour) -> list[Part]:
    crust = Surface("matte", mixed((196, 140, 78), (150, 92, 48), float(rng.random())))
    loaf = capsule((-48, 40, 0), (48, 40, 0), (40, 38), crust, 20)
    bag = Surface("film", (240, 242, 246), opacity=0.3)
    return [loaf, capsule((-50, 42, 0), (54, 42, 0), (42, 41), bag, 16)]


_MAKERS: dict[ForeignKind, Callable[[np.random.Generator, Colour], list[Part]]] = {
    "lunch-box": _lunch_box, "fruit": _fruit, "phone": _phone, "paper-bag": _paper_bag, "spray": _spray,
    "mug": _mug, "keys": _keys, "bread": _bread,
}  # fmt: skip
