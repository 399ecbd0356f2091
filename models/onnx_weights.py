"""Smaller ONNX files: weights stored as float16, computed in float32.

Each large float32 initializer is replaced by its float16 form and a `Cast` back to float32. ONNX Runtime folds the
casts when it loads the file, so the file halves and speed and arithmetic stay those of float32.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_LARGEST_FLOAT16 = float(np.finfo(np.float16).max)


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
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.float16"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], f"{name}.cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model
