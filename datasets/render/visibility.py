"""Which thing each pixel shows: one ray through its centre, past panes; no chance and no light in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray
from datasets.render.assemble import Assembly, sensor, traced
from datasets.render.cameras import position
from datasets.render.rendering import CameraModel

_CENTRE_ONLY = {"type": "stratified", "sample_count": 1, "jitter": False}
_FIRST_HIT = {"type": "aov", "aovs": "at:position,shape:shape_index,face:prim_index"}
_AWAY_MM = 20000.0


def things_shown(assembly: Assembly, camera: CameraModel) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """(H, W) int32 numbers of things, 0 for anything else, and (H, W) float32 distances from the camera in mm."""
    found = traced(assembly, _FIRST_HIT, sensor(camera, _CENTRE_ONLY))[..., -5:]
    distance = np.linalg.norm(found[..., :3] - position(camera), axis=-1).astype(np.float32)
    shapes, faces = found[..., 3].round().astype(np.int64), found[..., 4].round().astype(np.int64)
    shown = np.zeros(shapes.shape, np.int32)
    hit = found[..., :3].any(-1)
    for number in np.unique(shapes[hit]):
        things = assembly.face_things.get(int(number))
        if things is not None:
            here = hit & (shapes == number)
            shown[here] = things[faces[here]]
    distance[~hit] = _AWAY_MM
    return shown, distance
