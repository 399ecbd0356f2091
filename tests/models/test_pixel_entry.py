"""8-bit copies that take pixels as they are answer as those that take numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge.vision.entry import to_model_input
from edge.vision.manifest import InputSpec
from facings.errors import BadInputError
from models.eight_bits import in_eight_bits
from models.pixel_entry import taking_pixels

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]  # onnxruntime's own

ENTRY = InputSpec(mean=(127, 127, 127), scale=(128, 128, 128))
PHOTOS = np.random.default_rng(1).integers(0, 256, (3, 12, 16, 3), np.uint8)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two convolutions, the first of three channels."""
    rng = np.random.default_rng(2)
    kernels = {"first": rng.normal(0, 0.3, (8, 3, 3, 3)), "second": rng.normal(0, 0.3, (4, 8, 1, 1))}
    biases = {"of_first": rng.normal(0, 0.1, 8), "of_second": rng.normal(0, 0.1, 4)}
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["images", "first", "of_first"], ["a"], "stem", pads=[1, 1, 1, 1]),
            helper.make_node("Relu", ["a"], ["b"], "bend"),
            helper.make_node("Conv", ["b", "second", "of_second"], ["c"], "head"),
        ],
        "network",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, ["n", 4, "h", "w"])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in (kernels | biases).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, tmp_path / "network.onnx")
    return tmp_path / "network.onnx"


def answer(model: bytes, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images})[0]


def stem(model: onnx.ModelProto) -> list[str]:
    return [node.name for node in model.graph.node if node.op_type == "Conv"][:1]


@pytest.mark.parametrize("colour", ["RGB", "BGR"])
def test_pixels_go_in_as_the_numbers_they_stand_for(file: Path, colour: str) -> None:
    entry = ENTRY.model_copy(update={"colour": colour})
    numbers = to_model_input(PHOTOS, entry)
    numbers[0, 0, 0, :2] = -127 / 128, 1  # black and white: the calibration chooses the scale that pixels have
    copy = in_eight_bits(file, "images", [numbers])
    told = answer(taking_pixels(copy, entry), PHOTOS)
    assert told == pytest.approx(answer(copy, to_model_input(PHOTOS, entry)), abs=1e-5)


def test_what_a_dim_calibration_cut_off_is_seen(file: Path) -> None:
    whole = answer(file.read_bytes(), to_model_input(PHOTOS, ENTRY))
    copy = in_eight_bits(file, "images", [to_model_input(PHOTOS // 4, ENTRY)])
    errors = [np.abs(answer(made, images) - whole).mean() for made, images in (
        (copy, to_model_input(PHOTOS, ENTRY)), (taking_pixels(copy, ENTRY), PHOTOS)
    )]  # fmt: skip
    assert errors[1] <= errors[0]


@pytest.mark.parametrize("change", [{"mean": (1, 2, 3)}, {"scale": (1, 1, 2)}, {"mean": (0.5, 0.5, 0.5)}])
def test_channels_that_are_normalised_apart_are_refused(file: Path, change: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match="cannot be pixels"):
        taking_pixels(file.read_bytes(), ENTRY.model_copy(update=change))


def test_a_network_whose_first_convolution_keeps_float32_is_refused(file: Path) -> None:
    copy = in_eight_bits(file, "images", [to_model_input(PHOTOS, ENTRY)], stem)
    with pytest.raises(BadInputError, match="begins with Conv 'stem'"):
        taking_pixels(copy, ENTRY)
