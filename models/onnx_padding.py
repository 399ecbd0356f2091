"""Faster ONNX files: a convolution that pads its input itself instead of reading a padded copy.

ONNX Runtime has its fast kernels for convolutions in a row; a `Pad` between two of them breaks the row, and the
embedder takes twice as long. The arithmetic stays the same to the last bit.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import NodeProto, helper, numpy_helper

Ints = npt.NDArray[np.int64]


def pad_within_convolutions(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model` with each `Pad` by zeros of a fixed width moved into the convolution that reads it.

    A `Pad` of another kind, or one that something else reads too, stays.
    """
    model = _folded(model)
    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    read = [name for node in graph.node for name in node.input] + [output.name for output in graph.output]
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for conv in [node for node in graph.node if node.op_type == "Conv" and node.input[0] in pads]:
        pad = pads[conv.input[0]]
        widths = _zero_widths(pad, constants)
        if widths is not None and read.count(pad.output[0]) == 1:
            _widen(conv, widths)
            conv.input[0] = pad.input[0]
            graph.node.remove(pad)
    _forget_unread(graph)
    onnx.checker.check_model(model)
    return model


def _folded(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model` with all that does not depend on its input computed: torch writes the width of a `Pad` as a formula."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "folded.onnx"
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(path)


def _forget_unread(graph: onnx.GraphProto) -> None:
    read = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in read]:
        graph.initializer.remove(tensor)


def _zero_widths(pad: NodeProto, constants: dict[str, npt.NDArray[np.generic]]) -> Ints | None:
    """Widths (4,) top, left, bottom, right of zeros around an image; None where the node does anything else."""
    mode = next((attribute.s for attribute in pad.attribute if attribute.name == "mode"), b"constant")
    widths, filling = constants.get(pad.input[1]), list(pad.input[2:3])
    zeros = not filling or not filling[0] or (filling[0] in constants and not constants[filling[0]].any())
    if mode != b"constant" or not zeros or widths is None or widths.shape != (8,) or len(pad.input) > 3:
        return None
    by_axis = np.asarray(widths, np.int64).reshape(2, 4)
    return None if by_axis[:, :2].any() or (by_axis < 0).any() else by_axis[:, 2:].ravel()


def _widen(conv: NodeProto, widths: Ints) -> None:
    own = next((attribute for attribute in conv.attribute if attribute.name == "pads"), None)
    before = np.array(own.ints if own is not None else [0, 0, 0, 0], np.int64)
    if own is not None:
        conv.attribute.remove(own)
    conv.attribute.append(helper.make_attribute("pads", (before + widths).tolist()))
