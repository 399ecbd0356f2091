"""From a stage to Mitsuba: few meshes that share their surfaces, each face knowing which thing it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import drjit as dr
import mitsuba as mi
import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray, Pixels
from datasets.render.bsdf import bsdf_of, smooth_normals
from datasets.render.cameras import position
from datasets.render.furniture.furniture import LAMP_GROUPS, Lamp, LampGroup
from datasets.render.lights import Lights
from datasets.render.model import Part, Surface
from datasets.render.rendering import CameraModel
from datasets.render.shapes import merged, quad
from datasets.render.stage import Exhibit, placed

_NEAR_MM, _FAR_MM = 2.0, 20000.0
_SKY = 0.05
"""Radiance of what lies beyond the room."""
_CHOSEN: dict[LampGroup, float] = {"cabinet": 4.0, "sign": 0.4, "ceiling": 3.0, "window": 1.0}
"""How often each group is asked for light, against 1 for the sky: a guess of what it gives, which only costs noise."""


@dataclass(frozen=True, eq=False)
class Assembly:
    """A scene in Mitsuba's hands.

    Attributes:
        scene: `mi.Scene` without panes.
        face_things: by the number that Mitsuba's AOV `shape_index` gives each shape, the thing of each of its faces;
            lamps are left out.
    """

    scene: Any
    face_things: dict[int, npt.NDArray[np.int32]]


@dataclass(frozen=True, eq=False)
class _Mesh:
    vertices: FloatArray
    normals: FloatArray | None
    uvs: FloatArray
    faces: npt.NDArray[np.uint32]
    things: npt.NDArray[np.int32]
    surface: Surface


def assemble(exhibits: Iterable[Exhibit], parts: Iterable[Part], lamps: Iterable[Lamp], lights: Lights) -> Assembly:
    """Makes Mitsuba's scene; a variant must be set (`datasets.render.engine.best_variant`)."""
    meshes = [*_exhibit_meshes(exhibits), *_fixed_meshes([*parts, *_swatches()])]
    shapes = {f"mesh{number:05d}": _mitsuba_mesh(mesh, {"bsdf": loaded_bsdf(mesh.surface)})
              for number, mesh in enumerate(meshes)}  # fmt: skip
    sky = {"type": "constant", "radiance": {"type": "rgb", "value": [_SKY * lights.ambient] * 3}}
    scene = mi.load_dict({"type": "scene", "sky": sky, **shapes, **_mitsuba_lamps(lamps, lights)})
    things = {name: mesh.things for name, mesh in zip(shapes, meshes, strict=True)}
    numbers = {shape.id(): _shape_number(shape, place) for place, shape in enumerate(scene.shapes(), start=1)}
    return Assembly(scene, {numbers[name]: faces for name, faces in things.items()})


def _shape_number(shape: Any, place: int) -> int:
    """What `shape_index` will say: the place among the scene's shapes, or with LLVM the place in Dr.Jit's registry."""
    if str(mi.variant()).startswith("scalar"):
        return place
    numbers: Any = dr.reinterpret_array(mi.UInt32, mi.ShapePtr(shape))
    return int(numbers[0])


@lru_cache(maxsize=256)
def loaded_bsdf(surface: Surface) -> Any:
    """Mitsuba's material of a surface, made once while it is in use; its texture is the costly part."""
    return mi.load_dict(bsdf_of(surface))


def _exhibit_meshes(exhibits: Iterable[Exhibit]) -> Iterator[_Mesh]:
    """One mesh for each part of each model, holding all its copies."""
    copies: dict[int, list[tuple[FloatArray, int]]] = defaultdict(list)
    parts: dict[int, Part] = {}
    for number, exhibit in enumerate(exhibits, start=1):
        for part in exhibit.model.parts:
            parts[id(part)] = part
            copies[id(part)].append((exhibit.matrix, number))
    for key, part in parts.items():
        matrices = np.stack([matrix for matrix, _ in copies[key]])
        numbers = np.array([number for _, number in copies[key]], np.int32)
        yield _copied(part, matrices, numbers)


def _copied(part: Part, matrices: FloatArray, numbers: npt.NDArray[np.int32]) -> _Mesh:
    count, size = len(matrices), len(part.vertices)
    normals = None
    if part.smooth:
        turns = matrices.copy()
        turns[:, :3, 3] = 0
        normals = placed(smooth_normals(part), turns).reshape(-1, 3)
    starts = (np.arange(count, dtype=np.uint32) * size)[:, None, None]
    return _Mesh(
        placed(part.vertices, matrices).reshape(-1, 3),
        normals,
        np.tile(part.uvs, (count, 1)),
        (part.faces[None] + starts).reshape(-1, 3),
        np.repeat(numbers, len(part.faces)),
        part.surface,
    )


def _fixed_meshes(parts: Iterable[Part]) -> Iterator[_Mesh]:
    """The parts that are no things, merged by their surface."""
    groups: dict[Hashable, list[Part]] = defaultdict(list)
    for part in parts:
        surface = part.surface
        plain = (surface.finish, surface.colour, surface.opacity)
        groups[plain if surface.texture is None else id(surface), part.smooth].append(part)
    one = np.eye(4)[None]
    for group in groups.values():
        whole = merged(group)
        yield _copied(whole, one, np.zeros(1, np.int32))


