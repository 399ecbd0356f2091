"""From a torch model to ONNX, by the tracing exporter: it needs no further package, its successor needs onnxscript."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


def traced(
    model: nn.Module,
    example: Tensor,
    names: tuple[str, Sequence[str]],
    opset: int,
    free: Mapping[str, Mapping[int, str]] | None = None,
) -> bytes:
    """`model` as an ONNX file.

    Args:
        model: the network.
        example: an input of the shape it is traced with.
        names: of the input, and of the outputs.
        opset: version of ONNX's operators.
        free: axes whose length may differ from the example's, by the name of the input or output, and their names.
    """
    encoded = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has a successor
        torch.onnx.export(
            model.eval(),
            (example,),
            encoded,
            input_names=[names[0]],
            output_names=list(names[1]),
            dynamic_axes={name: dict(axes) for name, axes in (free or {}).items()},
            opset_version=opset,
            dynamo=False,
        )
    return encoded.getvalue()
