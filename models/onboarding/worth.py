"""Whether a trained detector serves a customer better than the shipped one: it finds or counts better, by no chance.

Both look at the same photos, which are few, so a difference is told beside what chance makes of it: coolers differ, and
with other photos set aside it would have been another one. Its standard error is the jackknife's (Efron and Stein,
1981): how much it changes as each photo in turn is left out. It holds for figures that are no means of photos, too,
such as average precision. Student's t says how many standard errors chance may take on that few photos.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.evaluation.finding import ap50, count_errors
from models.evaluation.judged import JudgedPhoto

CHANCE = 0.1
"""How often chance alone may make a detector that is no better look clearly better by a figure."""

LEAST = 0.01
"""Of a figure: a gain below it is not worth a detector of one's own, and a loss above it not what the other gains."""

Quality = Callable[[Sequence[JudgedPhoto], float], float]


def _found(photos: Sequence[JudgedPhoto], _threshold: float) -> float:
    return ap50(photos)


def _counted(photos: Sequence[JudgedPhoto], threshold: float) -> float:
    errors = count_errors(photos, threshold)
    return -float(np.abs(errors).mean()) if len(errors) else 0.0


QUALITIES: dict[str, Quality] = {"ap50": _found, "count_error": _counted}
"""What decides, each the higher the better: products found, and products counted."""


@dataclass(frozen=True)
class Look:
    """What a detector saw on photos with labels, and the score from which on it counts a product."""

    photos: Sequence[JudgedPhoto]
    threshold: float


@dataclass(frozen=True)
class Gain:
    """How much better by one figure the trained detector is.

    Attributes:
        figure: which.
        value: the gain; below zero it is worse.
        chance: what chance may give on that few photos; None where there are too few to tell.
    """

    figure: str
    value: float
    chance: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the trained detector is better by enough, and by more than chance."""
        return self.chance is not None and self.value >= LEAST and self.value > self.chance

    @property
    def is_loss(self) -> bool:
        """Whether it is worse by too much, be that chance or not: without a reason the shipped one stays."""
        return self.value < -LEAST

    def __str__(self) -> str:
        better = f"{self.figure} {abs(self.value):.3f} {'better' if self.value >= 0 else 'worse'}"
        return f"{better} (chance: {self.chance:.3f})" if self.chance is not None else better


@dataclass(frozen=True)
class Verdict:
    """Whether the trained detector is kept.

    Attributes:
        gains: by each figure.
        keep: whether it is.
        decided_by: the figures for which it is kept, or for whose loss it is not; none where nothing is clear.
        reason: the same as a sentence's part.
    """

    gains: tuple[Gain, ...]
    keep: bool
    decided_by: tuple[str, ...]
    reason: str


def compare(shipped: Look, trained: Look) -> Verdict:
    """Whether the trained detector is worth keeping, by what both saw on the same photos."""
    return decide([gain(figure, shipped, trained) for figure in QUALITIES])


def decide(gains: Sequence[Gain]) -> Verdict:
    """Keep what is clearly better by one figure at least and by none worse than `LEAST`."""
    losses, clear = [gain for gain in gains if gain.is_loss], [gain for gain in gains if gain.is_clear]
    if any(gain.chance is None for gain in gains):
        deciding, reason = [], "one labelled photo set aside cannot tell a better detector from chance: label more"
    elif losses:
        deciding, reason = losses, f"it is worse by more than {LEAST}: {_told(losses)}"
    elif clear:
        deciding, reason = clear, f"it is better by more than chance: {_told(clear)}"
    else:
        deciding, reason = [], f"no figure is better by {LEAST} and by more than chance: {_told(gains)}{_hint(gains)}"
    return Verdict(tuple(gains), bool(clear) and not losses, tuple(gain.figure for gain in deciding), reason)


def gain(figure: str, shipped: Look, trained: Look) -> Gain:
    """How much better by a figure the trained detector is, and what chance may give.

    No less than one product counts as a standard error: two photos may be told alike by chance.
    """
    quality = QUALITIES[figure]
    labelled = [number for number, photo in enumerate(shipped.photos) if photo.truth_skus]

    def between(numbers: Sequence[int]) -> float:
        after, before = ([look.photos[number] for number in numbers] for look in (trained, shipped))
        return quality(after, trained.threshold) - quality(before, shipped.threshold)

    value = round(between(range(len(shipped.photos))), 4)
    if len(labelled) < 2:
        return Gain(figure, value, None)
    without = np.array([between([number for number in labelled if number != out]) for out in labelled])
    one_product = 1 / sum(len(shipped.photos[number].truth_skus) for number in labelled)
    error = max(_standard_error(without), one_product)
    return Gain(figure, value, round(float(stats.t.ppf(1 - CHANCE, len(labelled) - 1)) * error, 4))


def _standard_error(without: npt.NDArray[np.float64]) -> float:
    """The jackknife's, of the values (N,) of a figure with each of N photos left out."""
    count = len(without)
    return math.sqrt((count - 1) / count * float(np.square(without - without.mean()).sum()))


def _hint(gains: Sequence[Gain]) -> str:
    """What to do where only the number of photos stands in the way."""
    return "; more labelled photos would tell" if any(gain.value >= LEAST for gain in gains) else ""


def _told(gains: Sequence[Gain]) -> str:
    return ", ".join(str(gain) for gain in gains)
