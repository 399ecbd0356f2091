"""Judges a trained classifier as it would run: exported to ONNX, by ONNX Runtime on one thread."""

from __future__ import annotations

import io
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import torch

from edge.vision.entry import to_model_input
from models.classifier.photos import Photos, centre
from models.classifier.train import INPUT, Classifier, load


@dataclass(frozen=True)
class Judged:
    """How good and how fast a classifier is.

    Attributes:
        photos: how many were looked at.
        right: share of them whose class came out first.
        milliseconds: median time of the ONNX session for one photo.
        side: pixels of the photo's side.
    """

    photos: int
    right: float
    milliseconds: float
    side: int


def judge(checkpoint: Path, photos: Photos, side: int | None = None) -> Judged:
    """Look at every photo's middle square, one at a time, on one thread.

    Raises:
        BadInputError: the file is no checkpoint of a classifier.
    """
    config, model = load(checkpoint)
    size = side or config.side
    session = _session(model, size)
    right, seconds = 0, []
    for pixels, number in zip(photos.pixels, photos.classes, strict=True):
        image = to_model_input(centre(pixels, size)[None], INPUT)
        began = time.perf_counter()
        (logits,) = session.run(None, {INPUT.name: image})
        seconds.append(time.perf_counter() - began)
        right += int(logits[0].argmax() == number)
    return Judged(len(photos), right / len(photos), 1000 * median(seconds), size)


def _session(model: Classifier, side: int) -> onnxruntime.InferenceSession:
    encoded = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated, but needs no further package
        torch.onnx.export(
            model,
            (torch.from_numpy(np.zeros((1, 3, side, side), np.float32)),),
            encoded,
            input_names=[INPUT.name],
            output_names=["logits"],
            opset_version=17,
            dynamo=False,
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(encoded.getvalue(), options, providers=["CPUExecutionProvider"])
