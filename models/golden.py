"""Making golden parity: the picture that travels with a model, and its outputs for it (see edge/vision/golden.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt
import typer

from datasets.files import jpeg, sha256_of
from edge.vision.decode import decode_photo
from edge.vision.golden import GOLDEN_INT8_NAME, GOLDEN_NAME, PICTURE_NAME, Golden, GoldenOutput, golden_picture
from edge.vision.manifest import EmbedderManifest, InputSpec, Manifest, PriceReaderManifest, read_manifest
from edge.vision.zoo import LoadedModel, load_session, open_session
from facings.errors import BadInputError
from facings.files import write_atomic

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]

LONG_SIDE = 320
"""Of the picture of a model that takes any size: it is looked at whenever a process starts."""

BOX_TOLERANCE, SCORE_TOLERANCE, VECTOR_TOLERANCE, LOGIT_TOLERANCE = 1.5, 0.03, 0.03, 0.5
"""Pixels, probability, component of a unit vector, logit. Other processors and JPEG decoders stay well below; a wrong
order of the channels does not."""

_CELLS = 48
_TELLS = 0.3
"""Score of the surest find from which on a picture tells a broken runtime, however high the detector's threshold is."""
_QUALITY = 92


def renew_golden(
    folder: Annotated[Path, typer.Argument(help="Folder of a model, such as models/zoo/product-detector.")],
    picture: Annotated[
        Path | None, typer.Option(help="JPEG or PNG that shows what the model is for; else the one it has.")
    ] = None,
) -> None:
    """Write a model's golden picture and outputs anew; on loading, devices check that they see the same."""
    golden = write_golden(folder, decode_photo(picture.read_bytes()).pixels if picture else None)
    load_session(folder)
    size = (folder / PICTURE_NAME).stat().st_size
    typer.echo(f"{folder / GOLDEN_NAME}: {sum(len(o.values) for o in golden.outputs)} values of {len(golden.outputs)} "
               f"outputs; picture {size / 1e3:.1f} kB")  # fmt: skip


def write_golden(folder: Path, picture: Pixels | None = None) -> Golden:
    """Write the golden files of the model in `folder`, of `picture` (H, W, 3) BGR, or of the one it has already.

    Its 8-bit copy, where it has one, gets a file of its own, of the same picture.

    Raises:
        BadInputError: the model cannot be used, or no picture is given and it has none.
    """
    manifest = read_manifest(folder)
    encoded = _picture(folder, picture, manifest.input)
    golden = golden_of(manifest, (folder / manifest.file).read_bytes(), encoded)
    copy = manifest.int8
    of_copy = golden_of(manifest, (folder / copy.file).read_bytes(), encoded) if copy else None
    write_atomic(folder / PICTURE_NAME, encoded)
    write_atomic(folder / GOLDEN_NAME, (golden.model_dump_json() + "\n").encode())
    if of_copy is not None:
        write_atomic(folder / GOLDEN_INT8_NAME, (of_copy.model_dump_json() + "\n").encode())
    return golden


def golden_of(manifest: Manifest, file: bytes, picture: bytes) -> Golden:
    """What the ONNX `file` makes of the encoded `picture`.

    Raises:
        BadInputError: the file is no model, or finds nothing in the picture.
    """
    pixels = np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    model = LoadedModel(manifest, open_session(file, 1, manifest.name))
    outputs = _chosen(manifest, model.see([pixels]))
    return Golden(sha256=sha256_of(picture), outputs=outputs)


def _picture(folder: Path, picture: Pixels | None, entry: InputSpec) -> bytes:
    """The picture as JPEG, of a size that the model takes."""
    pixels = golden_picture(folder) if picture is None else picture
    height, width = pixels.shape[:2]
    if entry.size is not None:
        wanted = entry.size
    else:
        scale, step = min(1.0, LONG_SIDE / max(height, width)), entry.size_multiple
        wanted = max(step, int(width * scale) // step * step), max(step, int(height * scale) // step * step)
    if (width, height) != wanted:
        pixels = np.asarray(cv2.resize(pixels, wanted, interpolation=cv2.INTER_AREA), np.uint8)
    elif picture is None:
        return (folder / PICTURE_NAME).read_bytes()
    return jpeg(pixels, _QUALITY)


def _chosen(manifest: Manifest, outputs: list[Array]) -> tuple[GoldenOutput, ...]:
    """All that an embedder or a price reader answers; of a detector the cells surest of something, with their boxes."""
    if isinstance(manifest, EmbedderManifest):
        return tuple(_output(output, np.arange(output.size), VECTOR_TOLERANCE) for output in outputs)
    if isinstance(manifest, PriceReaderManifest):
        return tuple(_output(output, np.arange(output.size), LOGIT_TOLERANCE) for output in outputs)
    boxes, scores = outputs
    best = np.sort(np.argsort(-scores[0].max(axis=1))[:_CELLS])
    if scores[0, best].max() < min(manifest.detector.score_threshold, _TELLS):
        raise BadInputError(f"{manifest.name} finds nothing in the picture: give one with products on a shelf.")
    return (
        _output(boxes, (best[:, None] * 4 + np.arange(4)).ravel(), BOX_TOLERANCE),
        _output(scores, (best[:, None] * scores.shape[2] + np.arange(scores.shape[2])).ravel(), SCORE_TOLERANCE),
    )


def _output(output: Array, positions: npt.NDArray[np.int64], tolerance: float) -> GoldenOutput:
    values = [round(float(value), 4) for value in output.ravel()[positions]]
    return GoldenOutput(positions=tuple(positions.tolist()), values=tuple(values), tolerance=tolerance)
