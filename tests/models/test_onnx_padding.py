"""Zeros around an image move into the convolution that reads it, and nothing else does."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.onnx_padding import pad_within_convolutions

pytestmark = pytest.mark.training

IMAGE = np.random.default_rng(1).normal(size=(1, 2, 9, 6)).astype(np.float32)


def padded_convolution(widths: list[int], filling: float = 0.0, mode: str = "constant", shown: bool = False) -> bytes:
    """`x` padded, then convolved with 3 x 3 and a padding of its own; the padded image is an output too if `shown`."""
    weights = np.random.default_rng(2).normal(size=(3, 2, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Pad", ["x", "widths", "filling"], ["padded"], mode=mode),
        helper.make_node("Conv", ["padded", "weights"], ["y"], pads=[1, 0, 0, 0], strides=[2, 2]),
    ]
    sizes = ["n", "c", "h", "w"]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes) for name in ["y", "padded"][: 1 + shown]]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(IMAGE.shape))],
        outputs,
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array(widths, np.int64), "widths"),
            numpy_helper.from_array(np.array(filling, np.float32), "filling"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return bytes(model.SerializeToString())


def run(encoded: bytes) -> np.ndarray:
    session = onnxruntime.InferenceSession(encoded, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["y"], {"x": IMAGE})[0])


@pytest.mark.parametrize(
    ("encoded", "moves"),
    [
        pytest.param(padded_convolution([0, 0, 1, 1, 0, 0, 1, 1]), True, id="alike on all sides"),
        pytest.param(padded_convolution([0, 0, 0, 0, 0, 0, 1, 2]), True, id="the odd pixel right and below"),
        pytest.param(padded_convolution([0, 0, 1, 1, 0, 0, 1, 1], filling=0.5), False, id="not with zeros"),
        pytest.param(padded_convolution([0, 0, 1, 1, 0, 0, 1, 1], mode="reflect"), False, id="mirrored"),
        pytest.param(padded_convolution([0, 0, -1, 0, 0, 0, 1, 1]), False, id="cut, not padded"),
        pytest.param(padded_convolution([0, 0, 1, 1, 0, 0, 1, 1], shown=True), False, id="read elsewhere too"),
    ],
)
def test_zeros_move_into_the_convolution(encoded: bytes, moves: bool) -> None:
    model = pad_within_convolutions(onnx.load_model_from_string(encoded))
    assert ("Pad" not in {node.op_type for node in model.graph.node}) == moves
    assert np.allclose(run(model.SerializeToString()), run(encoded), atol=1e-6)
