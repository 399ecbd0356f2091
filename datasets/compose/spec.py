"""What a scene is made of: camera, cabinet, rows of lanes, light, clutter. Lengths in mm, angles in degrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from datasets.products.packs import Colour
from datasets.products.stock import Lane


@dataclass(frozen=True)
class Cabinet:
    """The cooler (or rack) around the products.

    Attributes:
        width_mm, depth_mm: inside.
        compartments: clear height above each shelf, top row first.
        board_mm, lip_mm: thickness of a shelf and height of its front strip.
        header_mm, plinth_mm, frame_mm: what surrounds the inside.
        shelf: wire grid, solid board or glass.
        lamps: where the light comes from.
        open_front: a rack without side walls and door frame.
    """

    width_mm: float
    depth_mm: float
    compartments: tuple[float, ...]
    board_mm: float = 12.0
    lip_mm: float = 34.0
    header_mm: float = 130.0
    plinth_mm: float = 150.0
    frame_mm: float = 42.0
    inside: Colour = (226, 230, 232)
    frame: Colour = (26, 60, 130)
    lip: Colour = (24, 66, 150)
    header: Colour = (18, 58, 140)
    header_text: str = "Northwind"
    lip_text: str = "northwind"
    price_tags: bool = True
    shelf: Literal["wire", "solid", "glass"] = "wire"
    lamps: Literal["top", "sides", "left", "front"] = "sides"
    open_front: bool = False

    def shelf_levels(self) -> tuple[float, ...]:
        """Height of each shelf's upper face over the cabinet's floor, top row first."""
        levels: list[float] = []
        level = 0.0
        for clear in reversed(self.compartments):
            levels.append(level)
            level += clear + self.board_mm
        return tuple(reversed(levels))

    @property
    def inside_height_mm(self) -> float:
        """From the lowest shelf's face to the ceiling."""
        return sum(self.compartments) + self.board_mm * (len(self.compartments) - 1)


@dataclass(frozen=True)
class Camera:
    """Where the camera is and what it looks at.

    Attributes:
        width, height: size of the photo, pixels.
        distance_mm: in front of the shelves' front edge.
        x_mm, y_mm: beside the cabinet's middle, over its floor.
        aim_x_mm, aim_y_mm: the point of the front plane in the middle of the photo.
        field_deg: vertical field of view.
        roll_deg: how far the camera is turned clockwise.
        barrel: radial distortion at the photo's corner, a share of its radius; positive bulges outwards.
    """

    width: int = 960
    height: int = 1280
    distance_mm: float = 1500.0
    x_mm: float = 0.0
    y_mm: float = 800.0
    aim_x_mm: float = 0.0
    aim_y_mm: float = 720.0
    field_deg: float = 58.0
    roll_deg: float = 0.0
    barrel: float = 0.03


@dataclass(frozen=True)
class Sensor:
    """What the camera does to the light: brightness, white balance, noise, blur, JPEG."""

    exposure: float = 1.0
    warmth: float = 0.0
    contrast: float = 1.0
    noise: float = 2.0
    blur_px: float = 0.5
    motion_px: float = 0.0
    motion_deg: float = 0.0
    vignette: float = 0.15
    low_res: float = 1.0
    jpeg_quality: int = 88


@dataclass(frozen=True)
class Clutter:
    """What stands between: hands, stickers on the door, reflections and mist on the glass, 0 to 1 each but counts."""

    hands: int = 0
    stickers: int = 0
    reflection: float = 0.0
    mist: float = 0.0
    glare: float = 0.0


@dataclass(frozen=True)
class SceneSpec:
    """Everything a photo is made of, except chance.

    Attributes:
        rows: shelf rows, top first, each lane from left to right; the lanes start at the left wall.
        turned: standard deviation of the packs' turn about their axis, radians.
        backdrop: which surroundings, any number.
        prices: what the price tags say of SKUs whose tags say another price than the catalogue.
        placement: how the units stand, any number; with the same number what stays put looks the same. None: by chance.
    """

    cabinet: Cabinet
    rows: tuple[tuple[Lane, ...], ...]
    camera: Camera = field(default_factory=Camera)
    sensor: Sensor = field(default_factory=Sensor)
    clutter: Clutter = field(default_factory=Clutter)
    turned: float = 0.3
    backdrop: int = 0
    placement: int | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
