"""How a picture goes into a model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edge.vision.manifest import InputSpec


def normalised(image: npt.NDArray[np.uint8], spec: InputSpec) -> npt.NDArray[np.float32]:
    """`image` (H, W, 3) BGR as the model takes it: (1, 3, H, W) float32."""
    ordered = image[:, :, ::-1] if spec.colour == "RGB" else image
    values = (ordered.astype(np.float32) - np.asarray(spec.mean, np.float32)) / np.asarray(spec.scale, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])
