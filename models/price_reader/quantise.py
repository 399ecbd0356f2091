"""An 8-bit copy of the price reader: calibrated on drawn tags, judged on others."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from edge.vision.entry import to_model_input
from edge.vision.manifest import read_manifest
from edge.vision.zoo import LoadedModel, PriceReaderManifest, open_session
from facings.errors import BadInputError
from models.eight_bits import in_eight_bits
from models.pixel_entry import taking_pixels
from models.price_reader.evaluate import judged, read
from models.price_reader.examples import picture

MOST_LOST = 0.01
"""Of the prices read, and as many more wrong ones: a copy that loses more is not worth its speed."""
CALIBRATED_ON, JUDGED_ON = 320, 2000
NO_TAGS = 0.05
"""Of both, pictures that show no tag."""
_CALIBRATION_SEED, _JUDGING_SEED = 1_000_005, 1_000_006
_TIMED, _AT_ONCE = 15, 20

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class File:
    """One file of a price reader: its size, its processor time of a batch of tags, and what it reads.

    Attributes:
        megabytes: of the file.
        milliseconds: of processor time for a batch.
        read: share of the prices that are sure enough to count.
        wrong: share of these that are others.
    """

    megabytes: float
    milliseconds: float
    read: float
    wrong: float


def reader_of(folder: Path) -> PriceReaderManifest:
    """The manifest of the price reader in `folder`.

    Raises:
        BadInputError: it holds none.
    """
    manifest = read_manifest(folder)
    if not isinstance(manifest, PriceReaderManifest):
        raise BadInputError(f"{folder} holds no price reader.")
    return manifest


def quantised(folder: Path, tags: int = CALIBRATED_ON) -> bytes:
    """The ONNX file of an 8-bit copy of the price reader in `folder`, calibrated on so many drawn tags.

    Raises:
        BadInputError: `folder` holds no price reader.
    """
    manifest = reader_of(folder)
    copy = in_eight_bits(folder / manifest.file, manifest.input.name, _inputs(manifest, tags))
    return taking_pixels(copy, manifest.input)


def judge_file(manifest: PriceReaderManifest, file: bytes, folder: Path, tags: int = JUDGED_ON) -> File:
    """What one file of the reader in `folder` weighs, takes and reads."""
    model = LoadedModel(manifest, open_session(file, 1, manifest.name), folder)
    rng = np.random.default_rng(_JUDGING_SEED)
    made = [picture(_size(manifest), NO_TAGS, rng) for _ in range(tags)]
    prices = read(model, [one.pixels for one in made])
    found = judged("", [one.text for one in made], prices, manifest.price_reader.sure_from)
    return File(len(file) / 1e6, 1000 * _seconds(model), found.read, found.wrong)


def loses_nothing(whole: File, copy: File) -> bool:
    """Whether a copy reads as much as the original and as well, within `MOST_LOST`."""
    return whole.read - copy.read <= MOST_LOST and copy.wrong - whole.wrong <= MOST_LOST


def show(rows: dict[str, File]) -> None:
    """Print the files side by side."""
    table = Table(title=f"{JUDGED_ON} drawn tags", title_justify="left")
    for name in ("file", "MB", f"ms for {_AT_ONCE} tags", "read", "of these wrong"):
        table.add_column(name, justify="left" if name == "file" else "right")
    for name, row in rows.items():
        table.add_row(name, f"{row.megabytes:.1f}", f"{row.milliseconds:.1f}", f"{row.read:.1%}", f"{row.wrong:.1%}")
    Console().print(table)


def _inputs(manifest: PriceReaderManifest, tags: int) -> Iterator[Array]:
    rng = np.random.default_rng(_CALIBRATION_SEED)
    for _ in range(tags):
        yield to_model_input([picture(_size(manifest), NO_TAGS, rng).pixels], manifest.input)


def _size(manifest: PriceReaderManifest) -> tuple[int, int]:
    if manifest.input.size is None:
        raise BadInputError(f"The price reader {manifest.name} tells no size of its pictures.")
    return manifest.input.size


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
