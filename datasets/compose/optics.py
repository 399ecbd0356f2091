"""The camera's geometry.

The scene is painted on a plane parallel to the cabinet's front, where upright packs stay upright; turning the camera
is then a homography of that plane (exact for a rotation about the lens), and the lens distortion is added to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from datasets.compose.spec import Camera
from datasets.products.arrays import FloatArray

_NEWTON_STEPS = 4


@dataclass(frozen=True)
class Optics:
    """Projection of one camera.

    Attributes:
        camera: the pose.
        focal: focal length, pixels.
        turn: (3, 3) rotation from the plane's axes to the camera's.
        left, top: the plane's pixel that is the canvas's corner.
        width, height: size of the canvas, pixels.
    """

    camera: Camera
    focal: float
    turn: npt.NDArray[np.float64]
    left: float
    top: float
    width: int
    height: int

    def scale(self, z_mm: float) -> float:
        """Pixels of canvas per mm at depth `z_mm` behind the shelves' front edge."""
        return self.focal / (self.camera.distance_mm + z_mm)

    def project(self, x_mm: float, y_mm: float, z_mm: float) -> tuple[float, float]:
        """Canvas position of a point: right of the middle, over the floor, behind the front edge."""
        scale = self.scale(z_mm)
        return (x_mm - self.camera.x_mm) * scale - self.left, (self.camera.y_mm - y_mm) * scale - self.top

    def tilt(self, y_mm: float, z_mm: float) -> float:
        """Tangent of the angle by which the camera looks down on height `y_mm` at depth `z_mm`."""
        return (self.camera.y_mm - y_mm) / (self.camera.distance_mm + z_mm)

    def canvas_maps(self) -> tuple[FloatArray, FloatArray]:
        """For every pixel of the photo, the canvas position that it shows: the two maps of `cv2.remap`."""
        camera = self.camera
        x = np.arange(camera.width, dtype=np.float32) + np.float32(0.5 - camera.width / 2)
        y = np.arange(camera.height, dtype=np.float32) + np.float32(0.5 - camera.height / 2)
        map_x, map_y = _to_plane(camera, self.focal, self.turn, x[None, :], y[:, None])
        return map_x - np.float32(self.left + 0.5), map_y - np.float32(self.top + 0.5)

    def to_photo(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Photo positions of canvas positions, (N, 2) to (N, 2)."""
        camera = self.camera
        plane = np.column_stack([points[:, 0] + self.left, points[:, 1] + self.top, np.full(len(points), self.focal)])
        seen = plane @ self.turn.T
        flat = seen[:, :2] * (self.focal / seen[:, 2:3])
        radius = np.linalg.norm(flat, axis=1, keepdims=True)
        bent = radius.copy()
        weight = camera.barrel / _corner(camera) ** 2
        for _ in range(_NEWTON_STEPS):
            bent -= (bent * (1 + weight * bent**2) - radius) / (1 + 3 * weight * bent**2)
        flat *= np.where(radius > 0, bent / np.maximum(radius, 1e-9), 1.0)
        shifted: npt.NDArray[np.float64] = flat + np.array([camera.width / 2, camera.height / 2])
        return shifted


def _corner(camera: Camera) -> float:
    return float(np.hypot(camera.width, camera.height) / 2)


def _to_plane(camera: Camera, focal: float, turn: npt.NDArray[np.float64], x: FloatArray, y: FloatArray
              ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Positions on the painted plane that photo positions (from the photo's middle) show."""
    stretch = 1 + np.float32(camera.barrel / _corner(camera) ** 2) * (x**2 + y**2)
    x, y = x * stretch, y * stretch
    back, f = turn.T.astype(np.float32), np.float32(focal)
    share = f / (back[2, 0] * x + back[2, 1] * y + back[2, 2] * f)
    plane_x = (back[0, 0] * x + back[0, 1] * y + back[0, 2] * f) * share
    plane_y = (back[1, 0] * x + back[1, 1] * y + back[1, 2] * f) * share
    return plane_x, plane_y


def optics_of(camera: Camera) -> Optics:
    """The projection of a camera, with a canvas just large enough for its photo."""
    focal = float(camera.height / 2 / np.tan(np.radians(camera.field_deg) / 2))
    pitch = np.arctan2(camera.y_mm - camera.aim_y_mm, camera.distance_mm)
    yaw = np.arctan2(camera.aim_x_mm - camera.x_mm, camera.distance_mm)
    roll = np.radians(camera.roll_deg)
    about_x, about_y, about_z = (cv2.Rodrigues(np.array(a))[0] for a in ((pitch, 0, 0), (0, -yaw, 0), (0, 0, roll)))
    turn = about_z @ about_x @ about_y
    edge = np.linspace(-1, 1, 33, dtype=np.float32)
    ends, edge_x, edge_y = np.ones(33, np.float32), edge * camera.width / 2, edge * camera.height / 2
    x = np.concatenate([edge_x, edge_x, -ends * camera.width / 2, ends * camera.width / 2])
    y = np.concatenate([-ends * camera.height / 2, ends * camera.height / 2, edge_y, edge_y])
    plane_x, plane_y = _to_plane(camera, focal, turn, x, y)
    left, top = float(np.floor(plane_x.min())) - 2, float(np.floor(plane_y.min())) - 2
    width, height = int(np.ceil(plane_x.max() - left)) + 3, int(np.ceil(plane_y.max() - top)) + 3
    return Optics(camera, focal, turn, left, top, width, height)
