"""What a model's manifest says: how pixels go in, what comes out, what it learned from and how it scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from edge.vision.detections import PRODUCT
from facings.errors import BadInputError, UnavailableError
from facings.faults import described
from facings.files import write_atomic

MANIFEST_NAME = "manifest.json"
ONNX_FILE = r"^[A-Za-z0-9._-]+\.onnx$"
SHA256 = r"^[0-9a-f]{64}$"

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


class EightBitSpec(_Spec):
    """A copy of the model's file that computes in 8 bits, beside it: about half the size and the time."""

    file: str = Field(pattern=ONNX_FILE)
    sha256: str = Field(pattern=SHA256)


class _ManifestBase(_Spec):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str
    file: str = Field(pattern=ONNX_FILE)
    sha256: str = Field(pattern=SHA256)
    licence: str
    input: InputSpec
    sources: tuple[SourceSpec, ...]
    metrics: tuple[MetricSpec, ...] = ()
    int8: EightBitSpec | None = None

    def save(self, folder: Path) -> None:
        """Write the manifest into the model's folder."""
        write_atomic(folder / MANIFEST_NAME, self.model_dump_json(indent=2, exclude_none=True) + "\n")


class DetectorSpec(_Spec):
    """What the detector's boxes mean and where to cut them.

    Outputs: `boxes` (1, N, 4) x1 y1 x2 y2 in input pixels and `scores` (1, N, classes), before NMS.
    """

    classes: tuple[str, ...] = Field(min_length=1)
    score_threshold: float = Field(ge=0, le=1)
    other_thresholds: dict[str, float] = Field(
        default_factory=dict, description="of classes other than products; `score_threshold` where one is not named"
    )
    nms_iou: float = Field(gt=0, le=1)
    long_side: int = Field(ge=32, description="pixels of the input's long side at which the figures were measured")
    closer_below: float = Field(
        default=0.0, ge=0, description="small products, in input pixels, below which a photo is looked at more closely"
    )
    second_look: float = Field(
        default=0.0, ge=0, description="how much larger than the first a second look is, which is mirrored; 0: one look"
    )

    def threshold(self, name: str) -> float:
        """The score from which on a detection of the class `name` counts."""
        return self.other_thresholds.get(name, self.score_threshold)

    def thresholds(self, of_products: float | None = None) -> npt.NDArray[np.float32]:
        """(classes,) the score of each class; that of products may be given."""
        given = {} if of_products is None else {PRODUCT: of_products}
        return np.asarray([given.get(name, self.threshold(name)) for name in self.classes], np.float32)

    @field_validator("classes")
    @classmethod
    def _products_are_found(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        if PRODUCT not in classes:
            raise ValueError(f"a detector must find the class '{PRODUCT}'")
        return classes


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


class PriceReaderSpec(_Spec):
    """From which probability on a price counts as read; below it the tag is there and cannot be read."""

    sure_from: float = Field(gt=0, le=1)


class PriceReaderManifest(_ManifestBase):
    """A model that reads the price off the picture of a price tag."""

    task: Literal["read-prices"] = "read-prices"
    price_reader: PriceReaderSpec


Manifest = DetectorManifest | EmbedderManifest | PriceReaderManifest
_MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Annotated[Manifest, Field(discriminator="task")])


def read_manifest(folder: Path) -> Manifest:
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
        raise BadInputError(f"{path} is no valid manifest: {described(error)}.") from error
