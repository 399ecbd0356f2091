"""A trained detector is kept where it finds or counts better, by more than chance gives on that few photos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.vision.detections import FloatArray
from models.evaluation.judged import JudgedPhoto
from models.onboarding.worth import Gain, Look, compare, decide, gain

OF = 20
"""Products on each photo."""


def photo(found: int, false: int = 0, labelled: int = OF) -> JudgedPhoto:
    """One on which `found` of the labelled products were found, and `false` others that are none, as surely."""
    of = np.concatenate([np.arange(found), np.full(false, -1)]).astype(np.intp)
    overlaps: FloatArray = np.zeros((found + false, labelled), np.float32)
    overlaps[np.arange(found), np.arange(found)] = 1
    boxes, count = np.zeros((labelled, 4), np.float32), found + false
    scores, nobody = np.full(count, 0.9, np.float32), (None,) * count
    return JudgedPhoto(Path("a.jpg"), np.zeros((count, 4), np.float32), scores, nobody, np.zeros(count, np.float32),
                       boxes, ("cola",) * labelled, overlaps, of)  # fmt: skip


def look(*found: int, false: int = 0) -> Look:
    return Look([photo(each, false) for each in found], 0.5)


@pytest.mark.parametrize(
    ("gains", "keep", "decided_by"),
    [
        ((Gain("ap50", 0.03, 0.01), Gain("count_error", 0.0, 0.02)), True, ("ap50",)),
        ((Gain("ap50", 0.0, 0.01), Gain("count_error", 0.05, 0.02)), True, ("count_error",)),
        ((Gain("ap50", 0.03, 0.01), Gain("count_error", 0.05, 0.02)), True, ("ap50", "count_error")),
        ((Gain("ap50", -0.005, 0.02), Gain("count_error", 0.05, 0.02)), True, ("count_error",)),
        ((Gain("ap50", 0.03, 0.04), Gain("count_error", 0.05, 0.09)), False, ()),
        ((Gain("ap50", 0.006, 0.001), Gain("count_error", 0.006, 0.001)), False, ()),
        ((Gain("ap50", 0.03, 0.01), Gain("count_error", -0.02, 0.09)), False, ("count_error",)),
        ((Gain("ap50", -0.02, 0.01), Gain("count_error", 0.05, 0.02)), False, ("ap50",)),
        ((Gain("ap50", 0.2, None), Gain("count_error", 0.2, None)), False, ()),
    ],
    ids=["finds more", "counts better", "both", "counts better, finds as well", "by chance", "hardly",
         "finds more, counts worse", "counts better, finds less", "one photo"],
)  # fmt: skip
def test_one_clear_gain_and_no_loss_keep_it(gains: tuple[Gain, ...], keep: bool, decided_by: tuple[str, ...]) -> None:
    verdict = decide(gains)
    assert (verdict.keep, verdict.decided_by) == (keep, decided_by)
    assert all(figure in verdict.reason for figure in decided_by)


def test_the_chance_of_a_mean_is_students_of_the_differences_between_photos() -> None:
    before, after = look(15, 14, 16, 15, 12), look(18, 16, 17, 19, 15)
    better = np.array([3, 2, 1, 4, 3]) / OF
    told = gain("count_error", before, after)
    assert told.value == pytest.approx(better.mean(), abs=1e-4)
    students_t = 1.533  # 90% of Student's t lie below it with 4 degrees of freedom
    assert told.chance == pytest.approx(students_t * better.std(ddof=1) / np.sqrt(5), abs=1e-4)


@pytest.mark.parametrize(
    ("before", "after", "keep"),
    [
        (look(14, 15, 13, 14, 15, 14), look(18, 19, 18, 17, 19, 18), True),
        (look(20, 20, 20, 20, false=3), look(20, 20, 20, 20), True),
        (look(14, 15, 13, 14, 15, 14), look(20, 12, 14, 13, 19, 12), False),
        (look(19, 18), look(20, 19), False),
        (look(14, 15), look(14, 15), False),
        (look(10), look(20), False),
    ],
    ids=["each photo better", "fewer false finds", "now better, now worse", "one product on two photos", "the same",
         "one photo"],
)  # fmt: skip
def test_noise_on_few_photos_is_no_reason(before: Look, after: Look, keep: bool) -> None:
    assert compare(before, after).keep is keep


def test_photos_without_labels_tell_nothing_of_chance() -> None:
    empty = photo(0, labelled=0)
    assert gain("count_error", Look([photo(10), empty], 0.5), Look([photo(20), empty], 0.5)).chance is None
