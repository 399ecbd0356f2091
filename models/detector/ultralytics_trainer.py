"""Trains a YOLO of ultralytics on the same photo sets, for comparison.

ultralytics is under AGPL-3.0 and claims the weights trained with it: what comes out of here is not shipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from edge.vision.zoo import InputSpec
from models.detector.config import DetectorConfig
from models.detector.export import write_onnx
from models.detector.photoset import LabelledPhoto, read_photoset, read_pixels
from models.detector.torchvision_operators import ensure_torchvision


class UltralyticsTrainer:
    """YOLO as `config.architecture` names it, from scratch: its pretrained weights are not ours to ship either."""

    licence = "AGPL-3.0"
    input = InputSpec(mean=(0.0, 0.0, 0.0), scale=(255.0, 255.0, 255.0), size_multiple=32)

    def train(self, config: DetectorConfig) -> Path:
        """Train for about `config.steps` steps, rounded up to whole epochs; returns the checkpoint."""
        photos = [photo for source in config.sources for photo in read_photoset(source.photos)]
        description = write_yolo_dataset(photos, config.out / "dataset")
        checkpoint = config.out / "run" / "weights" / "last.pt"
        resume = checkpoint.exists()
        _yolo(checkpoint if resume else config.architecture).train(
            resume=resume,
            data=str(description),
            epochs=max(1, -(-config.steps * config.batch // len(photos))),
            imgsz=config.side,
            batch=config.batch,
            lr0=config.learning_rate,
            optimizer="AdamW",
            seed=config.seed,
            single_cls=True,
            device="cpu",
            workers=0,
            plots=False,
            project=str(config.out.resolve()),
            name="run",
            exist_ok=True,
            verbose=False,
        )
        return checkpoint

    def export(self, checkpoint: Path, out: Path) -> None:
        """Write ONNX with the inputs and outputs of our own detector, pixels scaled to 0..1."""
        model = _yolo(checkpoint).model.float().fuse().eval()
        head = model.model[-1]
        head.export, head.dynamic, head.format = True, True, "onnx"
        write_onnx(_SameOutputs(model), out)


class _SameOutputs(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Boxes (B, N, 4) x1 y1 x2 y2 and scores (B, N, 1), with or without YOLO's own suppression."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        raw = self.model(images)
        raw = raw[0] if isinstance(raw, tuple | list) else raw
        if getattr(self.model.model[-1], "end2end", False):
            return raw[:, :, :4], raw[:, :, 4:5]
        rows = raw.transpose(1, 2)
        centres, half = rows[:, :, :2], rows[:, :, 2:4] / 2
        return torch.cat([centres - half, centres + half], 2), rows[:, :, 4:]


def write_yolo_dataset(photos: list[LabelledPhoto], folder: Path) -> Path:
    """Lay `photos` out as ultralytics reads them; every tenth one validates. Returns the description file.

    Photos are linked, not copied. Ignored regions have no counterpart there and are lost.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for number, photo in enumerate(photos):
        part = "val" if number % 10 == 0 else "train"
        image = folder / "images" / part / f"{number:06d}{photo.path.suffix}"
        label = folder / "labels" / part / f"{number:06d}.txt"
        for path in (image, label):
            path.parent.mkdir(parents=True, exist_ok=True)
        image.symlink_to(photo.path.resolve())
        height, width = read_pixels(photo.path).shape[:2]
        centres, sizes = (photo.boxes[:, :2] + photo.boxes[:, 2:]) / 2, photo.boxes[:, 2:] - photo.boxes[:, :2]
        shares = np.hstack([centres, sizes]) / [width, height, width, height]
        label.write_text("".join("0 {:.6f} {:.6f} {:.6f} {:.6f}\n".format(*row) for row in shares), encoding="utf-8")
    description = folder / "data.yaml"
    description.write_text(
        f"path: {folder.resolve()}\ntrain: images/train\nval: images/val\nnames: [product]\n", encoding="utf-8"
    )
    return description


def _yolo(model: Path | str) -> Any:
    ensure_torchvision()
    from ultralytics import YOLO  # noqa: PLC0415 - only after torchvision is known to import

    return YOLO(str(model), task="detect")
