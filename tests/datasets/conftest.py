"""Small scenes: a cooler with two rows, a photo of 240 by 320 pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from datasets.compose.scene import RenderedScene, render
from datasets.compose.spec import Cabinet, Camera, SceneSpec, Sensor
from datasets.products.catalogues import demo_catalogue
from datasets.products.packs import Catalogue
from datasets.products.stock import Lane, Unit

COLA, LEMON, WATER = "northwind-cola-can330", "solara-lemon-can330", "glacia-still-pet500"


def lane(*places: str | None, planned: str = COLA) -> Lane:
    """A lane 74 mm wide; `places` front to back."""
    return Lane(74.0, tuple(Unit(sku) if sku else None for sku in places), planned)


def spec(*rows: tuple[Lane, ...], **camera: float) -> SceneSpec:
    """A frontal scene of a small cooler."""
    cabinet = Cabinet(width_mm=300.0, depth_mm=400.0, compartments=(250.0,) * len(rows))
    middle = cabinet.inside_height_mm / 2
    pose = Camera(240, 320, distance_mm=1000.0, y_mm=middle, aim_y_mm=middle, field_deg=36.0, barrel=0.01)
    return SceneSpec(cabinet, rows, replace(pose, **camera), Sensor(noise=1.0))


def shoot(scene: SceneSpec, seed: int = 1) -> RenderedScene:
    """The rendered scene, of the demo's products."""
    return render(scene, demo_catalogue(), np.random.default_rng(seed))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The demo's products."""
    return demo_catalogue()