def _mitsuba_mesh(mesh: _Mesh, attached: dict[str, Any]) -> Any:
    props = mi.Properties()
    for name, what in attached.items():
        props[name] = what
    made = mi.Mesh("mesh", len(mesh.vertices), len(mesh.faces), props=props,
                   has_vertex_normals=mesh.normals is not None, has_vertex_texcoords=True)  # fmt: skip
    fields = mi.traverse(made)
    fields["vertex_positions"] = np.ascontiguousarray(mesh.vertices, np.float32).ravel()
    fields["faces"] = np.ascontiguousarray(mesh.faces, np.uint32).ravel()
    fields["vertex_texcoords"] = np.ascontiguousarray(mesh.uvs, np.float32).ravel()
    fields.update()
    if mesh.normals is not None:  # after the positions, whose change makes Mitsuba take normals of its own
        fields["vertex_normals"] = np.ascontiguousarray(mesh.normals, np.float32).ravel()
        fields.update()
    return made


def _mitsuba_lamps(lamps: Iterable[Lamp], lights: Lights) -> dict[str, Any]:
    """One shape for each group of lamps, a dark one where there is none, so that all scenes run the same program."""
    groups: dict[LampGroup, list[Part]] = {group: [] for group in LAMP_GROUPS}
    for lamp in lamps:
        groups[lamp.group].append(lamp.part)
    return {f"lamps-{group}": _mitsuba_lamp(parts, lights.power(group), _CHOSEN[group])
            for group, parts in groups.items()}  # fmt: skip


def _mitsuba_lamp(parts: list[Part], power: FloatArray, chosen: float) -> Any:
    lit = bool(parts) and bool(power.any())
    part = merged(parts) if parts else _NOWHERE
    corners = part.vertices[part.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area_m2 = float(np.linalg.norm(across, axis=1).sum()) / 2 * 1e-6
    radiance = power / (np.pi * area_m2) if lit else np.zeros(3)
    light: dict[str, Any] = {"type": "rgb", "value": radiance.tolist()}
    if part.surface.texture is not None:
        shares = np.power(part.surface.texture[::-1].astype(np.float32) / 255, 2.2) * radiance.astype(np.float32)
        light = {"type": "bitmap", "bitmap": mi.Bitmap(np.ascontiguousarray(shares, np.float32)), "raw": True}
    weight = chosen if lit else 0.0
    emitter = mi.load_dict({"type": "area", "radiance": light, "sampling_weight": weight})
    one = np.eye(4)[None]
    return _mitsuba_mesh(_copied(part, one, np.zeros(1, np.int32)), {"bsdf": loaded_bsdf(_DARK), "emitter": emitter})


def _swatches() -> list[Part]:
    """A speck of every kind of material under the floor: with all of them in it, any two scenes run the same program,
    which Mitsuba then compiles only once."""
    return [quad(_UNDER_FLOOR, surface) for surface in _SWATCHES]


_UNDER_FLOOR = ((0, -90, 0), (1, -90, 0), (1, -90, 1), (0, -90, 1))
_DARK = Surface("satin", (40, 40, 40))
_NOWHERE = quad(_UNDER_FLOOR, _DARK)
_PRINT: Pixels = np.full((2, 2, 3), 128, np.uint8)
_SWATCHES = (
    _DARK, Surface("satin", texture=_PRINT), Surface("metal"), Surface("metal", texture=_PRINT),
    Surface("film", opacity=0.5), Surface("film", texture=_PRINT, opacity=0.5),
)  # fmt: skip


def sensor(camera: CameraModel, sampler: dict[str, Any], rfilter: str = "box") -> Any:
    """Mitsuba's sensor for a pinhole camera whose principal point is the middle of the picture."""
    eye = position(camera)
    field = np.degrees(2 * np.arctan(camera.width / 2 / camera.k[0, 0]))
    return mi.load_dict({
        "type": "perspective",
        "fov": float(field),
        "fov_axis": "x",
        "near_clip": _NEAR_MM,
        "far_clip": _FAR_MM,
        "to_world": mi.ScalarTransform4f().look_at(
            origin=eye.tolist(), target=(eye + camera.r[2] * 100).tolist(), up=(-camera.r[1]).tolist()),
        "sampler": sampler,
        "film": {"type": "hdrfilm", "width": camera.width, "height": camera.height, "pixel_format": "rgb",
                 "component_format": "float32", "rfilter": {"type": rfilter}},
    })  # fmt: skip


def traced(assembly: Assembly, integrator: dict[str, Any], eye: Any, samples: int = 1, seed: int = 0) -> FloatArray:
    """(H, W, C) float32: what an integrator finds, channel by channel."""
    image: Any = mi.render(assembly.scene, integrator=mi.load_dict(integrator), sensor=eye, spp=samples,
                           seed=seed)  # type: ignore[arg-type]  # fmt: skip
    return np.array(image, np.float32)
