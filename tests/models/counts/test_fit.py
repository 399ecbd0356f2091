"""Learning how wrong counts are, from made-up photos whose errors are known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from edge.vision.detections import Detections
from edge.vision.gallery import Names
from edge.vision.reading import PhotoQuality
from edge.vision.sighting import Sighting
from facings.errors import BadInputError, SettingsError
from models.counts.config import read_config
from models.counts.fit import fit, judged
from models.counts.samples import CountedPhoto, counted
from models.evaluation.truth import NamedPhoto

GOOD = PhotoQuality("good", 0.5, 0.8, 40.0)
SKUS = ("cola", "lime", "water")


def photo(rng: np.random.Generator, products: int = 12, all_at_once: bool = False) -> CountedPhoto:
    """A photo whose scores tell the truth; with `all_at_once` a SKU's products are misnamed together or not at all."""
    x = np.arange(products) * 70.0
    boxes = np.stack([x, np.full(products, 100.0), x + 60, np.full(products, 210.0)], axis=1).astype(np.float32)
    scores = rng.uniform(0.3, 0.99, products).astype(np.float32)
    names = [SKUS[i % 3] for i in range(products)]
    sure = rng.uniform(0.6, 0.99, products).astype(np.float32)
    there = rng.random(products) < scores
    wrong = {sku for sku in SKUS if rng.random() > 0.8}
    named = there & (np.array([n not in wrong for n in names]) if all_at_once else rng.random(products) < sure)
    labelled = Counter(
        name if right else "other" for name, is_there, right in zip(names, there, named, strict=True) if is_there
    )
    seen = Sighting((900, 400), Detections(boxes, scores, np.zeros(products, np.int64)), Detections.empty(),
                    Names(tuple(names), sure), GOOD)  # fmt: skip
    return CountedPhoto(seen, there, named, labelled)


@pytest.mark.parametrize("all_at_once", [False, True])
def test_the_stated_error_is_the_true_one_on_photos_never_learned_from(all_at_once: bool) -> None:
    rng = np.random.default_rng(5)
    learned = [photo(rng, all_at_once=all_at_once) for _ in range(70)]
    errors = fit([learned], "a", "b")
    figures = judged([photo(rng, all_at_once=all_at_once) for _ in range(70)], errors)
    assert figures["line"]["rms_to_stated"] == pytest.approx(1, abs=0.2)
    assert figures["photo"]["rms_to_stated"] == pytest.approx(1, abs=0.25)
    assert figures["line"]["within_90"] >= 0.85
    assert figures["confidence_error"] < 0.08
    if all_at_once:
        assert figures["plain"]["rms_to_stated"] > 1.15, "a sum of independent doubts is too sure of itself"


def test_photos_without_names_are_learned_from_as_a_whole() -> None:
    rng = np.random.default_rng(7)
    plain = [photo(rng) for _ in range(40)]
    unnamed = [
        CountedPhoto(
            Sighting(p.seen.size, p.seen.found, p.seen.weak, Names.unknown(len(p.there)), GOOD),
            p.there, p.there, Counter({"": int(p.there.sum())}),
        )
        for p in plain
    ]  # fmt: skip
    figures = judged(unnamed, fit([unnamed], "a", "b"))
    assert "line" not in figures
    assert figures["photo"]["rms_to_stated"] == pytest.approx(1, abs=0.2)


def test_nothing_found_teaches_nothing() -> None:
    with pytest.raises(BadInputError, match="no product was found"):
        fit([[]], "a", "b")


def test_a_sighting_is_matched_with_its_labels() -> None:
    boxes = np.array([[0, 0, 50, 100], [60, 0, 110, 100], [300, 0, 350, 100]], np.float32)
    labels = NamedPhoto(Path("a.jpg"), boxes[:2], ("cola", "stranger"), np.zeros((0, 4), np.float32))
    seen = Sighting((400, 200), Detections(boxes, np.array([0.9, 0.8, 0.7], np.float32), np.zeros(3, np.int64)),
                    Detections.empty(), Names(("cola", None, "lime"), np.full(3, 0.9, np.float32)), GOOD)  # fmt: skip
    matched = counted(labels, seen, frozenset({"cola", "lime"}))
    assert matched.there.tolist() == [True, True, False]
    assert matched.named.tolist() == [True, True, False]
    assert matched.labelled == Counter({"cola": 1, "": 1})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("fit = []", "fit", id="nothing to learn from"),
        pytest.param("[[fit]]\nname = 'a'", "images", id="no photos"),
        pytest.param(
            "[[fit]]\nname='a'\nimages='i'\nlabels='l'\ngallery='g'\npictures_share=0.5",
            "name one of",
            id="two galleries",
        ),
        pytest.param("[[fit", "no TOML", id="no TOML"),
    ],
)
def test_a_wrong_configuration_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "counts.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        read_config(file)
