"""From the zoo back to the network: the weights of an exported detector, to train on without its checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from edge.vision.manifest import DetectorManifest, read_manifest
from facings.errors import BadInputError
from models.detector.network import ProductDetector
from models.onnx_weights import stored_weights

EXPORTED = ".onnx"


def exported_classes(model: Path) -> tuple[str, ...]:
    """The classes of the exported detector `model`, as the manifest beside it says.

    Raises:
        BadInputError: it is no detector.
        UnavailableError: there is no manifest.
    """
    manifest = read_manifest(model.parent)
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"{model.parent} holds no detector: name one, such as models/zoo/product-detector.")
    return manifest.detector.classes


def exported_detector(model: Path) -> ProductDetector:
    """The detector of an ONNX file that `export_onnx` wrote: it sees as the file does, and can learn on.

    The export folds each norm into the convolution before it. Here the convolution has both and the norm does nothing;
    what it would have to know of the images is lost, so let it keep to that (`keeps_norms`) in training.

    Raises:
        BadInputError: the file is no detector of ours.
    """
    weights, _ = stored_weights(model)
    if len(weights) < 2:
        raise BadInputError(f"{model} is no detector that `facings models export` wrote.")
    detector = ProductDetector(len(weights[-1][0][0]), len(exported_classes(model)))
    order = _in_order(detector)
    if [tuple(conv.weight.shape) for conv in order] != [kernel.shape for kernel, _ in weights]:
        raise BadInputError(f"{model} is built unlike our detectors: it cannot be trained on.")
    with torch.no_grad():
        for conv, (kernel, bias) in zip(order, weights, strict=True):
            _put(detector, conv, torch.tensor(kernel), torch.tensor(bias))
    return detector


def _in_order(detector: ProductDetector) -> list[nn.Conv2d]:
    """The convolutions of the network in the order in which they run, as the export traced them."""
    ran: list[nn.Conv2d] = []
    note: Callable[..., None] = lambda conv, *_: ran.append(conv)  # noqa: E731
    hooks = [conv.register_forward_hook(note) for conv in detector.modules() if isinstance(conv, nn.Conv2d)]
    detector.eval()
    with torch.no_grad():
        detector(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return ran


def _put(detector: ProductDetector, conv: nn.Conv2d, kernel: Tensor, bias: Tensor) -> None:
    conv.weight.copy_(kernel)
    if conv.bias is not None:
        conv.bias.copy_(bias)
        return
    norm = _norm_after(detector, conv)
    norm.weight.fill_(1.0)
    norm.bias.copy_(bias)
    norm.running_mean.zero_()
    norm.running_var.fill_(1.0 - norm.eps)


def _norm_after(detector: ProductDetector, conv: nn.Conv2d) -> nn.BatchNorm2d:
    return next(
        part[1]
        for part in detector.modules()
        if isinstance(part, nn.Sequential) and len(part) > 1 and part[0] is conv and isinstance(part[1], nn.BatchNorm2d)
    )
