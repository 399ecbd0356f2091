"""Every kind of pack as a model: its size, its surfaces, how many triangles it costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from datasets.products.catalogues import house_catalogue
from datasets.products.packs import Pack
from datasets.render.model import Model
from datasets.render.packs import pack_model
from facings.errors import BadInputError

MOST_TRIANGLES = {"can": 1500, "sleek-can": 1500, "pet": 3200, "glass": 2000, "carton": 600, "pouch": 1000, "cup": 1100,
                  "multipack": 16_000}  # fmt: skip

BY_FORMAT = {pack.sku.rpartition("-")[2]: pack for pack in house_catalogue()}
"""One pack of each format."""

formats = pytest.mark.parametrize("pack", BY_FORMAT.values(), ids=BY_FORMAT.keys())


def points_of(model: Model) -> np.ndarray:
    return np.concatenate([part.vertices for part in model.parts])


@formats
def test_a_model_is_as_large_as_its_pack_and_stands_on_its_foot(pack: Pack) -> None:
    points = points_of(pack_model(pack))
    width, depth = pack.width_mm / 2, pack.depth_mm / 2
    assert points.min(0) == pytest.approx([-width, 0, -depth], abs=1.0)
    assert points.max(0) == pytest.approx([width, pack.height_mm, depth], abs=1.0)


@formats
def test_a_model_is_sound_and_within_its_budget(pack: Pack) -> None:
    model = pack_model(pack)
    assert sum(len(part.faces) for part in model.parts) <= MOST_TRIANGLES[pack.pack_type]
    for part in model.parts:
        assert part.faces.max() < len(part.vertices)
        assert part.uvs.shape == (len(part.vertices), 2)
        assert part.uvs.min() >= 0
        assert part.uvs.max() <= 1
        assert np.isfinite(part.vertices).all()


@formats
def test_faces_look_outward(pack: Pack) -> None:
    middle = np.array([0, pack.height_mm / 2, 0])
    for part in pack_model(pack).parts:
        corners = part.vertices[part.faces].astype(np.float64) - middle
        outward = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
        assert outward.sum() > 0


def test_the_front_of_a_label_looks_to_the_camera() -> None:
    body = pack_model(BY_FORMAT["can330"]).parts[0]
    front = np.abs(body.uvs[:, 0] - 0.25) < 0.02
    assert (body.vertices[front, 2] > 0).all()
    assert np.abs(body.vertices[front, 0]).max() < 1
    right = np.abs(body.uvs[:, 0] - 0.5) < 0.02
    assert (body.vertices[right, 0] > 0).all()


def test_bottles_have_air_above_the_liquid() -> None:
    liquid, level, air = pack_model(house_catalogue()["northwind-cola-pet500"]).parts[:3]
    assert liquid.vertices[:, 1].max() == pytest.approx(air.vertices[:, 1].min())
    assert level.vertices[:, 1].mean() == pytest.approx(liquid.vertices[:, 1].max(), abs=0.1)
    water = pack_model(house_catalogue()["glacia-still-pet500"]).parts[0]
    assert air.surface.opacity < water.surface.opacity < 0.5 < liquid.surface.opacity


def test_a_multipack_holds_its_units() -> None:
    pack = BY_FORMAT["6xcan330"]
    assert pack.bundle is not None
    one, six = pack_model(pack.bundle.unit), pack_model(pack)
    assert pack.bundle.count == 6
    assert len(six.parts) > len(one.parts)
    assert six.parts[0].surface.texture is one.parts[0].surface.texture


def test_models_are_made_once() -> None:
    assert pack_model(BY_FORMAT["can330"]) is pack_model(BY_FORMAT["can330"])


def test_a_multipack_must_say_what_it_holds() -> None:
    with pytest.raises(BadInputError, match="needs a bundle"):
        pack_model(replace(BY_FORMAT["6xcan330"], bundle=None))
