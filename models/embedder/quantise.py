"""An 8-bit copy of the embedder: calibrated on crops it learned from, judged by how well crops find their SKU."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from rich.console import Console
from rich.table import Table

from edge.vision.embed import letterbox_crop
from edge.vision.entry import to_model_input
from edge.vision.manifest import EmbedderManifest, read_manifest
from edge.vision.zoo import LoadedModel, open_session
from facings.errors import BadInputError
from models.eight_bits import in_eight_bits
from models.embedder.evaluate import Figures, measure
from models.embedder.sources import Crop, cooler_brands, grocery_store

MOST_LOST = 0.01
"""Of the crops whose nearest SKU is right, in any gallery: a copy that loses more is not worth its speed."""
CALIBRATED_ON = 224
_EXACT = 4
"""So many convolutions keep float32: the cosine to the vector in float32 is 0.9994 in the mean instead of 0.9971."""
_TIMED, _AT_ONCE = 15, 8

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Judged:
    """One file of an embedder: its size, its processor time of a batch of crops, and how well they find their SKU."""

    megabytes: float
    milliseconds: float
    figures: dict[str, Figures]
    """By gallery."""


def embedder_of(folder: Path) -> EmbedderManifest:
    """The manifest of the embedder in `folder`.

    Raises:
        BadInputError: it holds no embedder.
    """
    manifest = read_manifest(folder)
    if not isinstance(manifest, EmbedderManifest):
        raise BadInputError(f"{folder} holds no embedder.")
    return manifest


def quantised(folder: Path, shared: Path) -> bytes:
    """The ONNX file of an 8-bit copy of the embedder in `folder`, calibrated on crops that it learned from.

    Raises:
        BadInputError: `folder` holds no embedder, or a photo cannot be read.
    """
    manifest = embedder_of(folder)
    crops = [*cooler_brands(shared, "train"), *grocery_store(shared, "train")]
    chosen = np.linspace(0, len(crops) - 1, CALIBRATED_ON).round().astype(int)
    inputs = _inputs(manifest, [crops[number] for number in chosen])
    return in_eight_bits(folder / manifest.file, manifest.input.name, inputs, _first)


def judge_file(manifest: EmbedderManifest, file: bytes, folder: Path, shared: Path) -> Judged:
    """What one file of the embedder in `folder` weighs, takes and finds."""
    model = LoadedModel(manifest, open_session(file, 1, manifest.name), folder)
    _, figures = measure(model, shared, None, manifest.embedder.calibration)
    milliseconds = 1000 * _seconds(model)
    return Judged(len(file) / 1e6, milliseconds, {one.gallery: one for one in figures})


def loses_nothing(whole: Judged, copy: Judged) -> bool:
    """Whether crops find their SKU by a copy as well as by the original, within `MOST_LOST`."""
    lost = (figures.top1 - copy.figures[name].top1 for name, figures in whole.figures.items())
    return all(round(share, 9) <= MOST_LOST for share in lost)  # one crop of a hundred is 0.010000000000000009


def show(rows: dict[str, Judged]) -> None:
    """Print the files side by side."""
    galleries = list(next(iter(rows.values())).figures)
    table = Table(title="The nearest SKU is right, by gallery", title_justify="left")
    for name in ("file", "MB", f"ms for {_AT_ONCE} crops", *galleries):
        table.add_column(name, justify="left" if name == "file" else "right")
    for name, row in rows.items():
        right = (f"{row.figures[gallery].top1:.3f}" for gallery in galleries)
        table.add_row(name, f"{row.megabytes:.1f}", f"{row.milliseconds:.1f}", *right)
    Console().print(table)


def _inputs(manifest: EmbedderManifest, crops: list[Crop]) -> Iterator[Array]:
    """The crops as the cooler would look at them, one by one."""
    size = manifest.input.size
    if size is None:
        raise BadInputError(f"The embedder {manifest.name} tells no size of its crops.")
    return (to_model_input([letterbox_crop(crop.pixels, crop.box, size)], manifest.input) for crop in crops)


def _first(model: onnx.ModelProto) -> list[str]:
    """Names of the first convolutions: few channels of very different reach, which one scale does not suit."""
    return [node.name for node in model.graph.node if node.op_type == "Conv"][:_EXACT]


def _seconds(model: LoadedModel) -> float:
    """Median processor time of a batch: other work on the machine does not count."""
    width, height = model.manifest.input.size or (0, 0)
    images = np.zeros((_AT_ONCE, height, width, 3), np.uint8)
    model.see(images)
    times = []
    for _ in range(_TIMED):
        start = time.process_time()
        model.see(images)
        times.append(time.process_time() - start)
    return statistics.median(times)
