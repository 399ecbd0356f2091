"""Cross-entropy over products and their groups, and photos laid over each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Loss:
    """Cross-entropy over products, and over the groups they belong to.

    Attributes:
        groups: (classes,) group of each class.
        smoothing: of the products' labels.
        coarse: weight of the groups' part.
    """

    groups: Tensor
    smoothing: float
    coarse: float

    def of(self, logits: Tensor, classes: Tensor) -> Tensor:
        """The loss of logits (B, classes) against classes (B,)."""
        fine = functional.cross_entropy(logits, classes, label_smoothing=self.smoothing)
        into = functional.one_hot(self.groups).to(logits.dtype)
        coarse = torch.log(logits.softmax(1) @ into + 1e-8)
        return fine + self.coarse * functional.nll_loss(coarse, self.groups[classes])

    def of_mixed(self, model: nn.Module, images: Tensor, classes: Tensor, rng: np.random.Generator) -> Tensor:
        """The loss of `model` on each image laid over another of the batch (Zhang and others, mixup, 2017)."""
        share, other = float(rng.beta(0.4, 0.4)), torch.from_numpy(rng.permutation(len(classes)))
        logits = model(share * images + (1 - share) * images[other])
        return share * self.of(logits, classes) + (1 - share) * self.of(logits, classes[other])
