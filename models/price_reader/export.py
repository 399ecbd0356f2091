"""From a checkpoint to the zoo: ONNX, the probability from which on a price counts as read, figures, manifest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from datasets.files import sha256_of
from edge.vision.golden import GOLDEN_NAME
from edge.vision.zoo import MetricSpec, PriceReaderManifest, PriceReaderSpec, SourceSpec, load_session
from facings.files import write_atomic
from models.eight_bits import files_of_copy
from models.golden import write_golden
from models.onnx_export import traced
from models.price_reader.config import PriceReaderConfig
from models.price_reader.evaluate import Judged, measure, measure_real, sure_from
from models.price_reader.network import PriceReader
from models.price_reader.tags import draw_tag
from models.price_reader.train import load
from models.price_reader.wear import worn

COMMAND = "facings models price-reader eval"
_OPSET = 17
_GOLDEN_SEED = 4

SOURCES = (
    SourceSpec(
        name="Facings drawn price tags",
        url="models/price_reader",
        licence="Apache-2.0",
        role="all it learned from: tags drawn and worn on the fly",
    ),
)


def release(checkpoint: Path, folder: Path, shared: Path | None = None) -> list[Judged]:
    """Write ONNX file, golden outputs and manifest into `folder`; returns the figures.

    With the photo sets in `shared`, those of real tags are among them.

    Raises:
        BadInputError: the file is no checkpoint of a price reader, or a photo is missing.
    """
    config, model = load(checkpoint)
    folder.mkdir(parents=True, exist_ok=True)
    for path in (folder / GOLDEN_NAME, *files_of_copy(folder)):  # of the weights before
        path.unlink(missing_ok=True)
    manifest = _manifest(config, _write_onnx(model, config, folder))
    manifest.save(folder)
    least = sure_from(load_session(folder))
    manifest = manifest.model_copy(update={"price_reader": PriceReaderSpec(sure_from=least)})
    manifest.save(folder)
    rng = np.random.default_rng(_GOLDEN_SEED)
    write_golden(folder, worn(draw_tag(rng), config.size, rng, (16, 20)).pixels)
    loaded = load_session(folder)
    figures = measure(loaded, least) + (measure_real(loaded, shared, least) if shared else [])
    manifest.model_copy(update={"metrics": tuple(_metrics(figures))}).save(folder)
    return figures


def _write_onnx(model: PriceReader, config: PriceReaderConfig, folder: Path) -> str:
    width, height = config.size
    name = config.input_spec.name
    free = {name: {0: "tags"}, "columns": {0: "tags"}}
    content = traced(model, torch.zeros(2, 3, height, width), (name, ("columns",)), _OPSET, free)
    write_atomic(folder / f"{config.name}.onnx", content)
    return sha256_of(content)


def _manifest(config: PriceReaderConfig, sha256: str) -> PriceReaderManifest:
    return PriceReaderManifest(
        name=config.name,
        version=config.version,
        file=f"{config.name}.onnx",
        sha256=sha256,
        licence="Apache-2.0",
        input=config.input_spec,
        sources=SOURCES,
        price_reader=PriceReaderSpec(sure_from=0.5),
    )


def _metrics(figures: list[Judged]) -> list[MetricSpec]:
    return [
        MetricSpec(name=name, value=round(value, 4), photos=f"{one.tags} {one.kind}", command=COMMAND)
        for one in figures
        for name, value in (("read", one.read), ("wrong", one.wrong))
    ]
