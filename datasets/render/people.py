"""People before the furniture: an arm that reaches in, a body and a head, from capsules in cloth and skin."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import mixed
from datasets.products.packs import Colour
from datasets.render.cameras import position
from datasets.render.furniture.furniture import Furniture
from datasets.render.model import Model, Part, Surface
from datasets.render.rendering import CameraModel
from datasets.render.shapes import capsule, lathe, moved, shift, turn

_SKINS: tuple[Colour, ...] = ((226, 184, 156), (198, 146, 112), (150, 104, 76), (98, 66, 48))
_CLOTHES: tuple[Colour, ...] = ((46, 58, 92), (150, 36, 40), (60, 62, 66), (206, 208, 204), (70, 100, 74), (24, 26, 30))


@dataclass(frozen=True)
class Person:
    """Somebody who takes a product.

    Attributes:
        hand_mm, shoulder_mm: where the palm and the shoulder are.
        seed: skin, clothes, how the fingers lie.
    """

    hand_mm: tuple[float, float, float]
    shoulder_mm: tuple[float, float, float]
    seed: int = 0


def person_model(person: Person) -> Model:
    """The person's model in the scene's own axes."""
    rng = np.random.default_rng([person.seed, 3])
    skin = Surface("satin", _SKINS[int(rng.integers(len(_SKINS)))])
    sleeve = Surface("matte", texture=_cloth(rng, _CLOTHES[int(rng.integers(len(_CLOTHES)))]))
    hand, shoulder = np.array(person.hand_mm), np.array(person.shoulder_mm)
    elbow = _elbow(hand, shoulder)
    wrist = hand + _unit(elbow - hand) * 75
    bare = rng.random() < 0.4
    cuff = elbow + (wrist - elbow) * (0.1 if bare else 0.82)
    parts = [
        capsule(elbow, wrist, (37, 25), skin, 20),
        capsule(shoulder, elbow, (58, 46), sleeve, 20),
        capsule(elbow, cuff, (45, 44 if bare else 33), sleeve, 20),
        *_hand(rng, hand, _unit(hand - wrist), skin),
    ]
    side = np.sign(shoulder[0] - hand[0]) or 1.0
    return Model((*parts, *_body(rng, shoulder, float(side), sleeve, skin)))


def _unit(vector: FloatArray) -> FloatArray:
    unit: FloatArray = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return unit


def _elbow(hand: FloatArray, shoulder: FloatArray) -> FloatArray:
    """Between both, hanging down as far as an arm of 620 mm with two like halves lets it."""
    span = float(np.linalg.norm(hand - shoulder))
    sag = np.sqrt(max(310.0**2 - (span / 2) ** 2, 40.0**2))
    along = _unit(hand - shoulder)
    down = np.array([0.35, -1.0, 0.0]) - along * float(along @ np.array([0.35, -1.0, 0.0]))
    elbow: FloatArray = (hand + shoulder) / 2 + _unit(down) * sag
    return elbow


def _hand(rng: np.random.Generator, at: FloatArray, ahead: FloatArray, skin: Surface) -> list[Part]:
    """A palm and five fingers, half bent around something."""
    across = _unit(np.cross(ahead, [0.0, 1.0, 0.0]))
    up = np.cross(across, ahead)
    palm = [capsule(at - ahead * 60 + across * x, at + ahead * 12 + across * x * 1.15, (17, 15), skin, 14)
            for x in (-24, -8, 8, 24)]  # fmt: skip
    bend = float(rng.uniform(0.25, 0.9))
    fingers = []
    for number, x in enumerate((-29, -10, 9, 28)):
        root = at + ahead * 20 + across * x
        length = (34, 42, 40, 31)[number]
        middle = root + ahead * length * np.cos(bend) - up * length * np.sin(bend)
        tip = middle + ahead * 30 * np.cos(2.1 * bend) - up * 30 * np.sin(2.1 * bend)
        fingers += [capsule(root, middle, (10.5, 9.5), skin, 12), capsule(middle, tip, (9.5, 7.5), skin, 12)]
    side = -1.0 if rng.random() < 0.5 else 1.0
    root = at - ahead * 28 + across * side * 34
    thumb = root + ahead * 34 + across * side * 22 - up * 14
    return [*palm, *fingers, capsule(root, thumb, (14, 11), skin, 12),
            capsule(thumb, thumb + ahead * 28 - up * 8, (11, 9), skin, 12)]  # fmt: skip


def _body(rng: np.random.Generator, shoulder: FloatArray, side: float, cloth: Surface, skin: Surface) -> list[Part]:
    """Torso, neck, head with hair, the other arm and legs, beside the shoulder."""
    middle = shoulder + np.array([side * 185.0, 0.0, 30.0])
    other = shoulder + np.array([side * 370.0, -5.0, 60.0])
    hips = middle + np.array([0.0, -520.0, 20.0])
    trousers = Surface("matte", mixed((40, 46, 62), (110, 96, 80), float(rng.random())))
    hair = Surface("satin", ((30, 24, 20), (70, 48, 32), (20, 18, 18))[int(rng.integers(3))])
    head = middle + np.array([0.0, 250.0, 0.0])
    return [
        *(capsule(middle + np.array([x, -40, 0]), hips + np.array([x * 0.8, 0, 0]), (125, 130), cloth, 24)
          for x in (-85.0, 0.0, 85.0)),
        capsule(shoulder, middle, (66, 110), cloth, 20),
        capsule(other, middle, (66, 110), cloth, 20),
        capsule(other, other + np.array([side * 40, -300, 20]), (56, 46), cloth, 18),
        capsule(other + np.array([side * 40, -300, 20]), other + np.array([side * 30, -540, -60]), (40, 27), skin, 18),
        capsule(middle + np.array([0, 60, 0]), head, (56, 54), skin, 18),
        moved(lathe([(0.1, -112), (52, -100), (74, -50), (80, 10), (74, 62), (48, 98), (0.1, 110)], skin, 28),
              shift(*head) @ turn(0, 0.15)),
        moved(lathe([(83, -20), (86, 22), (79, 70), (52, 106), (0.1, 118)], hair, 28),
              shift(*(head + np.array([0, 0, 12.0]))) @ turn(0, 0.35)),
        *(capsule(hips + np.array([x, -60, 0]), np.array([middle[0] + x, 60, middle[2] + 30]), (105, 62), trousers, 20)
          for x in (-85.0, 85.0)),
    ]  # fmt: skip


def _cloth(rng: np.random.Generator, colour: Colour) -> Pixels:
    """Woven cloth with folds, sometimes striped."""
    size = 128
    folds = cv2.GaussianBlur(rng.normal(0, 90, (size, size)).astype(np.float32), (0, 0), 7)
    face = np.full((size, size, 3), colour, np.float32) + folds[..., None] + rng.normal(0, 5, (size, size, 1))
    if rng.random() < 0.3:
        face[(np.arange(size) // 8) % 3 == 0] = mixed(colour, (240, 240, 240), 0.6)
    return np.clip(face, 0, 255).astype(np.uint8)


_CLEAR_OF_CAMERA = 330.0
_TRIES = 40


def draw_person(rng: np.random.Generator, furniture: Furniture, camera: CameraModel, level: int) -> Person | None:
    """Somebody who reaches into the furniture; a higher level stands more in the way.

    None where there is no room between the camera and the furniture for any that was tried.
    """
    for _ in range(_TRIES):
        person = _reaching(rng, furniture, level)
        if _clearance(person, position(camera)) > _CLEAR_OF_CAMERA:
            return person
    return None


def _reaching(rng: np.random.Generator, furniture: Furniture, level: int) -> Person:
    shelf = furniture.shelves[int(rng.integers(len(furniture.shelves)))]
    x = shelf.left_mm + float(rng.uniform(0.15, 0.85)) * shelf.width_mm
    seed = int(rng.integers(1 << 30))
    if shelf.from_above:
        hand = (x, shelf.level_mm + shelf.clear_mm + 45, shelf.front_mm - 0.4 * shelf.depth_mm)
        away = (1.6, 1.0, 0.45)[level - 1] * (1.0 if rng.random() < 0.5 else -1.0)
        return Person(hand, (x + 260 * away, hand[1] + 330, hand[2] + 430), seed)
    y = shelf.level_mm + float(rng.uniform(0.4, 0.75)) * shelf.clear_mm
    hand = (x, y, shelf.front_mm + float(rng.uniform(95, 140)))
    side = 1.0 if rng.random() < 0.5 else -1.0
    reach = float(rng.uniform(430, 570))
    aside = side * (0.85, 0.65, 0.3)[level - 1] * reach
    high = float(np.clip(1360 - y, -180, 330)) * 0.85
    ahead = np.sqrt(max(reach**2 - aside**2 - high**2, 170.0**2))
    return Person(hand, (x + aside, y + high, hand[2] + float(ahead)), seed)


def _clearance(person: Person, eye: FloatArray) -> float:
    """Least distance of the camera from arm and body, roughly, mm."""
    hand, shoulder = np.array(person.hand_mm), np.array(person.shoulder_mm)
    arm = hand + np.linspace(0, 1, 12)[:, None] * (shoulder - hand)
    side = np.sign(shoulder[0] - hand[0]) or 1.0
    trunk = shoulder + np.array([side * 185.0, 0.0, 30.0])
    flat = np.hypot(eye[0] - trunk[0], eye[2] - trunk[2]) - 200
    return float(min(np.linalg.norm(arm - eye, axis=1).min(), max(flat, eye[1] - trunk[1] - 400)))
