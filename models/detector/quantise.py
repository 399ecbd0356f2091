"""An 8-bit copy of a detector, calibrated on training photos, judged beside the original.

The last convolutions and what decodes their boxes keep float32: in 8 bits a box
would be off by pixels, and scores about the threshold would lean to one side and the counts with them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from rich.console import Console
from rich.table import Table

from edge.vision.detect import fitted, survey
from edge.vision.entry import normalised
from edge.vision.manifest import DetectorManifest, read_manifest
from edge.vision.zoo import LoadedModel, open_session
from facings.errors import BadInputError
from models.detector.config import DetectorConfig
from models.detector.photoset import read_pixels
from models.detector.sources import read_sources
from models.eight_bits import Array, in_eight_bits
from models.evaluation.finding import Figures, finding
from models.evaluation.judged import Eyes, judge_all
from models.evaluation.truth import NamedPhoto
from models.pixel_entry import taking_pixels

MOST_LOST = 0.005
"""Of AP50, and of the mean count error: a copy that loses more is not worth its speed."""

_TIMED = 9

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Judged:
    """One file of a detector on labelled photos: its size, its processor time of a photo, what it finds."""

    megabytes: float
    milliseconds: float
    figures: Figures


def detector_of(folder: Path) -> DetectorManifest:
    """The manifest of the detector in `folder`.

    Raises:
        BadInputError: it holds no detector.
    """
    manifest = read_manifest(folder)
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"{folder} holds no detector.")
    return manifest


def quantised(folder: Path, photos: Iterable[Pixels]) -> bytes:
    """The ONNX file of an 8-bit copy of the detector in `folder`, calibrated on `photos` (H, W, 3) BGR it learned from.

    Raises:
        BadInputError: `folder` holds no detector, or a photo cannot be read.
    """
    manifest = detector_of(folder)
    inputs = _inputs(manifest, photos)
    copy = in_eight_bits(folder / manifest.file, manifest.input.name, inputs, _deciding)
    return taking_pixels(copy, manifest.input)


def training_photos(config: DetectorConfig, count: int) -> Iterator[Pixels]:
    """Photos (H, W, 3) BGR of a training, drawn as often from each source as it draws them.

    Raises:
        BadInputError: a source or a photo cannot be read.
    """
    random, sources = np.random.default_rng(config.seed), read_sources(config)
    weights = np.array([source.weight for source in sources])
    for number in random.choice(len(sources), count, p=weights / weights.sum()):
        photos = sources[number].photos
        yield read_pixels(photos[random.integers(len(photos))].path)


def judge_file(manifest: DetectorManifest, file: bytes, photos: list[NamedPhoto]) -> Judged:
    """What one file of a detector weighs, takes and finds."""
    model = LoadedModel(manifest, open_session(file, 1, manifest.name))
    eyes = Eyes(model)
    figures = finding(judge_all(photos, eyes), eyes.threshold)
    return Judged(len(file) / 1e6, 1000 * _seconds(model, read_pixels(photos[0].path)), figures)


def loses_nothing(whole: Judged, copy: Judged) -> bool:
    """Whether a copy finds and counts as well as the original, within `MOST_LOST`."""
    lost = whole.figures["ap50"] - copy.figures["ap50"], copy.figures["count_error"] - whole.figures["count_error"]
    return max(lost) <= MOST_LOST


def show(rows: dict[str, Judged], title: str) -> None:
    """Print the files side by side."""
    table = Table(title=title, title_justify="left")
    for name in ("file", "MB", "ms a photo", "AP50", "AP50-95", "recall", "count error", "count bias"):
        table.add_column(name, justify="left" if name == "file" else "right")
    for name, row in rows.items():
        found = (f"{row.figures[n]:.4f}" for n in ("ap50", "ap50_95", "recall", "count_error", "count_bias"))
        table.add_row(name, f"{row.megabytes:.1f}", f"{row.milliseconds:.0f}", *found)
    Console().print(table)


def _seconds(model: LoadedModel, pixels: Pixels) -> float:
    """Median processor time of a look at one photo: other work on the machine does not count."""
    times = []
    for _ in range(_TIMED):
        start = time.process_time()
        survey(model, pixels)
        times.append(time.process_time() - start)
    return statistics.median(times)


def _inputs(manifest: DetectorManifest, photos: Iterable[Pixels]) -> Iterator[Array]:
    """The photos as the cooler would look at them."""
    for pixels in photos:
        image, _ = fitted(pixels, manifest.detector.long_side, manifest.input.size_multiple)
        yield normalised(image, manifest.input)


def _deciding(model: onnx.ModelProto) -> list[str]:
    """Names of the last convolutions, and of the nodes behind them that turn features into boxes and scores."""
    makes = {output: node for node in model.graph.node for output in node.output}
    names: list[str] = []
    waiting = [output.name for output in model.graph.output]
    while waiting:
        node = makes.get(waiting.pop())
        if node is None or node.name in names:
            continue
        names.append(node.name)
        if node.op_type != "Conv":
            waiting += list(node.input)
    return names
