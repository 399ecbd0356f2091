"""Judges a trained classifier as it would run: exported to ONNX, in 8 bits or not, by ONNX Runtime on one thread."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch

from edge.vision.entry import to_model_input
from models.classifier.network import INPUT, Classifier, load
from models.classifier.photos import Photos, centre
from models.eight_bits import in_eight_bits
from models.onnx_export import traced
from models.onnx_padding import pad_within_convolutions

_OPSET = 17
_CALIBRATED_ON = 128


@dataclass(frozen=True)
class Judged:
    """How good and how fast a classifier is.

    Attributes:
        photos: how many were looked at.
        right: share of them whose class came out first.
        group_right: share of them whose group of products came out first, if not the class itself.
        milliseconds: median time of the ONNX session for one photo.
        side: pixels of the photo's side.
        mistaken: product, the product it was taken for, and how many photos of it; the most frequent first.
    """

    photos: int
    right: float
    group_right: float
    milliseconds: float
    side: int
    mistaken: tuple[tuple[str, str, int], ...]


def judge(checkpoint: Path, photos: Photos, side: int | None = None, calibrate_on: Photos | None = None) -> Judged:
    """Look at every photo's middle square, one at a time, on one thread.

    Args:
        checkpoint: the classifier.
        photos: which judge.
        side: pixels of the square; the classifier's own if None.
        calibrate_on: photos it learned from: an 8-bit copy that is calibrated on some of them is judged.

    Raises:
        BadInputError: the file is no checkpoint of a classifier.
    """
    config, model = load(checkpoint)
    size = side or config.side
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "classifier.onnx"
        file.write_bytes(_exported(model, size))
        if calibrate_on is not None:
            file.write_bytes(in_eight_bits(file, INPUT.name, _some(calibrate_on, size)))
        answers, milliseconds = _answers(_session(file), photos, size)
    groups, names = photos.groups, photos.names
    pairs = zip(photos.classes.tolist(), answers.tolist(), strict=True)
    mistaken = Counter((names[true], names[told]) for true, told in pairs if true != told)
    return Judged(
        len(photos),
        float((answers == photos.classes).mean()),
        float((groups[answers] == groups[photos.classes]).mean()),
        milliseconds,
        size,
        tuple((*pair, count) for pair, count in mistaken.most_common()),
    )


def _answers(session: onnxruntime.InferenceSession, photos: Photos, side: int) -> tuple[npt.NDArray[np.int64], float]:
    """The class (N,) that came out first for each photo, and the median time of a run in milliseconds."""
    answers, seconds = [], []
    for pixels in photos.pixels:
        image = to_model_input(centre(pixels, side)[None], INPUT)
        began = time.perf_counter()
        (logits,) = session.run(None, {INPUT.name: image})
        seconds.append(time.perf_counter() - began)
        answers.append(int(logits[0].argmax()))
    return np.array(answers, np.int64), 1000 * median(seconds)


def _some(photos: Photos, side: int) -> Iterator[npt.NDArray[np.float32]]:
    """Middle squares of photos from all over the set, as the network takes them."""
    chosen = np.linspace(0, len(photos) - 1, min(_CALIBRATED_ON, len(photos))).round().astype(int)
    return (to_model_input(centre(photos.pixels[number], side)[None], INPUT) for number in chosen)


def _exported(model: Classifier, side: int) -> bytes:
    encoded = traced(model, torch.zeros(1, 3, side, side), (INPUT.name, ("logits",)), _OPSET)
    padded: bytes = pad_within_convolutions(onnx.load_model_from_string(encoded)).SerializeToString()
    return padded


def _session(file: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
