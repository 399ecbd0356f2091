"""Whether a customer's photos make a better detector: trained on most of them, judged on the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from edge.vision.zoo import LoadedModel
from models.evaluation.finding import finding
from models.evaluation.judged import Eyes, judge_all
from models.evaluation.truth import NamedPhoto
from models.onboarding.adapt import Training, adapted
from models.onboarding.eight_bit import Copy, lay_copy
from models.onboarding.worth import Look, Verdict, compare

_FIGURES = ("ap50", "recall", "precision", "count_error")


@dataclass(frozen=True)
class OwnDetector:
    """A customer's own detector, if that is worth having.

    Attributes:
        figures: what the shipped and the trained one are worth on the photos set aside; nothing if none was trained.
        verdict: whether the trained one is kept, and why; None if none was trained.
        trial, final: trained on the other photos, and on all; None where it serves no better than the shipped one.
        copy: what came of the 8-bit copy of `final`.
    """

    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    verdict: Verdict | None = None
    trial: LoadedModel | None = None
    final: LoadedModel | None = None
    copy: Copy | None = None

    def told(self) -> dict[str, Any]:
        """Why it is kept or not, and its 8-bit copy, as JSON; nothing if none was trained."""
        if self.verdict is None:
            return {}
        return {"own_detector": asdict(self.verdict), "eight_bit": self.copy.told() if self.copy else None}


def own_detector(photos: Sequence[NamedPhoto], aside: list[int], shipped: LoadedModel, training: Training | None,
                 work: Path) -> OwnDetector:  # fmt: skip
    """Trains on the photos not `aside`; where that serves better on those that are, trains on all. Works in `work`.

    Raises:
        BadInputError: `shipped` is no detector of ours, or a photo cannot be read.
        UnavailableError: it has no golden picture.
    """
    if training is None:
        return OwnDetector()
    judges = [photos[number] for number in aside]
    others = [photo for number, photo in enumerate(photos) if number not in aside]
    trial = adapted(others, shipped, training, work / "trial")
    before, after = look(judges, shipped), look(judges, trial)
    figures = {"shipped_detector": figures_of_finding(before), "trained_detector": figures_of_finding(after)}
    verdict = compare(before, after)
    if not verdict.keep:
        return OwnDetector(figures, verdict)
    final = adapted(photos, shipped, training, work / "final")
    assert final.folder is not None
    return OwnDetector(figures, verdict, trial, final, lay_copy(final.folder, others, judges))


def look(photos: Sequence[NamedPhoto], detector: LoadedModel) -> Look:
    """What a detector sees on photos, whatever the products' names."""
    eyes = Eyes(detector)
    return Look(judge_all(photos, eyes), eyes.threshold)


def figures_of_finding(seen: Look) -> dict[str, float]:
    """How well a detector finds and counts the products, whatever their names."""
    found = finding(seen.photos, seen.threshold)
    return {name: round(float(found[name]), 4) for name in _FIGURES}
