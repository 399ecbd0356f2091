"""From a stage to Mitsuba: few meshes that share their surfaces, each face knowing which thing it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import cv2
import drjit as dr
import mitsuba as mi
import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray, Pixels
from datasets.render.atlas import Atlas, make_atlas
from datasets.render.bsdf import bitmap_of, bsdf_of, smooth_normals
from datasets.render.cameras import position
from datasets.render.furniture.furniture import LAMP_GROUPS, Lamp, LampGroup
from datasets.render.lights import Lights
from datasets.render.model import Finish, Part, Surface
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
class _Copies:
    """A part in all its (M, 4, 4) poses, and the number of the thing that each of them belongs to."""

    part: Part
    matrices: FloatArray
    things: npt.NDArray[np.int32]


Material = tuple[Finish, float]
"""A finish, and an opacity of `_OPACITIES`."""


def assemble(exhibits: Iterable[Exhibit], parts: Iterable[Part], lamps: Iterable[Lamp], lights: Lights) -> Assembly:
    """Makes Mitsuba's scene; a variant must be set (`datasets.render.engine.best_variant`)."""
    copies = [*_of_exhibits(exhibits), *_of_fixed([*parts, *_SPECKS])]
    atlas = make_atlas(one.part.surface for one in copies)
    colours = mi.load_dict(bitmap_of(atlas.sheet))
    groups: dict[tuple[Material, bool], list[_Copies]] = {kind: [] for kind in product(MATERIALS, (True, False))}
    for one in copies:
        groups[material_of(one.part.surface), one.part.smooth].append(one)
    bsdfs = {material: mi.load_dict(bsdf_of(Surface(material[0], opacity=material[1]), colours))
             for material in MATERIALS}  # fmt: skip
    shapes, things = {}, {}
    for number, ((material, smooth), members) in enumerate(groups.items()):
        name = f"mesh{number:03d}"
        shapes[name] = _mesh(members, smooth, atlas, {"bsdf": bsdfs[material]})
        things[name] = np.concatenate([np.repeat(one.things, len(one.part.faces)) for one in members])
    sky = {"type": "constant", "radiance": {"type": "rgb", "value": [_SKY * lights.ambient] * 3}}
    lit = _mitsuba_lamps(lamps, lights)
    scene = mi.load_dict({"type": "scene", "sky": sky, **shapes, **lit})
    numbers = {shape.id(): _shape_number(shape, place) for place, shape in enumerate(scene.shapes(), start=1)}
    return Assembly(scene, {numbers[name]: faces for name, faces in things.items()})


def material_of(surface: Surface) -> Material:
    """The material that stands for a surface: its finish, its opacity rounded to the nearest that there is."""
    if surface.opacity >= 1 or surface.finish not in {"glass", "film"}:
        return _SOLID.get(surface.finish, surface.finish), 1.0
    return surface.finish, min(_OPACITIES, key=lambda opacity: abs(opacity - surface.opacity))


def _shape_number(shape: Any, place: int) -> int:
    """What `shape_index` will say: the place among the scene's shapes, or with LLVM the place in Dr.Jit's registry."""
    if str(mi.variant()).startswith("scalar"):
        return place
    numbers: Any = dr.reinterpret_array(mi.UInt32, mi.ShapePtr(shape))
    return int(numbers[0])


def _of_exhibits(exhibits: Iterable[Exhibit]) -> Iterator[_Copies]:
    """Each part of each model with all its copies."""
    poses: dict[Part, list[tuple[FloatArray, int]]] = defaultdict(list)
    for number, exhibit in enumerate(exhibits, start=1):
        for part in exhibit.model.parts:
            poses[part].append((exhibit.matrix, number))
    for part, copies in poses.items():
        numbers = np.array([number for _, number in copies], np.int32)
        yield _Copies(part, np.stack([matrix for matrix, _ in copies]), numbers)


def _of_fixed(parts: Iterable[Part]) -> Iterator[_Copies]:
    """What is no thing, all of one surface together, as furniture has hundreds of wires."""
    groups: dict[tuple[Surface, bool], list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.surface, part.smooth].append(part)
    yield from (_fixed(merged(group)) for group in groups.values())


def _fixed(part: Part) -> _Copies:
    return _Copies(part, np.eye(4)[None], np.zeros(1, np.int32))


