"""Gallery pictures of a pack, photo-real: on a light ground under soft light, each view a little different."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mitsuba as mi
import numpy as np
from rich.console import Console
from rich.progress import track

from datasets.files import png
from datasets.products.arrays import FloatArray, Pixels
from datasets.products.packs import Catalogue, Pack
from datasets.render.bsdf import bsdf_of, mesh_of
from datasets.render.engine import best_variant, denoised, integrator
from datasets.render.model import Model
from datasets.render.packs import pack_model
from facings.files import write_atomic
from facings.heights import HEIGHTS_NAME, heights_csv

_FILM = 420
_FILLED = 0.76
"""Share of the film that the pack's longest side takes."""

_FIELD_DEG = 14.0
_MARGIN = 0.04
_SAMPLES = 12
_VIEWS = ((0.0, 0.06), (0.35, 0.22), (-0.35, 0.12), (0.12, 0.38), (-0.6, 0.02), (0.6, 0.3))
"""How far the pack is turned and how far from above it is seen, radians; further views repeat these, turned on."""


def packshots(pack: Pack, count: int) -> list[Pixels]:
    """`count` pictures of a pack, (H, W, 3) uint8 BGR, each cropped to the pack; the first shows its front."""
    best_variant()
    model = pack_model(pack)
    views = [_VIEWS[number % len(_VIEWS)] for number in range(count)]
    return [_shot(pack, model, turn + 0.2 * (number // len(_VIEWS)), tilt) for number, (turn, tilt) in enumerate(views)]


def write_gallery(catalogue: Catalogue, out: Path, console: Console, count: int = 3) -> None:
    """Writes `out`/<sku>/<number>.png for every SKU, and how tall each is."""
    write_atomic(out / HEIGHTS_NAME, heights_csv({pack.sku: pack.height_mm for pack in catalogue}))
    for pack in track(list(catalogue), "Gallery", console=console):
        for number, picture in enumerate(packshots(pack, count), start=1):
            write_atomic(out / pack.sku / f"{number}.png", png(picture))


def _shot(pack: Pack, model: Model, turn: float, tilt: float) -> Pixels:
    reach = max(pack.height_mm, pack.width_mm, pack.depth_mm)
    distance = reach / _FILLED / (2 * np.tan(np.radians(_FIELD_DEG) / 2)) + pack.depth_mm / 2
    middle = np.array([0.0, pack.height_mm / 2, 0.0])
    eye = middle + distance * np.array([0.0, np.sin(tilt), np.cos(tilt)])
    scene = mi.load_dict(_studio(model, turn, reach) | {"camera": _camera(eye, middle)})
    layers = np.array(mi.render(scene, spp=_SAMPLES, seed=mi.UInt32(1)), np.float32)
    clean = denoised(layers[..., :3], np.clip(layers[..., -6:-3], 0, 1), layers[..., -3:])
    left, top, right, bottom = _seen_box(model, turn, eye, middle)
    return np.ascontiguousarray(_encoded(clean[top:bottom, left:right])[..., ::-1])


def _studio(model: Model, turn: float, reach: float) -> dict[str, Any]:
    """The pack on a light ground, a large soft light from the upper left, a strip from the right, a bright room."""
    place = mi.ScalarTransform4f
    upper_left, right = [-1.4 * reach, 2.2 * reach, 1.8 * reach], [1.9 * reach, reach, 0.9 * reach]
    aim = [0.0, 0.4 * reach, 0.0]
    paper = {"type": "diffuse", "reflectance": {"type": "rgb", "value": [0.8, 0.8, 0.79]}}
    scene: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "aov", "aovs": "albedo:albedo,normal:sh_normal", "path": integrator()},
        "room": {"type": "constant", "radiance": 0.62},
        "ground": {"type": "rectangle", "bsdf": paper, "to_world": place().rotate([1, 0, 0], -90).scale(40 * reach)},
        "soft": {"type": "rectangle", "light": {"type": "area", "radiance": 3.6},
                 "to_world": place().look_at(upper_left, aim, [0, 1, 0]).scale(0.9 * reach)},
        "strip": {"type": "rectangle", "light": {"type": "area", "radiance": 5.0},
                  "to_world": place().look_at(right, aim, [0, 1, 0]).scale([0.16 * reach, reach, 1])},
    }  # fmt: skip
    for number, part in enumerate(model.parts):
        scene[f"part{number}"] = mesh_of(part, _turned(turn), mi.load_dict(bsdf_of(part.surface)))
    return scene


def _turned(turn: float) -> FloatArray:
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[c, 0, s, 0], [0, 1, 0, 0], [-s, 0, c, 0], [0, 0, 0, 1]], np.float32)


def _camera(eye: FloatArray, aim: FloatArray) -> dict[str, Any]:
    film = {"type": "hdrfilm", "width": _FILM, "height": _FILM, "rfilter": {"type": "box"}}
    look = mi.ScalarTransform4f().look_at(eye.tolist(), aim.tolist(), [0, 1, 0])
    return {"type": "perspective", "fov": _FIELD_DEG, "to_world": look, "film": film}


def _seen_box(model: Model, turn: float, eye: FloatArray, aim: FloatArray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pack on the film, with a margin."""
    points = np.concatenate([part.vertices for part in model.parts]) @ _turned(turn)[:3, :3].T - eye
    ahead = (aim - eye) / np.linalg.norm(aim - eye)
    right = np.array([1.0, 0.0, 0.0])
    down = np.cross(ahead, right)
    focal = _FILM / 2 / np.tan(np.radians(_FIELD_DEG) / 2)
    x = _FILM / 2 + focal * (points @ right) / (points @ ahead)
    y = _FILM / 2 + focal * (points @ down) / (points @ ahead)
    margin = _MARGIN * max(np.ptp(x), np.ptp(y))
    edges = np.array([x.min() - margin, y.min() - margin, x.max() + margin, y.max() + margin]).round().astype(int)
    low_x, low_y, high_x, high_y = (int(edge) for edge in edges.clip(0, _FILM))
    return low_x, low_y, high_x, high_y


def _encoded(light: FloatArray) -> Pixels:
    """Linear light as sRGB pixels (IEC 61966-2-1)."""
    shares = np.clip(light, 0, 1)
    bent = np.where(shares <= 0.0031308, 12.92 * shares, 1.055 * np.maximum(shares, 1e-6) ** (1 / 2.4) - 0.055)
    pixels: Pixels = (bent * 255).round().astype(np.uint8)
    return pixels
