"""The detector of products, gaps, price tags and persons: EfficientNet-Lite0, a feature pyramid, an anchor-free head.

Each cell of strides 8, 16 and 32 says for each class how well its box fits one (a score trained towards the box's IoU,
so that it needs no separate objectness) and how far the box reaches to the left, top, right and bottom of the cell's
centre. Feature pyramid: Lin et al. (2017). Boxes as distances from a point: Tian et al., FCOS (2019).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_weights

from models.embedder.backbone import Block, EfficientNetLite, imagenet_backbone

STRIDES = (8, 16, 32)

# Last block of each level's stride and its channels, in EfficientNet-Lite0.
_TAPS = {4: 40, 10: 112, 15: 320}
_EXPECTED_SCORE = 0.01


class ProductDetector(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Normalised RGB images (B, 3, H, W), H and W multiples of 32, to raw scores and boxes of all cells."""

    def __init__(self, channels: int = 64, classes: int = 1, backbone: EfficientNetLite | None = None) -> None:
        super().__init__()
        source = backbone or EfficientNetLite()
        self.stem = _folded(source._conv_stem, source._bn0)
        self.blocks = nn.ModuleList(_Block(block) for block in source._blocks)
        self.frozen_blocks = 0
        self.keeps_norms = False  # whether training leaves the norms' statistics as they are
        self.lateral = nn.ModuleList(nn.Conv2d(tap, channels, 1) for tap in _TAPS.values())
        self.smooth = nn.ModuleList(_conv(channels, channels) for _ in STRIDES)
        self.scores = nn.ModuleList(_branch(channels, classes) for _ in STRIDES)
        self.reaches = nn.ModuleList(_branch(channels, 4) for _ in STRIDES)
        for score, reach in zip(self.scores, self.reaches, strict=True):
            nn.init.constant_(score[-1].bias, -math.log((1 - _EXPECTED_SCORE) / _EXPECTED_SCORE))
            nn.init.constant_(reach[-1].bias, 2.0)

    def train(self, mode: bool = True) -> ProductDetector:
        """Whether to train; with `keeps_norms` only the weights change, not what the norms know of the images."""
        super().train(mode)
        for part in self.modules():
            if self.keeps_norms and isinstance(part, nn.BatchNorm2d):
                part.eval()
        return self

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, N, classes) and boxes (B, N, 4) x1 y1 x2 y2 in input pixels, N cells over all levels."""
        logits, boxes = [], []
        for stride, features, score, reach in zip(
            STRIDES, self._pyramid(images), self.scores, self.reaches, strict=True
        ):
            logits.append(score(features).flatten(2).transpose(1, 2))
            distances = functional.softplus(reach(features)) * stride
            boxes.append(_boxes_around(distances, stride))
        return torch.cat(logits, 1), torch.cat(boxes, 1)

    def _pyramid(self, images: Tensor) -> list[Tensor]:
        taps: list[Tensor] = []
        # What is frozen needs no gradient, and in training not even all its digits: half the time of a step.
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            x = self._through(functional.relu6(self.stem(images)), 0, self.frozen_blocks, taps)
        self._through(x.float(), self.frozen_blocks, len(self.blocks), taps)
        levels = [lateral(tap.float()) for lateral, tap in zip(self.lateral, taps, strict=True)]
        for upper in (1, 0):
            levels[upper] = levels[upper] + functional.interpolate(levels[upper + 1], scale_factor=2.0, mode="nearest")
        return [smooth(level) for smooth, level in zip(self.smooth, levels, strict=True)]

    def _through(self, x: Tensor, first: int, end: int, taps: list[Tensor]) -> Tensor:
        for position in range(first, end):
            x = self.blocks[position](x)
            if position in _TAPS:
                taps.append(x)
        return x

    def backbone_parameters(self, frozen_blocks: int) -> list[nn.Parameter]:
        """The backbone's parameters to train; the stem and the first `frozen_blocks` blocks stay as they are."""
        self.frozen_blocks = frozen_blocks
        for part in (self.stem, *self.blocks[:frozen_blocks]):
            part.requires_grad_(False)
        return [parameter for block in self.blocks[frozen_blocks:] for parameter in block.parameters()]

    def head_parameters(self) -> list[nn.Parameter]:
        """The parameters of pyramid and head."""
        parts = (self.lateral, self.smooth, self.scores, self.reaches)
        return [parameter for part in parts for parameter in part.parameters()]


class _Block(nn.Module):  # type: ignore[misc]  # torch has no types here
    """A block of the backbone with its norms folded into the convolutions: our batches are too small to move them."""

    def __init__(self, source: Block) -> None:
        super().__init__()
        self.expand = _folded(source._expand_conv, source._bn0) if source.expands else None
        self.depthwise = _folded(source._depthwise_conv, source._bn1)
        self.project = _folded(source._project_conv, source._bn2)
        self.adds = source.adds

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.relu6(self.expand(x))
        y = self.project(functional.relu6(self.depthwise(y)))
        return x + y if self.adds else y


def cell_centres(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres (N, 2) x y and strides (N,) of all cells, in the order of `ProductDetector`'s outputs."""
    centres, strides = [], []
    for stride in STRIDES:
        ys = (torch.arange(height // stride) + 0.5) * stride
        xs = (torch.arange(width // stride) + 0.5) * stride
        grid = torch.stack(torch.meshgrid(xs, ys, indexing="xy"), -1).reshape(-1, 2)
        centres.append(grid)
        strides.append(torch.full((len(grid),), float(stride)))
    return torch.cat(centres), torch.cat(strides)


def pretrained_detector(channels: int = 64, classes: int = 1) -> ProductDetector:
    """A detector whose backbone knows ImageNet and whose head knows nothing."""
    return ProductDetector(channels, classes, imagenet_backbone())


def grown(weights: Mapping[str, Tensor], model: ProductDetector) -> dict[str, Tensor]:
    """`weights` of a detector with fewer classes, for `model`; the classes it does not know start as in `model`."""
    own: dict[str, Tensor] = model.state_dict()
    for name, value in own.items():
        known = weights[name]
        own[name] = torch.cat([known, value[len(known) :]]) if known.shape != value.shape else known.clone()
    return own


def _boxes_around(distances: Tensor, stride: int) -> Tensor:
    # Cumulative sums instead of arange: the exported graph then follows any height and width.
    ones = torch.ones_like(distances[:, :1])
    xs, ys = (ones.cumsum(3) - 0.5) * stride, (ones.cumsum(2) - 0.5) * stride
    left, top, right, bottom = distances.split(1, 1)
    return torch.cat([xs - left, ys - top, xs + right, ys + bottom], 1).flatten(2).transpose(1, 2)


def _conv(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


def _branch(channels: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(_conv(channels, channels), nn.Conv2d(channels, outputs, 1))


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Module:
    """Convolution and norm as one convolution, padded 'same' for the sizes that its stride divides."""
    kernel, stride = conv.kernel_size[0], conv.stride[0]
    fixed = nn.Conv2d(conv.in_channels, conv.out_channels, kernel, stride, groups=conv.groups)
    fixed.weight, fixed.bias = fuse_conv_bn_weights(
        conv.weight, conv.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
    )
    total = kernel - stride
    before, after = total // 2, total - total // 2
    if before == after:
        fixed.padding = (before, before)
        return fixed
    return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), fixed)
