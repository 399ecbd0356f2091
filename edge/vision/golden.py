"""Golden parity: a picture that travels with a model, and what the model made of it where it was exported.

A model whose file is whole can still see wrongly: channels in the wrong order, other means, a runtime with a broken
kernel. So each model of the zoo carries a small rendered picture and some of its outputs for it, and is asked for them
when it is loaded: once for a file and a version of the runtime in one process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.vision.manifest import Manifest
from facings.errors import BadInputError
from facings.faults import described

GOLDEN_NAME = "golden.json"
GOLDEN_INT8_NAME = "golden-int8.json"
PICTURE_NAME = "golden.jpg"

See = Callable[[Sequence[npt.NDArray[np.uint8]]], Sequence[npt.NDArray[np.float32]]]
"""What a model makes of BGR pictures (H, W, 3)."""

_seen_to_agree: set[tuple[str, str, str]] = set()


class GoldenOutput(BaseModel):
    """Some values of one output of the model, and how far another machine may be from them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    positions: tuple[int, ...] = Field(min_length=1, description="in the flattened output")
    values: tuple[float, ...]
    tolerance: float = Field(gt=0)


class Golden(BaseModel):
    """What a model made of the picture `sha256`, one entry per output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    outputs: tuple[GoldenOutput, ...] = Field(min_length=1)


def check_golden(folder: Path, manifest: Manifest, see: See, name: str = GOLDEN_NAME) -> None:
    """Ask a model for its golden outputs; a folder without a file of this `name` has none.

    Raises:
        BadInputError: the outputs differ, or picture or file cannot be used.
    """
    if not (folder / name).exists():
        return
    encoded = (folder / name).read_bytes()
    key = (manifest.model_dump_json(), hashlib.sha256(encoded).hexdigest(), onnxruntime.__version__)
    if key in _seen_to_agree:
        return
    golden = _read(folder / name, encoded)
    outputs = see([golden_picture(folder, golden.sha256)])
    worst = _worst(golden.outputs, outputs)
    if not worst <= 1:
        raise BadInputError(
            f"The model {manifest.name} does not see its golden picture as it did where it was exported ({worst:.3g} "
            f"times the tolerance, ONNX Runtime {onnxruntime.__version__}): its manifest, its golden files or this "
            "machine's runtime are not those it was tested with. Fetch the model's folder again; if that is no help, "
            "install the runtime that constraints.txt names."
        )
    _seen_to_agree.add(key)


def golden_picture(folder: Path, sha256: str | None = None) -> npt.NDArray[np.uint8]:
    """The golden picture (H, W, 3) BGR of the model in `folder`.

    Raises:
        BadInputError: it is missing, no picture, or not the one of `sha256`.
    """
    path = folder / PICTURE_NAME
    try:
        encoded = path.read_bytes()
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({error.strerror}): fetch the model's folder again.") from error
    if sha256 is not None and hashlib.sha256(encoded).hexdigest() != sha256:
        raise BadInputError(f"{path} is not the picture that {GOLDEN_NAME} speaks of: fetch the model's folder again.")
    pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise BadInputError(f"{path} is no picture: fetch the model's folder again.")
    return np.asarray(pixels, np.uint8)


def _read(path: Path, encoded: bytes) -> Golden:
    try:
        return Golden.model_validate_json(encoded)
    except ValidationError as error:
        raise BadInputError(f"{path} is no golden file: {described(error)}.") from error


def _worst(expected: Sequence[GoldenOutput], outputs: Sequence[npt.NDArray[np.float32]]) -> float:
    """Largest difference in tolerances: infinite where outputs are missing, not a number where one is none."""
    if len(outputs) != len(expected):
        return float("inf")
    return float(np.max([_excess(wanted, output) for wanted, output in zip(expected, outputs, strict=True)]))


def _excess(expected: GoldenOutput, output: npt.NDArray[np.float32]) -> float:
    """Largest difference, in tolerances; infinite where the output has another size."""
    flat = output.ravel()
    if max(expected.positions) >= len(flat) or len(expected.positions) != len(expected.values):
        return float("inf")
    found, wanted = flat[list(expected.positions)], np.asarray(expected.values, np.float32)
    return float(np.abs(found - wanted).max() / expected.tolerance)
