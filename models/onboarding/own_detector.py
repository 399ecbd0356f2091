"""Whether a customer's photos make a better detector: trained on most of them, judged on the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.vision.zoo import LoadedModel
from models.evaluation.finding import finding
from models.evaluation.judged import Eyes, judge
from models.evaluation.truth import NamedPhoto
from models.onboarding.adapt import Training, adapted

_WORTH_IT = 0.01


@dataclass(frozen=True)
class OwnDetector:
    """A customer's own detector, if that is worth having.

    Attributes:
        figures: what the shipped and the trained one are worth on the photos set aside; nothing if none was trained.
        trial, final: trained on the other photos, and on all; None where it finds no better than the shipped one.
    """

    figures: dict[str, dict[str, Any]]
    trial: LoadedModel | None = None
    final: LoadedModel | None = None


def own_detector(photos: Sequence[NamedPhoto], aside: list[int], shipped: LoadedModel, training: Training | None,
                 work: Path) -> OwnDetector:  # fmt: skip
    """Trains on the photos not `aside`; where that finds better on those that are, trains on all. Works in `work`.

    Raises:
        BadInputError: `shipped` is no detector of ours, or a photo cannot be read.
    """
    if training is None:
        return OwnDetector({})
    judges = [photos[number] for number in aside]
    others = [photo for number, photo in enumerate(photos) if number not in aside]
    trial = adapted(others, shipped, training, work / "trial")
    before, after = finds(judges, shipped), finds(judges, trial)
    figures = {"shipped_detector": before, "trained_detector": after}
    if not is_better(before, after):
        return OwnDetector(figures)
    return OwnDetector(figures, trial, adapted(photos, shipped, training, work / "final"))


def finds(photos: Sequence[NamedPhoto], detector: LoadedModel) -> dict[str, float]:
    """How well a detector finds and counts the products, whatever their names."""
    eyes = Eyes(detector)
    found = finding([judge(photo, eyes) for photo in photos], eyes.threshold)
    return {name: round(float(found[name]), 4) for name in ("ap50", "recall", "precision", "count_error")}


def is_better(before: dict[str, float], after: dict[str, float]) -> bool:
    """Whether a detector finds more by enough to be no chance, and does not count worse."""
    return after["ap50"] >= before["ap50"] + _WORTH_IT and after["count_error"] <= before["count_error"] + _WORTH_IT
