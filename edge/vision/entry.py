"""How pictures go into a model."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.manifest import InputSpec


def normalised(image: npt.NDArray[np.uint8], spec: InputSpec) -> npt.NDArray[np.float32]:
    """`image` (H, W, 3) BGR as the model takes it: (1, 3, H, W) float32."""
    return to_model_input([image], spec)


def to_model_input(
    images: Sequence[npt.NDArray[np.uint8]] | npt.NDArray[np.uint8], spec: InputSpec
) -> npt.NDArray[np.float32]:
    """BGR images (H, W, 3) of one size as the float32 NCHW tensor that `spec` describes."""
    # OpenCV lays the channels apart, and the rest is done in place: several times as fast as numpy alone.
    tensor = np.asarray(cv2.dnn.blobFromImages(list(images), swapRB=spec.colour == "RGB"), np.float32)
    tensor -= np.asarray(spec.mean, np.float32)[:, None, None]
    tensor /= np.asarray(spec.scale, np.float32)[:, None, None]
    return tensor
