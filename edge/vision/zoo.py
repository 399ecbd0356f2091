"""The model zoo: one folder per model with an ONNX file, its manifest, its golden picture and its card.

A manifest says all that is needed to run the file and to judge it: how pixels go in, what comes out, from which
sources it learned and how it scored. Before a model is used its file is checked against the manifest's sha256, and
what it makes of its golden picture against what it made where it was exported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnxruntime

from edge.vision.entry import to_model_input
from edge.vision.golden import GOLDEN_INT8_NAME, check_golden
from edge.vision.manifest import (
    MANIFEST_NAME,
    CalibrationSpec,
    DetectorManifest,
    DetectorSpec,
    EightBitSpec,
    EmbedderManifest,
    EmbedderSpec,
    InputSpec,
    Manifest,
    MetricSpec,
    PriceReaderManifest,
    PriceReaderSpec,
    SourceSpec,
    read_manifest,
)
from facings.errors import BadInputError, UnavailableError

__all__ = [
    "MANIFEST_NAME",
    "CalibrationSpec",
    "DetectorManifest",
    "DetectorSpec",
    "EmbedderManifest",
    "EmbedderSpec",
    "InputSpec",
    "LoadedModel",
    "MetricSpec",
    "Precision",
    "PriceReaderManifest",
    "PriceReaderSpec",
    "SourceSpec",
    "load_session",
    "open_session",
    "read_manifest",
    "zoo_folder",
]

ZOO_VARIABLE = "FACINGS_ZOO"

Precision = Literal["float32", "int8"]

_PIXELS = "tensor(uint8)"
"""What ONNX Runtime calls the input of a model that takes pixels as they are."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedModel:
    """A checked manifest and the ONNX Runtime session of its file. `run` may be called from many threads.

    `folder` is where it was loaded from, `copy_of` the sha256 of the file that an 8-bit copy is made of.
    """

    manifest: Manifest
    session: Any
    folder: Path | None = None
    copy_of: str | None = None

    @property
    def original(self) -> str:
        """The sha256 of the float32 file: what was learned of its answers holds for those of its 8-bit copy."""
        return self.copy_of or self.manifest.sha256

    def see(self, images: Sequence[npt.NDArray[np.uint8]] | npt.NDArray[np.uint8]) -> list[npt.NDArray[np.float32]]:
        """The outputs for BGR images (H, W, 3) of one size that the model takes."""
        if self.session.get_inputs()[0].type == _PIXELS:
            return self.run(images[0][None] if len(images) == 1 else np.asarray(images))
        return self.run(to_model_input(images, self.manifest.input))

    def run(self, images: npt.NDArray[np.float32] | npt.NDArray[np.uint8]) -> list[npt.NDArray[np.float32]]:
        """The outputs for `images` as the session takes them.

        That is (N, 3, H, W), normalised as the manifest's input says, or of most 8-bit copies (N, H, W, 3), BGR pixels.
        """
        outputs: list[npt.NDArray[np.float32]] = self.session.run(None, {self.manifest.input.name: images})
        return outputs

    def looking(self, **otherwise: Any) -> LoadedModel:
        """The same detector with other fields of its `DetectorSpec`: other thresholds, say, or one look only.

        Raises:
            BadInputError: it is no detector.
        """
        if not isinstance(self.manifest, DetectorManifest):
            raise BadInputError(f"The model {self.manifest.name} is no detector.")
        spec = self.manifest.detector.model_copy(update=otherwise)
        return replace(self, manifest=self.manifest.model_copy(update={"detector": spec}))


def zoo_folder() -> Path:
    """Where the shipped models lie: `$FACINGS_ZOO`, else `models/zoo` of the checkout or the installed package."""
    chosen = os.environ.get(ZOO_VARIABLE)
    if chosen:
        return Path(chosen)
    # Found, not imported: the edge knows nothing of the training code that lies beside the zoo.
    spec = importlib.util.find_spec("models")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location) / "zoo"
        if folder.is_dir():
            return folder
    raise UnavailableError(f"No model zoo found: set {ZOO_VARIABLE} to the folder that holds the models.")


def load_session(folder: Path, threads: int = 1, precision: Precision = "float32") -> LoadedModel:
    """Load the model of `folder` for the CPU with `threads` threads, after checking its file and its golden picture.

    With the precision `int8` its 8-bit copy is loaded, where there is one and this processor computes it right: some
    older ones lose what overflows 16 bits. The manifest is then that of the copy.

    Raises:
        UnavailableError: manifest or model file is missing.
        BadInputError: the manifest is not valid, the file is not the one it names, it is no ONNX model, or it does not
            make of its golden picture what it made where it was exported.
    """
    manifest = read_manifest(folder)
    copy = manifest.int8 if precision == "int8" else None
    if copy is not None:
        try:
            return _load_copy(folder, manifest, copy, threads)
        except (BadInputError, UnavailableError) as error:
            log.warning("%s is used in float32, which takes twice the time: %s", manifest.name, error)
    model = LoadedModel(manifest, _open_file(folder, manifest.file, manifest.sha256, threads), folder)
    check_golden(folder, manifest, model.see)
    return model


def _load_copy(folder: Path, manifest: Manifest, copy: EightBitSpec, threads: int) -> LoadedModel:
    own = manifest.model_copy(update={"file": copy.file, "sha256": copy.sha256, "int8": None})
    model = LoadedModel(own, _open_file(folder, copy.file, copy.sha256, threads), folder, manifest.sha256)
    check_golden(folder, own, model.see, GOLDEN_INT8_NAME)
    return model


def _open_file(folder: Path, name: str, sha256: str, threads: int) -> onnxruntime.InferenceSession:
    path = folder / name
    try:
        encoded = path.read_bytes()
    except OSError as error:
        raise UnavailableError(f"The model file {path} cannot be read ({error.strerror}).") from error
    found = hashlib.sha256(encoded).hexdigest()
    if found != sha256:
        raise BadInputError(f"{path} has sha256 {found}, its manifest says {sha256}: fetch the model again.")
    return open_session(encoded, threads, str(path))


def open_session(encoded: bytes, threads: int, name: str) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session of a model file's bytes, on the CPU.

    Raises:
        BadInputError: it is no ONNX model; the text calls it `name`.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Photos differ in shape, and a plan of memory would be kept for each shape seen: 27 MB in all, and nothing gained.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(encoded, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base class of their own
        raise BadInputError(f"{name} is no model that ONNX Runtime can load: {error}") from error
