"""From a checkpoint to the zoo: an ONNX file with boxes decoded, half-size weights, a manifest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from edge.vision.golden import PICTURE_NAME
from edge.vision.manifest import DetectorManifest, InputSpec
from facings.files import write_atomic
from models.detector.config import ReleaseSettings
from models.detector.network import ProductDetector
from models.eight_bits import files_of_copy
from models.golden import write_golden
from models.onnx_export import traced
from models.onnx_weights import store_weights_as_float16

_OPSET = 18


class _Decoded(nn.Module):  # type: ignore[misc]  # torch has no types here
    """The network with its logits turned to scores (B, N, classes)."""

    def __init__(self, detector: ProductDetector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, boxes = self.detector(images)
        return boxes, logits.sigmoid()


def export_onnx(detector: ProductDetector, path: Path) -> None:
    """Write `detector` as ONNX, boxes and scores decoded."""
    write_onnx(_Decoded(detector), path)


def write_onnx(model: nn.Module, path: Path) -> None:
    """Write `model` with half-size weights: `images` (1, 3, H, W) to `boxes` (1, N, 4) and `scores` (1, N, classes)."""
    traced_file = traced(
        model,
        torch.zeros(1, 3, 320, 256),
        ("images", ("boxes", "scores")),
        _OPSET,
        {"images": {2: "height", 3: "width"}, "boxes": {1: "cells"}, "scores": {1: "cells"}},
    )
    write_atomic(path, store_weights_as_float16(onnx.load_model_from_string(traced_file)).SerializeToString())


def write_manifest(model: Path, release: ReleaseSettings, licence: str, entry: InputSpec) -> DetectorManifest:
    """Write the manifest of the exported `model` beside it, and renew its golden outputs if it has a golden picture.

    The model's name is its folder's. An 8-bit copy of what was there before is taken away.
    """
    stale = files_of_copy(model.parent)
    manifest = DetectorManifest(
        name=model.parent.name,
        version=release.version,
        file=model.name,
        sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        licence=licence,
        input=entry,
        sources=release.learned_from,
        detector=release.detector,
    )
    manifest.save(model.parent)
    for path in stale:
        path.unlink(missing_ok=True)
    if (model.parent / PICTURE_NAME).exists():
        write_golden(model.parent)
    return manifest
