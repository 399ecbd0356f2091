"""The 8-bit copy of a customer's own detector: without one it would take a cooler twice the time of the shipped one.

It is made and judged as the shipped one's (`facings models quantise`), calibrated on photos that the detector learned
from and judged on those set aside. What is made for the customer has by then learned from these, too; but it is
compared with its own copy, and the copy was not calibrated on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.evaluation.truth import NamedPhoto

if TYPE_CHECKING:
    from models.detector.quantise import Judged

CALIBRATED_ON = 64
"""Photos at most, as many as `facings models quantise` takes."""

_TOLD = ("ap50", "count_error")


@dataclass(frozen=True)
class Copy:
    """What came of quantising a detector.

    Attributes:
        kept: whether the copy lies beside it.
        reason: why, or why not.
        files: megabytes, milliseconds of processor time a photo, `ap50` and `count_error` of both files.
    """

    kept: bool
    reason: str
    files: dict[str, dict[str, float]]

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def lay_copy(folder: Path, learned: Sequence[NamedPhoto], judges: list[NamedPhoto]) -> Copy:
    """Quantise the detector in `folder` and lay the copy beside it, unless it finds or counts less well on `judges`.

    Raises:
        BadInputError: a photo cannot be read.
        UnavailableError: the detector has no golden picture.
    """
    from models.detector import quantise  # noqa: PLC0415 - onnx is for training only
    from models.eight_bits import ship  # noqa: PLC0415

    manifest = quantise.detector_of(folder)
    step = -(-len(learned) // CALIBRATED_ON) or 1  # from all over the set: photos of one cooler follow each other
    copy = quantise.quantised(folder, (photo.pixels() for photo in learned[::step]))
    files = {"float32": (folder / manifest.file).read_bytes(), "int8": copy}
    judged = {name: quantise.judge_file(manifest, file, judges) for name, file in files.items()}
    told = {name: _figures(each) for name, each in judged.items()}
    if not quantise.loses_nothing(judged["float32"], judged["int8"]):
        return Copy(False, f"it loses more than {quantise.MOST_LOST} of {' or '.join(_TOLD)}", told)
    ship(folder, copy)
    return Copy(True, f"it loses at most {quantise.MOST_LOST} of {' and '.join(_TOLD)}", told)


def _figures(judged: Judged) -> dict[str, float]:
    found = {name: round(judged.figures[name], 4) for name in _TOLD}
    return {"megabytes": round(judged.megabytes, 1), "milliseconds": round(judged.milliseconds), **found}
