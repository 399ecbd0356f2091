"""What the detector is taught: which cells answer for which label, and how far off they are.

Assignment and targets follow task-aligned learning (Feng et al., TOOD, 2021): a label goes to the cells inside of it
whose box and score for its class already agree best, and a cell's target is how well its box fits. Boxes are pulled by
generalised IoU (Rezatofighi et al., 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_CELLS_PER_LABEL = 10
_SCORE_POWER, _IOU_POWER = 0.5, 4.0
_BOX_WEIGHT = 5.0


@dataclass(frozen=True)
class Truth:
    """The labels of one image, x1 y1 x2 y2 in input pixels.

    Attributes:
        boxes, classes: (N, 4) and (N,) int64: what is there, and which of the detector's classes it is.
        ignored, ignored_classes: (M, 4) and (M,) int64: regions that teach nothing of one class.
    """

    boxes: Tensor
    classes: Tensor
    ignored: Tensor
    ignored_classes: Tensor


def detection_loss(logits: Tensor, boxes: Tensor, centres: Tensor, truths: list[Truth]) -> tuple[Tensor, Tensor]:
    """Score loss and box loss of a batch, per unit of target score.

    Args:
        logits: (B, N, C) of all cells and classes.
        boxes: (B, N, 4) of all cells, input pixels.
        centres: (N, 2) x y of the cells.
        truths: one per image.
    """
    targets, weights = torch.zeros_like(logits), torch.ones_like(logits)
    box_loss = logits.new_zeros(())
    for image, truth in enumerate(truths):
        weights[image][_muted(centres, truth, logits.shape[2])] = 0
        if not len(truth.boxes):
            continue
        label, quality = assign(logits[image].detach(), boxes[image].detach(), centres, truth)
        taken = torch.nonzero(label >= 0)[:, 0]
        own = truth.classes[label[taken]]
        targets[image, taken, own], weights[image, taken, own] = quality[taken], 1.0
        fit = generalised_iou(boxes[image][taken], truth.boxes[label[taken]])
        box_loss = box_loss + ((1 - fit) * quality[taken]).sum()
    score_loss = functional.binary_cross_entropy_with_logits(logits, targets, weights, reduction="sum")
    total = targets.sum().clamp(min=1)
    return score_loss / total, _BOX_WEIGHT * box_loss / total


def assign(logits: Tensor, boxes: Tensor, centres: Tensor, truth: Truth) -> tuple[Tensor, Tensor]:
    """For each cell the label it answers for, or -1, and its target score, from its logits (N, C) and box (N, 4).

    Returns (N,) int64 and (N,) float32.
    """
    fit = iou(boxes, truth.boxes)
    agreement = logits.sigmoid()[:, truth.classes] ** _SCORE_POWER * fit**_IOU_POWER
    agreement = agreement * _inside(centres, truth.boxes)
    best = agreement.topk(min(_CELLS_PER_LABEL, len(boxes)), dim=0)
    chosen = torch.zeros_like(agreement).scatter_(0, best.indices, best.values)
    label = torch.where(chosen > 0, fit, -1.0).argmax(1)
    kept = chosen.gather(1, label[:, None])[:, 0]
    # A label's best cell is asked for its IoU, the others for their share of it.
    own = torch.zeros_like(chosen).scatter_(1, label[:, None], kept[:, None])
    highest, closest = own.amax(0), torch.where(own > 0, fit, 0.0).amax(0)
    quality = kept / highest[label].clamp(min=1e-9) * closest[label]
    return torch.where(kept > 0, label, -1), torch.where(kept > 0, quality, 0.0)


def iou(first: Tensor, second: Tensor) -> Tensor:
    """(N, M) intersection over union."""
    low = torch.maximum(first[:, None, :2], second[None, :, :2])
    high = torch.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(2)
    union = (first[:, 2:] - first[:, :2]).prod(1)[:, None] + (second[:, 2:] - second[:, :2]).prod(1)[None] - shared
    return shared / union.clamp(min=1e-9)


def generalised_iou(first: Tensor, second: Tensor) -> Tensor:
    """(N,) generalised IoU, pair by pair, in (-1, 1]."""
    shared = (torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])).clamp(min=0)
    hull = torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])
    area = shared.prod(1)
    union = (first[:, 2:] - first[:, :2]).prod(1) + (second[:, 2:] - second[:, :2]).prod(1) - area
    around = hull.prod(1).clamp(min=1e-9)
    return area / union.clamp(min=1e-9) - (around - union) / around


def _muted(centres: Tensor, truth: Truth, classes: int) -> Tensor:
    """(N, C) whether cell n lies in a region that teaches nothing of class c."""
    belongs = functional.one_hot(truth.ignored_classes, classes).bool()
    return (_inside(centres, truth.ignored)[:, :, None] & belongs[None]).any(1)


def _inside(centres: Tensor, boxes: Tensor) -> Tensor:
    """(N, M) whether cell n's centre lies in box m."""
    after = (centres[:, None] > boxes[None, :, :2]).all(2)
    before = (centres[:, None] < boxes[None, :, 2:]).all(2)
    return after & before
