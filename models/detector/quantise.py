"""An INT8 copy of a detector: static quantisation, calibrated on training photos, judged beside the original.

Weights are quantised per channel and activations per tensor, as quantise-dequantise pairs that ONNX Runtime fuses into
integer kernels (Jacob et al., 2018). What decodes the boxes keeps float32: an 8-bit box would be off by pixels.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from rich.console import Console
from rich.table import Table

from edge.vision.detect import fitted, survey
from edge.vision.entry import normalised
from edge.vision.manifest import DetectorManifest, read_manifest
from edge.vision.zoo import LoadedModel, load_session
from facings.errors import BadInputError
from models.detector.config import DetectorConfig
from models.detector.photoset import read_pixels
from models.detector.sources import read_sources
from models.evaluation.finding import finding
from models.evaluation.judged import Eyes, judge_all
from models.evaluation.truth import read_named

_QUANTISED = ["Conv", "Add", "Clip", "Relu", "Resize"]
_TIMED = 9
_VISIBLE_FROM = 0.4

Array = npt.NDArray[np.float32]


def quantise_detector(folder: Path, config: DetectorConfig, out: Path, photos: int) -> Path:
    """Write an INT8 copy of the detector in `folder` to `out`, calibrated on `photos` training photos; returns `out`.

    Raises:
        BadInputError: `folder` holds no detector.
    """
    manifest = read_manifest(folder)
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"{folder} holds no detector.")
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{manifest.name}-int8.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        plain, made = Path(scratch) / "plain.onnx", Path(scratch) / "int8.onnx"
        quant_pre_process(folder / manifest.file, plain, skip_symbolic_shape=True)
        quantize_static(
            plain,
            made,
            _Photos(_inputs(config, manifest, photos), manifest.input.name),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=_QUANTISED,
            nodes_to_exclude=_decoding(onnx.load(plain)),
        )
        path.write_bytes(made.read_bytes())
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.model_copy(update={"name": path.stem, "file": path.name, "sha256": sha256, "metrics": ()}).save(out)
    return out


def compare(folders: Sequence[Path], images: Path, labels: Path) -> None:
    """Print size, processor time of a photo, AP50 and counting error of each detector on labelled photos."""
    photos = read_named(labels, images, _VISIBLE_FROM)
    table = Table(title=f"{labels}: {len(photos)} photos", title_justify="left")
    for name in ("model", "MB", "ms a photo", "AP50", "AP50-95", "recall", "count error"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for folder in folders:
        model = load_session(folder)
        eyes = Eyes(model)
        figures = finding(judge_all(photos, eyes), eyes.threshold)
        size = (folder / model.manifest.file).stat().st_size / 1e6
        spent = 1000 * _seconds(model, read_pixels(photos[0].path))
        table.add_row(model.manifest.name, f"{size:.1f}", f"{spent:.0f}",
                      *(f"{figures[n]:.4f}" for n in ("ap50", "ap50_95", "recall", "count_error")))  # fmt: skip
    Console().print(table)


def _seconds(model: LoadedModel, pixels: npt.NDArray[np.uint8]) -> float:
    """Median processor time of a look at one photo: other work on the machine does not count."""
    times = []
    for _ in range(_TIMED):
        start = time.process_time()
        survey(model, pixels)
        times.append(time.process_time() - start)
    return statistics.median(times)


def _inputs(config: DetectorConfig, manifest: DetectorManifest, count: int) -> Iterable[Array]:
    """Training photos as the cooler would look at them, drawn as often as they are in training."""
    random, sources = np.random.default_rng(config.seed), read_sources(config)
    weights = np.array([source.weight for source in sources])
    for number in random.choice(len(sources), count, p=weights / weights.sum()):
        photos = sources[number].photos
        pixels = read_pixels(photos[random.integers(len(photos))].path)
        image, _ = fitted(pixels, manifest.detector.long_side, manifest.input.size_multiple)
        yield normalised(image, manifest.input)


class _Photos(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types here
    def __init__(self, inputs: Iterable[Array], name: str) -> None:
        self._inputs = iter(inputs)
        self._name = name

    def get_next(self) -> dict[str, Array] | None:
        values = next(self._inputs, None)
        return None if values is None else {self._name: values}


def _decoding(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes behind the last convolutions: they turn features into boxes and scores."""
    makes = {output: node for node in model.graph.node for output in node.output}
    names: list[str] = []
    waiting = [output.name for output in model.graph.output]
    while waiting:
        node = makes.get(waiting.pop())
        if node is None or node.op_type == "Conv" or node.name in names:
            continue
        names.append(node.name)
        waiting += list(node.input)
    return names
