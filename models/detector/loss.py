"""What the detector is taught: which cells answer for which product, and how far off they are.

Assignment and targets follow task-aligned learning (Feng et al., TOOD, 2021): a product goes to the cells inside of it
whose score and box already agree best, and a cell's target is how well its box fits. Boxes are pulled by generalised
IoU (Rezatofighi et al., 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_CELLS_PER_PRODUCT = 10
_SCORE_POWER, _IOU_POWER = 0.5, 4.0
_BOX_WEIGHT = 5.0


@dataclass(frozen=True)
class Truth:
    """The labels of one image: products (N, 4) and ignored regions (M, 4), x1 y1 x2 y2 in input pixels."""

    boxes: Tensor
    ignored: Tensor


def detection_loss(logits: Tensor, boxes: Tensor, centres: Tensor, truths: list[Truth]) -> tuple[Tensor, Tensor]:
    """Score loss and box loss of a batch, per unit of target score.

    Args:
        logits: (B, N) of all cells.
        boxes: (B, N, 4) of all cells, input pixels.
        centres: (N, 2) x y of the cells.
        truths: one per image.
    """
    targets, weights = torch.zeros_like(logits), torch.ones_like(logits)
    box_loss = logits.new_zeros(())
    for image, truth in enumerate(truths):
        weights[image][_inside(centres, truth.ignored).any(1)] = 0
        if not len(truth.boxes):
            continue
        product, quality = assign(logits[image].detach(), boxes[image].detach(), centres, truth.boxes)
        taken = product >= 0
        targets[image], weights[image][taken] = quality, 1
        fit = generalised_iou(boxes[image][taken], truth.boxes[product[taken]])
        box_loss = box_loss + ((1 - fit) * quality[taken]).sum()
    score_loss = functional.binary_cross_entropy_with_logits(logits, targets, weights, reduction="sum")
    total = targets.sum().clamp(min=1)
    return score_loss / total, _BOX_WEIGHT * box_loss / total


def assign(logits: Tensor, boxes: Tensor, centres: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """For each cell the product it answers for, or -1, and its target score.

    Returns (N,) int64 and (N,) float32.
    """
    fit = iou(boxes, truth)
    agreement = logits.sigmoid()[:, None] ** _SCORE_POWER * fit**_IOU_POWER
    agreement = agreement * _inside(centres, truth)
    best = agreement.topk(min(_CELLS_PER_PRODUCT, len(boxes)), dim=0)
    chosen = torch.zeros_like(agreement).scatter_(0, best.indices, best.values)
    product = torch.where(chosen > 0, fit, -1.0).argmax(1)
    kept = chosen.gather(1, product[:, None])[:, 0]
    # A product's best cell is asked for its IoU, the others for their share of it.
    own = torch.zeros_like(chosen).scatter_(1, product[:, None], kept[:, None])
    highest, closest = own.amax(0), torch.where(own > 0, fit, 0.0).amax(0)
    quality = kept / highest[product].clamp(min=1e-9) * closest[product]
    return torch.where(kept > 0, product, -1), torch.where(kept > 0, quality, 0.0)


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


def _inside(centres: Tensor, boxes: Tensor) -> Tensor:
    """(N, M) whether cell n's centre lies in box m."""
    after = (centres[:, None] > boxes[None, :, :2]).all(2)
    before = (centres[:, None] < boxes[None, :, 2:]).all(2)
    return after & before
