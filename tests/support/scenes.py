"""Small scenes to render in tests: a bare shelf, few products, a camera straight ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from datasets.products.catalogues import demo_catalogue
from datasets.products.stock import Lane
from datasets.render.cameras import looking_at
from datasets.render.furniture.furniture import Furniture, Shelf
from datasets.render.placing import Care
from datasets.render.rendering import CameraModel
from datasets.render.scene import Scene

CATALOGUE = demo_catalogue()
TIDY = Care(seed=1, turned=0.0, careless=0.0, uneven_mm=0.0, beside_mm=0.0)


@dataclass(frozen=True)
class Bench:
    """A shelf and nothing else: furniture without any parts."""

    wide_mm: float = 600.0
    clear_mm: float = 300.0

    def build(self) -> Furniture:
        shelf = Shelf(0, -self.wide_mm / 2, 0.0, 0.0, self.wide_mm, 500.0, self.clear_mm)
        return Furniture("bench", self.wide_mm, self.clear_mm, 500.0, (), (shelf,))


def ahead(size: tuple[int, int] = (160, 120), distance_mm: float = 2500.0, field_deg: float = 9.0,
          height_mm: float = 60.0) -> CameraModel:  # fmt: skip
    """A camera that looks straight at the middle of the bench."""
    eye = np.array([0.0, height_mm, distance_mm])
    return looking_at(eye, np.array([0.0, height_mm, 0.0]), size, field_deg, "aisle")


def bench(*lanes: Lane, **changes: object) -> Scene:
    """A bench that holds these lanes."""
    scene = Scene(Bench(), (lanes,), ahead(), care=TIDY)
    return replace(scene, **changes)  # type: ignore[arg-type]


def shrunk(scene: Scene, longer: int) -> Scene:
    """The scene with a photo of fewer pixels, seen from the same place."""
    camera = scene.camera
    scale = longer / max(camera.width, camera.height)
    k = np.diag([scale, scale, 1.0]) @ camera.k
    small = replace(camera, width=round(camera.width * scale), height=round(camera.height * scale), k=k)
    return replace(scene, camera=small)
