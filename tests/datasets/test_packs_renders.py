"""Packs before Mitsuba: every surface loads, meshes stand where they should, packshots show the pack."""

from __future__ import annotations

from pathlib import Path

import mitsuba as mi
import numpy as np
import pytest
from rich.console import Console

from datasets.products.catalogues import house_catalogue
from datasets.products.packs import Catalogue
from datasets.render.bsdf import bsdf_of, linear_rgb, mesh_of, smooth_normals
from datasets.render.engine import best_variant, denoised
from datasets.render.model import Finish, Part, Surface
from datasets.render.packs import pack_model
from datasets.render.packshots import packshots, write_gallery

best_variant()
STRIPES = np.repeat(np.array([[[200, 30, 30]], [[30, 30, 200]]], np.uint8), 4, axis=1)
"""RGB, red above blue."""


def square(surface: Surface) -> Part:
    """A square 2 mm wide that looks along +z."""
    corners = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], np.float32)
    uvs = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    return Part(corners, np.array([(0, 1, 2), (0, 2, 3)], np.uint32), uvs, surface)


def picture(part: Part, to_world: np.ndarray | None = None) -> np.ndarray:
    """(16, 16, 3) light of a part before a camera on +z, in a white room."""
    bsdf = mi.load_dict(bsdf_of(part.surface))
    look = mi.ScalarTransform4f().look_at([0, 0, 5], [0, 0, 0], [0, 1, 0])
    film = {"type": "hdrfilm", "width": 16, "height": 16}
    scene = mi.load_dict({
        "type": "scene", "path": {"type": "path", "max_depth": 3}, "room": {"type": "constant"},
        "part": mesh_of(part, np.eye(4) if to_world is None else to_world, bsdf),
        "camera": {"type": "perspective", "fov": 30, "to_world": look, "film": film},
    })  # fmt: skip
    return np.array(mi.render(scene, spp=8))


@pytest.mark.parametrize("finish", ["matte", "satin", "glossy", "metal", "glass", "film"])
def test_textures_stand_upright_on_every_finish(finish: Finish) -> None:
    seen = picture(square(Surface(finish, texture=STRIPES)))
    above, below = seen[5, 8], seen[11, 8]
    assert above[0] > 1.2 * above[2]
    assert below[2] > 1.2 * below[0]


def test_clear_surfaces_show_what_is_behind() -> None:
    dark: Surface = Surface("film", (0, 0, 0), opacity=1.0)
    clear = Surface("film", (0, 0, 0), opacity=0.1)
    assert picture(square(clear))[8, 8].mean() > 3 * picture(square(dark))[8, 8].mean()


def test_meshes_stand_where_they_are_put() -> None:
    shifted = np.eye(4)
    shifted[:3, 3] = 3, 4, 5
    part = square(Surface("matte"))
    box = mesh_of(part, shifted, mi.load_dict(bsdf_of(part.surface))).bbox()
    assert np.ravel(box.min) == pytest.approx([2, 3, 5])
    assert np.ravel(box.max) == pytest.approx([4, 5, 5])


def test_no_seam_shows_where_a_label_ends() -> None:
    body = pack_model(house_catalogue()["northwind-cola-can330"]).parts[0]
    normals = smooth_normals(body)
    first, last = body.uvs[:, 0] == 0, body.uvs[:, 0] == 1
    assert normals[first] == pytest.approx(normals[last])
    assert np.linalg.norm(normals, axis=1) == pytest.approx(1, abs=1e-3)


def test_colours_become_linear_light() -> None:
    assert linear_rgb((0, 255, 188)) == pytest.approx([0, 1, 0.503], abs=1e-3)


def test_noise_goes_and_light_stays() -> None:
    noisy = np.random.default_rng(1).exponential(1.0, (48, 48, 3)).astype(np.float32)
    clean = denoised(noisy)
    assert clean.std() < 0.5 * noisy.std()
    assert clean.mean() == pytest.approx(noisy.mean(), rel=0.2)
    assert clean.min() >= 0


def test_packshots_show_the_pack_cropped() -> None:
    pack = house_catalogue()["solara-orange-can330"]
    front, turned = packshots(pack, 2)
    assert front.dtype == np.uint8
    assert front.shape[0] / front.shape[1] == pytest.approx(pack.height_mm / pack.width_mm, rel=0.15)
    blue, _, red = front[front.shape[0] // 2, front.shape[1] // 4].astype(int)
    assert red > blue + 40
    assert turned.shape != front.shape


def test_a_gallery_is_a_folder_of_pictures_per_sku(tmp_path: Path) -> None:
    pack = house_catalogue()["solara-berry-pouch200"]
    write_gallery(Catalogue((pack,)), tmp_path, Console(quiet=True), count=1)
    assert [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.png")] == [
        "solara-berry-pouch200/1.png"
    ]