def _mesh(members: list[_Copies], smooth: bool, atlas: Atlas | None, attached: dict[str, Any]) -> Any:
    """One `mi.Mesh` of all the copies of parts of one material."""
    counts = [len(one.matrices) * len(one.part.vertices) for one in members]
    starts = np.concatenate([[0], np.cumsum(counts)])
    fields = {
        "vertex_positions": np.concatenate([placed(one.part.vertices, one.matrices).reshape(-1, 3) for one in members]),
        "faces": np.concatenate([_faces(one) + np.uint32(start) for one, start in zip(members, starts, strict=False)]),
        "vertex_texcoords": np.concatenate([_uvs(one, atlas) for one in members]),
    }
    if smooth:
        fields["vertex_normals"] = np.concatenate([_normals(one) for one in members])
    props = mi.Properties()
    for name, what in attached.items():
        props[name] = what
    made = mi.Mesh("mesh", len(fields["vertex_positions"]), len(fields["faces"]), props=props,
                   has_vertex_normals=smooth, has_vertex_texcoords=True)  # fmt: skip
    params = mi.traverse(made)
    for name, values in fields.items():
        params[name] = np.ascontiguousarray(values, np.uint32 if name == "faces" else np.float32).ravel()
    params.update()
    return made


def _faces(one: _Copies) -> npt.NDArray[np.uint32]:
    starts = np.arange(len(one.matrices), dtype=np.uint32) * np.uint32(len(one.part.vertices))
    faces: npt.NDArray[np.uint32] = (one.part.faces[None] + starts[:, None, None]).reshape(-1, 3)
    return faces


def _uvs(one: _Copies, atlas: Atlas | None) -> FloatArray:
    own = one.part.uvs if atlas is None else atlas.on_sheet(one.part.surface, one.part.uvs)
    return np.tile(own, (len(one.matrices), 1))


def _normals(one: _Copies) -> FloatArray:
    turns = one.matrices.copy()
    turns[:, :3, 3] = 0
    return placed(smooth_normals(one.part), turns).reshape(-1, 3)


def _mitsuba_lamps(lamps: Iterable[Lamp], lights: Lights) -> dict[str, Any]:
    """One shape for each group of lamps, a dark one where there is none, so that all scenes run the same program."""
    groups: dict[LampGroup, list[Part]] = {group: [] for group in LAMP_GROUPS}
    for lamp in lamps:
        groups[lamp.group].append(lamp.part)
    return {f"lamps-{group}": _mitsuba_lamp(group, merged(parts or [_NOWHERE]), lights.power(group), bool(parts))
            for group, parts in groups.items()}  # fmt: skip


def _mitsuba_lamp(group: LampGroup, part: Part, power: FloatArray, there: bool) -> Any:
    lit = there and bool(power.any())
    corners = part.vertices[part.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area_m2 = float(np.linalg.norm(across, axis=1).sum()) / 2 * 1e-6
    radiance = power / (np.pi * area_m2) if lit else np.zeros(3)
    light: dict[str, Any] = {"type": "rgb", "value": radiance.tolist()}
    surface = _DARK
    if group == "sign":
        face = cv2.resize(_WHITE if part.surface.texture is None else part.surface.texture, _SIGN_PIXELS)
        shares = np.power(face[::-1].astype(np.float32) / 255, 2.2) * radiance.astype(np.float32)
        light = {"type": "bitmap", "bitmap": mi.Bitmap(np.ascontiguousarray(shares, np.float32)), "raw": True}
        surface = Surface("glossy", texture=face)
    weight = _CHOSEN[group] if lit else 0.0
    attached = {
        "bsdf": mi.load_dict(bsdf_of(surface)),
        "emitter": mi.load_dict({"type": "area", "radiance": light, "sampling_weight": weight}),
    }
    return _mesh([_fixed(part)], smooth=False, atlas=None, attached=attached)


_OPACITIES = (0.12, 0.3, 0.5, 0.7, 0.9)
"""Mitsuba has one material for each; between them nobody sees a difference."""
_SOLID: dict[Finish, Finish] = {"glass": "glossy", "film": "glossy"}
MATERIALS: tuple[Material, ...] = (
    *((finish, 1.0) for finish in ("matte", "satin", "glossy", "metal")),
    *((finish, opacity) for finish in ("glass", "film") for opacity in _OPACITIES),
)
_UNDER_FLOOR = ((0, -90, 0), (1, -90, 0), (1, -90, 1), (0, -90, 1))
_DARK = Surface("satin", (40, 40, 40))
_NOWHERE = quad(_UNDER_FLOOR, _DARK)
_SPECKS = tuple(replace(quad(_UNDER_FLOOR, Surface(finish, opacity=opacity)), smooth=smooth)
                for (finish, opacity), smooth in product(MATERIALS, (True, False)))  # fmt: skip
"""Of every material a speck under the floor: no scene is without one."""
_WHITE: Pixels = np.full((2, 2, 3), 255, np.uint8)
_SIGN_PIXELS = (768, 128)


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
