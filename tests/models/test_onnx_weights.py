"""Half-size ONNX files."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.onnx_weights import store_weights_as_float16

pytestmark = pytest.mark.training


def product_of(weights: np.ndarray) -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "weights"], ["y"])],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, weights.shape[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, weights.shape[1]])],
        [numpy_helper.from_array(weights, "weights")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize(
    ("weights", "halved"),
    [
        (np.random.default_rng(1).normal(0, 1, (64, 64)).astype(np.float32), True),
        (np.ones((2, 3), np.float32), False),
        (np.full((64, 64), 1e5, np.float32), False),
    ],
    ids=["large", "too small to matter", "beyond float16"],
)
def test_large_weights_are_halved_and_still_compute(weights: np.ndarray, halved: bool) -> None:
    x = np.random.default_rng(2).normal(0, 1, (1, weights.shape[0])).astype(np.float32)
    model = product_of(weights)
    size, expected = model.ByteSize(), run(model, x)
    small = store_weights_as_float16(model)
    assert (small.ByteSize() < 0.6 * size) == halved
    assert np.allclose(run(small, x), expected, rtol=1e-2, atol=2e-2)
