"""The model zoo: one folder per model with an ONNX file, its manifest and its card.

A manifest says all that is needed to run the file and to judge it: how pixels go in, what comes out, from which
sources it learned and how it scored. The file is checked against the manifest's sha256 before it is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import onnxruntime
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from facings.errors import BadInputError, UnavailableError

MANIFEST_NAME = "manifest.json"
ZOO_VARIABLE = "FACINGS_ZOO"

Triple = tuple[float, float, float]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputSpec(_Spec):
    """How pixels go in: float32 NCHW, `(pixel - mean) / scale` with pixel in 0..255 and channels in `colour` order.

    Width and height are free multiples of `size_multiple`, or fixed where `size` (width, height) is given.
    """

    name: str = "images"
    layout: Literal["NCHW"] = "NCHW"
    colour: Literal["RGB", "BGR"] = "RGB"
    mean: Triple
    scale: Triple
    size_multiple: int = Field(default=1, ge=1)
    size: tuple[int, int] | None = None


class SourceSpec(_Spec):
    """Something the model learned from: photos, labels, a pretrained backbone, a teacher."""

    name: str
    url: str
    licence: str
    role: str
    credit: str = ""


class MetricSpec(_Spec):
    """One measured figure, on which photos, and the command that measured it."""

    name: str
    value: float
    photos: str
    command: str


class _ManifestBase(_Spec):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str
    file: str = Field(pattern=r"^[A-Za-z0-9._-]+\.onnx$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    input: InputSpec
    sources: tuple[SourceSpec, ...]
    metrics: tuple[MetricSpec, ...] = ()

    def save(self, folder: Path) -> None:
        """Write the manifest into the model's folder."""
        path = folder / MANIFEST_NAME
        unfinished = path.with_suffix(".part")
        unfinished.write_text(self.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")
        unfinished.replace(path)


class DetectorSpec(_Spec):
    """What the detector's boxes mean and where to cut them.

    Outputs: `boxes` (1, N, 4) x1 y1 x2 y2 in input pixels and `scores` (1, N, classes), before NMS.
    """

    classes: tuple[str, ...] = Field(min_length=1)
    score_threshold: float = Field(ge=0, le=1)
    nms_iou: float = Field(gt=0, le=1)
    long_side: int = Field(ge=32, description="pixels of the input's long side at which the figures were measured")
    closer_below: float = Field(
        default=0.0, ge=0, description="typical product, in input pixels, below which a photo is looked at more closely"
    )


class CalibrationSpec(_Spec):
    """Probability that the nearest SKU is right: a logistic function of its cosine and its lead over the next SKU."""

    intercept: float
    cosine: float
    lead: float

    def probability(self, cosine: npt.NDArray[np.float32], lead: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The probabilities (N,) for the cosines and leads of N products."""
        logit = self.intercept + self.cosine * cosine + self.lead * lead
        return np.asarray(1 / (1 + np.exp(-logit)), np.float32)


class EmbedderSpec(_Spec):
    """What the embedder gives: unit vectors, compared by cosine, and how sure such a comparison is."""

    dimensions: int = Field(ge=1)
    calibration: CalibrationSpec


class DetectorManifest(_ManifestBase):
    """A model that finds products in a photo."""

    task: Literal["detect"] = "detect"
    detector: DetectorSpec


class EmbedderManifest(_ManifestBase):
    """A model that turns a product's crop into a vector."""

    task: Literal["embed"] = "embed"
    embedder: EmbedderSpec


Manifest = Annotated[DetectorManifest | EmbedderManifest, Field(discriminator="task")]
_MANIFEST: TypeAdapter[DetectorManifest | EmbedderManifest] = TypeAdapter(Manifest)


@dataclass(frozen=True)
class LoadedModel:
    """A checked manifest and the ONNX Runtime session of its file. `run` may be called from many threads."""

    manifest: DetectorManifest | EmbedderManifest
    session: Any

    def run(self, images: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """The outputs for `images` (N, 3, H, W), already normalised as the manifest's input says."""
        outputs: list[npt.NDArray[np.float32]] = self.session.run(None, {self.manifest.input.name: images})
        return outputs


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


def read_manifest(folder: Path) -> DetectorManifest | EmbedderManifest:
    """The manifest of one model.

    Raises:
        UnavailableError: there is no manifest in `folder`.
        BadInputError: the manifest is not valid; the text names the fields.
    """
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnavailableError(f"No model in {folder}: {MANIFEST_NAME} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8 text.") from error
    try:
        return _MANIFEST.validate_json(text)
    except ValidationError as error:
        fields = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise BadInputError(f"{path} is no valid manifest: {fields}.") from error


def load_session(folder: Path, threads: int = 1) -> LoadedModel:
    """Load the model of `folder` for the CPU with `threads` threads, after checking its file's sha256.

    Raises:
        UnavailableError: manifest or model file is missing.
        BadInputError: the manifest is not valid, the file is not the one it names, or it is no ONNX model.
    """
    manifest = read_manifest(folder)
    path = folder / manifest.file
    try:
        encoded = path.read_bytes()
    except OSError as error:
        raise UnavailableError(f"The model file {path} cannot be read ({error.strerror}).") from error
    found = hashlib.sha256(encoded).hexdigest()
    if found != manifest.sha256:
        raise BadInputError(f"{path} has sha256 {found}, its manifest says {manifest.sha256}: fetch the model again.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(encoded, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base class of their own
        raise BadInputError(f"{path} is no model that ONNX Runtime can load: {error}") from error
    return LoadedModel(manifest, session)
