"""From our surfaces and meshes to Mitsuba's.

True refraction needs hundreds of samples per pixel to find the lamps through a bottle. So clear plastic is a thin
glossy coat in front of what shows through it: a share `opacity` of the rays meets the coat, the others pass straight.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import mitsuba as mi
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.packs import Colour
from datasets.render.model import Finish, Part, Surface

_COATS: dict[Finish, dict[str, Any]] = {
    "matte": {"type": "principled", "roughness": 0.8, "specular": 0.3},
    "satin": {"type": "principled", "roughness": 0.42, "specular": 0.5},
    "glossy": {"type": "principled", "roughness": 0.16, "specular": 0.55},
    "metal": {"type": "principled", "roughness": 0.3, "metallic": 0.72, "specular": 0.5, "clearcoat": 0.6,
              "clearcoat_gloss": 0.9},
    "glass": {"type": "principled", "roughness": 0.08, "specular": 0.6},
    "film": {"type": "principled", "roughness": 0.14, "specular": 0.7},
}  # fmt: skip
_CLEAR = 0.6
_WELD_MM = 0.01


def bsdf_of(surface: Surface, colour: Any = None) -> dict[str, Any]:
    """The surface for `mi.load_dict`; a Mitsuba variant must be set (`datasets.render.engine.best_variant`).

    Args:
        surface: what it is made of.
        colour: a Mitsuba texture that takes the place of the surface's own colour.
    """
    finish = _COATS[surface.finish] | {"base_color": colour or _colour(surface)}
    if surface.opacity < _CLEAR:  # what is all but clear mirrors and has no veil of its own
        finish |= {"metallic": 1 - surface.opacity / _CLEAR}
    coat: dict[str, Any] = {"type": "twosided", "coat": finish}
    return coat if surface.opacity >= 1 else {"type": "mask", "opacity": float(surface.opacity), "coat": coat}


def _colour(surface: Surface) -> dict[str, Any]:
    if surface.texture is None:
        return {"type": "rgb", "value": linear_rgb(surface.colour)}
    return bitmap_of(surface.texture)


def bitmap_of(texture: Pixels) -> dict[str, Any]:
    """A print (H, W, 3) RGB for `mi.load_dict`; its first row lies at v = 1, where Mitsuba's lies at v = 0."""
    upright = np.ascontiguousarray(texture[::-1])
    return {"type": "bitmap", "bitmap": mi.Bitmap(upright), "filter_type": "bilinear", "wrap_mode": "clamp"}


def linear_rgb(colour: Colour) -> list[float]:
    """The colour as linear light, 0 to 1 (IEC 61966-2-1)."""
    shares = np.array(colour, np.float64) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4).tolist()  # type: ignore[no-any-return]


def mesh_of(part: Part, to_world: FloatArray, bsdf: Any) -> Any:
    """The part as an `mi.Mesh` at its place in the scene.

    Args:
        part: mesh in millimetres.
        to_world: (4, 4), a rotation, a shift and a scale that is the same along all axes.
        bsdf: what `mi.load_dict` made of `bsdf_of(part.surface)`; several meshes may share it.
    """
    props = mi.Properties()
    props["bsdf"] = bsdf
    mesh = mi.Mesh("part", len(part.vertices), len(part.faces), props=props, has_vertex_normals=part.smooth,
                   has_vertex_texcoords=True)  # fmt: skip
    turn = np.asarray(to_world[:3, :3], np.float32)
    points = part.vertices @ turn.T + np.asarray(to_world[:3, 3], np.float32)
    fields = mi.traverse(mesh)
    fields["vertex_positions"] = np.ascontiguousarray(points, np.float32).ravel()
    fields["faces"] = np.ascontiguousarray(part.faces, np.uint32).ravel()
    fields["vertex_texcoords"] = np.ascontiguousarray(part.uvs, np.float32).ravel()
    if part.smooth:  # else Mitsuba would take normals that show the texture's seam
        normals = smooth_normals(part) @ turn.T
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        fields["vertex_normals"] = np.ascontiguousarray(normals, np.float32).ravel()
    fields.update()
    return mesh


@lru_cache(maxsize=4096)
def smooth_normals(part: Part) -> FloatArray:
    """(N, 3) float32 normals weighted by area, the same for vertices at the same place, so that no seam shows."""
    corners = part.vertices[part.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    _, place = np.unique(np.round(part.vertices / _WELD_MM).astype(np.int64), axis=0, return_inverse=True)
    place = place.ravel()
    total = np.zeros((int(place.max()) + 1, 3), np.float64)
    for corner in range(3):
        np.add.at(total, place[part.faces[:, corner]], across)
    normals = total[place]
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(lengths > 1e-9, normals / np.maximum(lengths, 1e-9), (0.0, 1.0, 0.0)).astype(np.float32)
