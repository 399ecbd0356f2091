"""Trains the detector on a customer's own photos for some minutes: what stands there is packed and lit in its own way.

Needs the training environment. Labels of a few photos are seldom complete, so what the detector is sure of and nobody
boxed teaches nothing, neither that it is a product nor that it is none.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from edge.vision.boxes import iou
from edge.vision.chain import DETECTOR
from edge.vision.detect import detect
from edge.vision.golden import PICTURE_NAME
from edge.vision.manifest import DetectorManifest, SourceSpec
from edge.vision.zoo import LoadedModel, load_session, zoo_folder
from facings.errors import BadInputError, UnavailableError
from models.detector.config import DetectorConfig, ReleaseSettings, SourceSettings
from models.detector.photoset import LabelledPhoto, write_photoset
from models.evaluation.truth import NamedPhoto

_FRESH_BLOCKS = 11
"""The first blocks of the backbone keep what they know of edges and print: a few photos teach them nothing new."""
_RATE, _BACKBONE_RATE = 4e-4, 1e-4
_BATCH, _SIDE = 8, 384
_ALREADY_BOXED = 0.3
_CUSTOMER = SourceSpec(
    name="a customer's labelled photos",
    url="facings models onboard",
    licence="the customer's own",
    role="the last steps of the training",
)


@dataclass(frozen=True)
class Training:
    """How long to train, and with how many threads."""

    steps: int
    threads: int


def can_train() -> bool:
    """Whether this environment can train: `make setup-train` makes one that can."""
    return all(find_spec(name) for name in ("torch", "onnx"))


def adapted(photos: Sequence[NamedPhoto], detector: LoadedModel, how: Training, folder: Path) -> LoadedModel:
    """The detector, trained on `photos`; `folder`/product-detector holds it, as a folder of the zoo does.

    Raises:
        BadInputError: it is no detector of ours, or a photo cannot be read.
        UnavailableError: it has no golden picture.
    """
    from models.detector.export import write_manifest  # noqa: PLC0415 - torch
    from models.detector.trainer import FacingsTrainer  # noqa: PLC0415 - torch

    source, manifest = _source(detector)
    write_photoset(folder / "photos.jsonl", [_lesson(photo, detector) for photo in photos])
    config = _config(source / manifest.file, manifest, how, folder)
    trainer, made = FacingsTrainer(), folder / DETECTOR
    made.mkdir(parents=True)
    shutil.copy(source / PICTURE_NAME, made / PICTURE_NAME)
    trainer.export(trainer.train(config), made / f"{DETECTOR}.onnx")
    write_manifest(made / f"{DETECTOR}.onnx", config.release, manifest.licence, manifest.input)
    return load_session(made, how.threads)


def _source(detector: LoadedModel) -> tuple[Path, DetectorManifest]:
    if not isinstance(detector.manifest, DetectorManifest):
        raise BadInputError(f"{detector.manifest.name} is no detector: give the folder of one with --model.")
    folder = detector.folder or zoo_folder() / DETECTOR
    if not (folder / PICTURE_NAME).exists():
        raise UnavailableError(f"{folder} has no golden picture: give it one with `facings models golden`.")
    return folder, detector.manifest


def _lesson(photo: NamedPhoto, detector: LoadedModel) -> LabelledPhoto:
    found = detect(detector, photo.pixels()).boxes
    missed = found[iou(found, photo.boxes).max(axis=1, initial=0) < _ALREADY_BOXED]
    return LabelledPhoto(photo.path.resolve(), photo.boxes, np.concatenate([photo.ignored, missed]))


def _config(start: Path, manifest: DetectorManifest, how: Training, folder: Path) -> DetectorConfig:
    return DetectorConfig(
        out=folder / "run",
        start=start,
        sources=(SourceSettings(photos=folder / "photos.jsonl", weight=1, narrowing=-0.2, widening=0.2),),
        release=ReleaseSettings(
            version=f"{manifest.version}-onboarded",
            detector=manifest.detector,
            learned_from=(*manifest.sources, _CUSTOMER),
        ),
        steps=how.steps,
        batch=_BATCH,
        side=_SIDE,
        product_sides=(20, 150),
        frozen_blocks=_FRESH_BLOCKS,
        learning_rate=_RATE,
        backbone_rate=_BACKBONE_RATE,
        warmup=min(20, how.steps),
        save_every=how.steps,
        threads=how.threads,
    )
