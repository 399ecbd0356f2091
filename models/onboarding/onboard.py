"""Onboards a customer: labelled photos in, a gallery with its tuning out, a detector of their own where that helps.

How good it is is told on photos set aside.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from datasets.files import jpeg
from edge.vision.chain import DETECTOR
from edge.vision.tuning import Tuning
from edge.vision.zoo import LoadedModel
from facings.errors import BadInputError
from facings.files import whole_folder, write_atomic
from models.evaluation.cli import figures_of
from models.evaluation.judged import Eyes, judge
from models.evaluation.truth import NamedPhoto
from models.onboarding.adapt import Training
from models.onboarding.crops import Crops, choose_pictures, read_crops
from models.onboarding.own_detector import own_detector
from models.onboarding.tune import gallery_of, tune

REPORT = "onboarding.json"
GALLERY = "gallery"
_PICTURE_QUALITY = 95
_LEAST_SIDE = 16
_SHOWN = ("map50", "top1", "rightly_named", "wrongly_named", "refused", "exact_count", "recall", "count_error")


@dataclass(frozen=True)
class Onboarding:
    """How to onboard.

    Attributes:
        per_sku: pictures of each SKU in the gallery, at most.
        set_aside: share of the photos that only judge.
        seed: which photos those are.
        training: how to train the detector on the photos; None: not at all.
    """

    per_sku: int = 12
    set_aside: float = 0.2
    seed: int = 0
    training: Training | None = None


def onboard(photos: Sequence[NamedPhoto], detector: LoadedModel, embedder: LoadedModel, out: Path,
            how: Onboarding) -> dict[str, Any]:  # fmt: skip
    """Writes `out`/gallery and `out`/onboarding.json and returns the latter.

    A part of the photos is set aside, to tell what a detector trained on the others, and a gallery with and without
    tuning, are worth; the better ones are then made from all photos. A trained detector lies in `out`/product-detector,
    with an 8-bit copy where that is as good.

    Raises:
        BadInputError: fewer than four photos or two SKUs, or `out` holds something already.
    """
    _check(photos, out)
    aside = _set_aside(len(photos), how)
    with TemporaryDirectory() as work:
        own = own_detector(photos, aside, detector, how.training, Path(work))
        seeing = own.trial or detector
        crops = read_crops(photos, seeing, embedder)
        trials = _compare(photos, crops, aside, seeing, embedder, how)
        if own.final:
            crops = read_crops(photos, own.final, embedder)
        tuned = (trials["tuned"]["top1"] or 0) > (trials["plain"]["top1"] or 0)
        tuning = tune(crops, embedder.original, how.per_sku) if tuned else None
        report = {
            **_made(photos, crops, how),
            "tuned": tuned,
            "detector_trained": own.final is not None,
            **own.told(),
            "set_aside": {"photos": [photos[number].path.name for number in aside], **own.figures, **trials},
            "embedder": embedder.original,
            "detector": (own.final or detector).original,
        }
        _write(photos, crops, tuning, report, out, how, own.final)
    return report


def _made(photos: Sequence[NamedPhoto], crops: Crops, how: Onboarding) -> dict[str, Any]:
    """What the gallery is made from."""
    return {
        "photos": len(photos),
        "products": int(crops.labelled.sum()),
        "skus": sorted(np.unique(crops.skus).tolist()),
        "pictures": len(choose_pictures(crops, how.per_sku)),
    }


def _check(photos: Sequence[NamedPhoto], out: Path) -> None:
    skus = {sku for photo in photos for sku in photo.skus}
    if len([photo for photo in photos if photo.skus]) < 4 or len(skus) < 2:
        raise BadInputError("onboarding needs at least four labelled photos and two SKUs; twenty photos are better")
    if out.exists() and any(out.iterdir()):
        raise BadInputError(f"{out} is not empty: choose another folder for --out")


def _set_aside(count: int, how: Onboarding) -> list[int]:
    order = np.random.default_rng(how.seed).permutation(count)
    return sorted(order[: max(1, round(how.set_aside * count))].tolist())


def _compare(photos: Sequence[NamedPhoto], crops: Crops, aside: list[int], detector: LoadedModel,
             embedder: LoadedModel, how: Onboarding) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The figures on the photos set aside, of galleries made from the others."""
    judging = np.isin(crops.photos, aside)
    known = crops.take(~judging)
    if not np.isin(crops.skus[judging], known.skus).any():
        raise BadInputError("no product of the photos set aside stands on the others, too: label more photos, or set "
                            "others aside with --seed")  # fmt: skip
    tuning = tune(known, embedder.original, how.per_sku)
    return {
        name: _figures([photos[number] for number in aside], Eyes(detector, embedder, gallery))
        for name, gallery in (("plain", gallery_of(known, how.per_sku, None)),
                              ("tuned", gallery_of(known, how.per_sku, tuning)))
    }  # fmt: skip


def _figures(photos: Sequence[NamedPhoto], eyes: Eyes) -> dict[str, Any]:
    figures = figures_of([judge(photo, eyes) for photo in photos], eyes)
    return {name: figures[name] for name in _SHOWN}


def _write(photos: Sequence[NamedPhoto], crops: Crops, tuning: Tuning | None, report: dict[str, Any], out: Path,
           how: Onboarding, detector: LoadedModel | None) -> None:  # fmt: skip
    chosen = crops.take(choose_pictures(crops, how.per_sku))
    with whole_folder(out) as part:
        for number, (sku, photo, box) in enumerate(zip(chosen.skus, chosen.photos, chosen.boxes, strict=True)):
            picture = _cut(photos[photo], box.round().astype(int).tolist())
            write_atomic(part / GALLERY / str(sku) / f"{number:05d}.jpg", jpeg(picture, _PICTURE_QUALITY))
        if tuning:
            tuning.save(part / GALLERY)
        if detector and detector.folder:
            shutil.copytree(detector.folder, part / DETECTOR)
        write_atomic(part / REPORT, json.dumps(report, indent=2) + "\n")


def _cut(photo: NamedPhoto, box: list[int]) -> Any:
    """The product of a photo; a tiny one is enlarged to what a gallery takes."""
    pixels = photo.pixels()
    x1, y1, x2, y2 = max(box[0], 0), max(box[1], 0), box[2], box[3]
    picture = pixels[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
    scale = _LEAST_SIDE / min(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) if scale > 1 else picture
