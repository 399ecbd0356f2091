"""From the zoo back to the network: the weights of an exported embedder, to train on without its checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from facings.errors import BadInputError
from models.embedder.backbone import FEATURES, Embedder, imagenet_backbone
from models.onnx_weights import stored_weights

EXPORTED = ".onnx"

_LEAST_GAIN = 0.05
"""A norm with a smaller gain says too little of the kernel before it: dividing by it would blow it up."""


def exported_embedder(model: Path) -> Embedder:
    """The embedder of a file that `facings models embedder export` wrote: it sees as the file does, and can learn on.

    The export folds each norm into the convolution before it. Training kept the norms' ImageNet statistics, so here
    they are taken out again with these and the ImageNet gains, and a training's steps mean what they meant before.

    Raises:
        BadInputError: the file is no embedder of ours.
    """
    convolutions, factors = stored_weights(model)
    if not convolutions or len(factors) != 1 or len(factors[0]) != FEATURES:
        raise BadInputError(f"{model} is no embedder that `facings models embedder export` wrote.")
    embedder = Embedder(int(factors[0].shape[1]))
    embedder.backbone = imagenet_backbone()
    order = list(_with_norms(embedder))
    if [tuple(conv.weight.shape) for conv, _ in order] != [kernel.shape for kernel, _ in convolutions]:
        raise BadInputError(f"{model} is built unlike our embedder: it cannot be trained on.")
    with torch.no_grad():
        for (conv, norm), (kernel, bias) in zip(order, convolutions, strict=True):
            _put(conv, norm, torch.tensor(kernel), torch.tensor(bias))
        embedder.head.weight.copy_(torch.tensor(factors[0].T))
    embedder.eval()
    return embedder


def _with_norms(embedder: Embedder) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Every convolution in the order in which they run, and the norm after it."""
    backbone = embedder.backbone
    yield backbone._conv_stem, backbone._bn0
    for block in backbone._blocks:
        if block.expands:
            yield block._expand_conv, block._bn0
        yield block._depthwise_conv, block._bn1
        yield block._project_conv, block._bn2
    yield backbone._conv_head, backbone._bn1


def _put(conv: nn.Conv2d, norm: nn.BatchNorm2d, kernel: Tensor, bias: Tensor) -> None:
    gain = norm.weight.abs().clamp(min=_LEAST_GAIN) * norm.weight.sign()
    norm.weight.copy_(torch.where(gain == 0, _LEAST_GAIN, gain))
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    conv.weight.copy_(kernel / scale[:, None, None, None])
    norm.bias.copy_(bias + norm.running_mean * scale)
