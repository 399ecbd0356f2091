"""Smaller ONNX files: weights stored as float16, computed in float32; and those weights, read again.

Each large float32 initializer is replaced by its float16 form and a `Cast` back to float32. ONNX Runtime folds the
casts when it loads the file, so the file halves and speed and arithmetic stay those of float32.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

_LARGEST_FLOAT16 = float(np.finfo(np.float16).max)
_STORED = ".float16"

Convolution = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Kernel and bias; the norm that followed in training is folded into both."""


def store_weights_as_float16(model: onnx.ModelProto, min_elements: int = 256) -> onnx.ModelProto:
    """Change `model` in place so that initializers of at least `min_elements` values are stored as float16.

    A tensor with a value beyond float16's range stays as it is. Returns `model`.
    """
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.size < min_elements or np.abs(values).max() > _LARGEST_FLOAT16:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}{_STORED}"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], f"{name}.cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def stored_weights(model: Path) -> tuple[list[Convolution], list[npt.NDArray[np.float32]]]:
    """What an exported file knows: its convolutions in the order in which they run, and what its `MatMul`s multiply by.

    A convolution without a bias, or whose weights are computed, is none that we exported: then no weights come back.
    """
    graph = onnx.load(str(model)).graph
    stored = {tensor.name.removesuffix(_STORED): tensor for tensor in graph.initializer}

    def read(name: str) -> npt.NDArray[np.float32]:
        weights: npt.NDArray[np.float32] = numpy_helper.to_array(stored[name]).astype(np.float32)
        return weights

    nodes = [node for node in graph.node if node.op_type == "Conv"]
    if any(len(node.input) != 3 or name not in stored for node in nodes for name in node.input[1:]):
        return [], []
    factors = [node.input[1] for node in graph.node if node.op_type == "MatMul"]
    return [(read(node.input[1]), read(node.input[2])) for node in nodes], [read(n) for n in factors if n in stored]
