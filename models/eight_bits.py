"""8-bit copies of networks: static quantisation, calibrated on inputs like those they learned from.

Weights are quantised per channel and activations per tensor, as quantise-dequantise pairs that ONNX Runtime fuses into
integer kernels (Jacob et al., 2018).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from edge.vision.golden import GOLDEN_INT8_NAME, PICTURE_NAME
from edge.vision.manifest import MANIFEST_NAME, EightBitSpec, read_manifest
from facings.errors import UnavailableError
from facings.files import write_atomic
from models.golden import golden_of
from models.turns import alone_in

_QUANTISED = ["Conv", "Add", "Clip", "Relu", "Resize"]

Array = npt.NDArray[np.float32]


def _nothing(_: onnx.ModelProto) -> Sequence[str]:
    return ()


def in_eight_bits(
    file: Path,
    name: str,
    inputs: Iterable[Array],
    exact: Callable[[onnx.ModelProto], Sequence[str]] = _nothing,
) -> bytes:
    """The ONNX file of an 8-bit copy of the network in `file`.

    Args:
        file: an ONNX file.
        name: of its input.
        inputs: what it is calibrated on, each as the network takes it.
        exact: the names of the nodes that keep float32, of the network without its redundant nodes.
    """
    with tempfile.TemporaryDirectory() as scratch:
        plain, made = Path(scratch) / "plain.onnx", Path(scratch) / "int8.onnx"
        quant_pre_process(file, plain, skip_symbolic_shape=True)
        quantize_static(
            plain,
            made,
            _Inputs(inputs, name),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=_QUANTISED,
            nodes_to_exclude=list(exact(onnx.load(plain))),
        )
        return made.read_bytes()


def ship(folder: Path, copy: bytes) -> Path:
    """Lay an 8-bit copy beside the model in `folder`, with golden outputs of its own; returns its path.

    Raises:
        UnavailableError: the model has no golden picture, by which devices know whether they compute the copy right.
    """
    if not (folder / PICTURE_NAME).exists():
        raise UnavailableError(f"{folder} has no golden picture: give it one with `facings models golden`.")
    with alone_in(folder):
        manifest = read_manifest(folder)
        golden = golden_of(manifest, copy, (folder / PICTURE_NAME).read_bytes())
        path = folder / f"{Path(manifest.file).stem}-int8.onnx"
        write_atomic(path, copy)
        write_atomic(folder / GOLDEN_INT8_NAME, (golden.model_dump_json() + "\n").encode())
        spec = EightBitSpec(file=path.name, sha256=hashlib.sha256(copy).hexdigest())
        manifest.model_copy(update={"int8": spec}).save(folder)
    return path


def files_of_copy(folder: Path) -> list[Path]:
    """The 8-bit copy of the model in `folder` and its golden outputs; nothing where there is no model yet."""
    copy = read_manifest(folder).int8 if (folder / MANIFEST_NAME).exists() else None
    return [folder / copy.file, folder / GOLDEN_INT8_NAME] if copy else []


class _Inputs(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types here
    def __init__(self, inputs: Iterable[Array], name: str) -> None:
        self._inputs = iter(inputs)
        self._name = name

    def get_next(self) -> dict[str, Array] | None:
        values = next(self._inputs, None)
        return None if values is None else {self._name: values}
