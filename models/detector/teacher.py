"""The teacher: a product detector trained by others, whose boxes complete the labels of our training photos.

It is an 8-bit YOLOv8n trained on SKU-110K (AGPL-3.0). It runs on our machines while we prepare labels; neither its
file nor its weights are part of what ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.boxes import Boxes, areas, intersections

Pixels = npt.NDArray[np.uint8]
Scores = npt.NDArray[np.float32]

_PAD = 114


class Teacher:
    """Finds products with the TFLite file at `path`; a small `min_score` keeps the doubtful boxes too."""

    def __init__(self, path: Path, min_score: float = 0.2, nms_iou: float = 0.6) -> None:
        self.path = path
        self.min_score = min_score
        self.nms_iou = nms_iou
        self._interpreter: Any = None

    def load(self) -> None:
        """Load the file."""
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - only the training environment has it

        self._interpreter = Interpreter(model_path=str(self.path), num_threads=1)
        self._interpreter.allocate_tensors()

    def find(self, pixels: Pixels, sides: Sequence[int] = (640,)) -> tuple[Boxes, Scores]:
        """Boxes in pixels and scores of the products in `pixels` (H, W, 3) BGR.

        Looks once for each of `sides`, the length in pixels at which the teacher sees the photo's long side: it knows
        products of 20 to 150 pixels, so a close photo needs a small side.
        """
        looks = [self._look(pixels, side) for side in sides]
        boxes, scores = np.concatenate([b for b, _ in looks]), np.concatenate([s for _, s in looks])
        kept = _apart(boxes, scores, self.nms_iou)
        return boxes[kept], scores[kept]

    def _look(self, pixels: Pixels, long_side: int) -> tuple[Boxes, Scores]:
        entry, answer = self._interpreter.get_input_details()[0], self._interpreter.get_output_details()[0]
        side = int(entry["shape"][1])
        height, width = pixels.shape[:2]
        ratio = long_side / max(height, width)
        scaled = cv2.resize(pixels, (round(width * ratio), round(height * ratio)), interpolation=cv2.INTER_AREA)
        canvas = np.full((side, side, 3), _PAD, np.uint8)
        canvas[: scaled.shape[0], : scaled.shape[1]] = scaled
        rgb = cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        self._interpreter.set_tensor(entry["index"], rgb[None])
        self._interpreter.invoke()
        rows = self._interpreter.get_tensor(answer["index"])[0].T
        rows = rows[rows[:, 4] >= self.min_score]
        centres, sizes = rows[:, :2], rows[:, 2:4]
        boxes = np.hstack([centres - sizes / 2, centres + sizes / 2]) * side / ratio
        return np.clip(boxes, 0, [width, height, width, height]).astype(np.float32), rows[:, 4].astype(np.float32)


def _apart(boxes: Boxes, scores: Scores, limit: float) -> list[int]:
    """Positions of the boxes that stay, best first: one that shares more than `limit` of the smaller box goes."""
    shared = intersections(boxes, boxes)
    area = areas(boxes)
    overlap = shared / np.maximum(np.minimum(area[:, None], area[None]), 1e-9)
    kept: list[int] = []
    for position in np.argsort(-scores):
        if not kept or overlap[position, kept].max() <= limit:
            kept.append(int(position))
    return kept
