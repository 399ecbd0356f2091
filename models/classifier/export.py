"""Judges a trained classifier as it would run: exported to ONNX, by ONNX Runtime on one thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import onnx
import onnxruntime
import torch

from edge.vision.entry import to_model_input
from models.classifier.network import INPUT, Classifier, load
from models.classifier.photos import Photos, centre
from models.onnx_export import traced
from models.onnx_padding import pad_within_convolutions

_OPSET = 17


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
    encoded = traced(model, torch.zeros(1, 3, side, side), (INPUT.name, ("logits",)), _OPSET)
    padded = pad_within_convolutions(onnx.load_model_from_string(encoded))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(padded.SerializeToString(), options, providers=["CPUExecutionProvider"])
