"""Makes `import torchvision` work where its compiled operators do not fit the installed torch.

The registry's torchvision is a CUDA build; beside a CPU torch its library does not load and the import fails. The two
operators that the import needs are then declared here, and `nms` gets a kernel in plain torch. Where torchvision
imports as it should, nothing is touched.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import torch

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[Any] = []  # a Library's operators live as long as it does


def ensure_torchvision() -> None:
    """Import torchvision, with stand-ins for its operators only where they are missing."""
    try:
        importlib.import_module("torchvision")
        return
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(name + _SIGNATURE)
    library.impl("nms", plain_nms, "CPU")
    _declared.append(library)
    importlib.import_module("torchvision")
    # Asked before each call of `torchvision.ops.nms`, whose kernel is now there.
    extension: Any = importlib.import_module("torchvision.extension")
    extension._has_ops = lambda: True


def plain_nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression: positions of the boxes (N, 4) that stay, best first."""
    order = scores.argsort(descending=True, stable=True)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = (high - low).clamp(min=0).prod(1)
        order = order[shared <= iou_threshold * (area[best] + area[order] - shared)]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.int64)
