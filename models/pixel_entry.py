"""The entry of an 8-bit copy: it takes pixels as a decoder gives them, so that no time goes into making them numbers.

A normalised channel, `(pixel - mean) / scale`, is an 8-bit number with a scale and a zero already, which is what the
first layer of an 8-bit copy computes with.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge.vision.manifest import InputSpec
from facings.errors import BadInputError

_PLANES, _NUMBERS = "pixels_in_planes", "pixels_as_numbers"
_SCALE, _ZERO = "scale_of_pixels", "zero_of_pixels"
_CHANNELS = 3


def taking_pixels(copy: bytes, entry: InputSpec) -> bytes:
    """`copy`, an 8-bit ONNX file that takes what `entry` says, as one that takes uint8 BGR pixels (N, H, W, 3).

    It answers the same; where the calibration saw no black or no white, and chose another scale, more exactly so.

    Raises:
        BadInputError: `entry` normalises its channels apart, or by a mean that no pixel has; or `copy` does not begin
            with convolutions of three channels in 8 bits. Where the first ones keep float32 there is nothing to gain:
            ONNX Runtime would bring them to 8 bits, too, once what they take is dequantised.
    """
    zero, step = entry.mean[0], entry.scale[0]
    if {*entry.mean} != {zero} or {*entry.scale} != {step} or zero not in range(256):
        raise BadInputError(f"'{entry.name}' cannot be pixels as they are: (pixel - mean) / scale is no 8-bit number.")
    model = onnx.load_model_from_string(copy)
    graph = model.graph
    numbers = _freed(graph, entry.name)
    for node in graph.node:
        if numbers in node.input:
            if entry.colour == "RGB":
                _swap_colours(graph, node)
            node.input[list(node.input).index(numbers)] = _NUMBERS
    graph.initializer.append(numpy_helper.from_array(np.array(1 / step, np.float32), _SCALE))
    graph.initializer.append(numpy_helper.from_array(np.array(zero, np.uint8), _ZERO))
    graph.node.insert(0, helper.make_node("DequantizeLinear", [_PLANES, _SCALE, _ZERO], [_NUMBERS], _NUMBERS))
    graph.node.insert(0, helper.make_node("Transpose", [entry.name], [_PLANES], _PLANES, perm=[0, 3, 1, 2]))
    del graph.input[:]
    shape = ["photos", "height", "width", _CHANNELS]
    graph.input.append(helper.make_tensor_value_info(entry.name, TensorProto.UINT8, shape))
    onnx.checker.check_model(model)
    encoded: bytes = model.SerializeToString()
    return encoded


def _freed(graph: onnx.GraphProto, name: str) -> str:
    """What the first layers take: the input, quantised and dequantised, whose two nodes are removed."""
    for kind in ("QuantizeLinear", "DequantizeLinear"):
        takers = [node for node in graph.node if name in node.input]
        if [node.op_type for node in takers] != [kind]:
            raise _begins_otherwise(takers[0])
        name = takers[0].output[0]
        graph.node.remove(takers[0])
    return name


def _swap_colours(graph: onnx.GraphProto, layer: onnx.NodeProto) -> None:
    """Let a convolution that looks at red, green, blue look at blue, green, red."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    makes = {node.output[0]: node for node in graph.node}
    kernel = makes[layer.input[1]].input[0] if layer.op_type == "Conv" else ""
    if kernel not in stored or stored[kernel].dims[1] != _CHANNELS:
        raise _begins_otherwise(layer)
    weights = numpy_helper.to_array(stored[kernel])
    stored[kernel].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(weights[:, ::-1]), kernel))


def _begins_otherwise(layer: onnx.NodeProto) -> BadInputError:
    return BadInputError(f"A copy that begins with {layer.op_type} '{layer.name}' cannot take pixels as they are.")
