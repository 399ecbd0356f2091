"""How many unknown products get a name, and how many known ones keep it: `python -m bench.unknown_products [UNSEEN]`.

A third of the SKUs (of rendered ones, of the brands) is taken out of a gallery, four times, by chance; crops are asked
as labelled, without their neighbours on the shelf. For each share of unknown products that may be named
(`vision.false_accept`) it tells what was named rightly, wrongly, and of the unknown ones at all; once with pictures
looked at once, and once with their views (`edge.vision.gallery_views`). UNSEEN is the folder of rendered sets that
`facings models embedder eval --unseen` takes. Prints JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer

from bench.parts.running import run
from bench.parts.saying import say
from edge.vision.acceptance import read_strangers
from edge.vision.chain import EMBEDDER
from edge.vision.detections import FloatArray
from edge.vision.gallery import Gallery
from edge.vision.zoo import CalibrationSpec, EmbedderManifest, load_session, zoo_folder
from models.embedder.evaluate import embed_pictures_with, embed_with, galleries
from models.embedder.sources import Crop

SHARED = Path("../shared/data")
SHARES = (0.01, 0.05, 0.1, 0.2)
TRIALS = 4
LEFT_OUT = 1 / 3

Names = npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Asked:
    """Crops and the pictures of all SKUs.

    Attributes:
        vectors, shown: (N, D) and (M, D) embeddings of crops and pictures.
        skus, shown_skus: (N,) and (M,) what they are of.
        photos, shown_photos: (N,) and (M,) the photos they are from; a crop is never asked of its own photo.
        groups: (M,) what is left out together with a picture.
    """

    vectors: FloatArray
    shown: FloatArray
    skus: Names
    shown_skus: Names
    photos: Names
    shown_photos: Names
    groups: Names


def asked_of(vectors: FloatArray, shown: FloatArray, queries: list[Crop], pictures: list[Crop]) -> Asked:
    """Crops `queries` with their embeddings, and pictures with theirs."""
    return Asked(
        vectors,
        shown,
        np.array([crop.identity for crop in queries]),
        np.array([crop.identity for crop in pictures]),
        np.array([crop.photo for crop in queries]),
        np.array([crop.photo for crop in pictures]),
        np.array([crop.brand or crop.identity for crop in pictures]),
    )


def named(asked: Asked, calibration: CalibrationSpec, strangers: FloatArray, share: float) -> dict[str, float | None]:
    """What became of known and unknown crops, where the `share` of unknown ones may be named; None: there were none."""
    right, wrong, accepted = [], [], []
    for crops, gallery in _trials(asked):
        names = gallery.accepting(calibration, strangers, share).nearest(asked.vectors[crops], calibration)
        known = np.isin(asked.skus[crops], gallery.skus)
        given = np.array([sku is not None for sku in names.skus], bool)
        hit = np.array([sku == truth for sku, truth in zip(names.skus, asked.skus[crops], strict=True)], bool)
        right += hit[known].tolist()
        wrong += (given & ~hit)[known].tolist()
        accepted += given[~known].tolist()
    figures = {"rightly_named": right, "wrongly_named": wrong, "unknown_named": accepted}
    return {name: round(float(np.mean(values)), 3) if values else None for name, values in figures.items()}


def _trials(asked: Asked) -> Iterator[tuple[npt.NDArray[np.intp], Gallery]]:
    """Positions of crops, and the gallery that they are asked of."""
    groups = np.unique(asked.groups)
    for seed in range(TRIALS):
        out = np.random.default_rng(seed).permutation(groups)[: round(LEFT_OUT * len(groups))]
        for crops, elsewhere in _by_photo(asked):
            kept = elsewhere & ~np.isin(asked.groups, out)
            yield crops, Gallery(tuple(asked.shown_skus[kept].tolist()), asked.shown[kept])


def _by_photo(asked: Asked) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]]:
    """Crops, and which pictures are from other photos."""
    apart = ~np.isin(asked.photos, asked.shown_photos)
    if apart.any():
        yield np.flatnonzero(apart), np.ones(len(asked.shown), bool)
    for photo in np.unique(asked.photos[~apart]):
        yield np.flatnonzero(asked.photos == photo), asked.shown_photos != photo


def main(unseen: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Ask every gallery, and print."""
    model = load_session(zoo_folder() / EMBEDDER)
    assert isinstance(model.manifest, EmbedderManifest)
    calibration = model.manifest.embedder.calibration
    strangers = read_strangers(model.folder, model.original)
    figures = {}
    for name, (queries, pictures) in galleries(SHARED, unseen).items():
        vectors = embed_with(model)(queries)
        looks = {"one look": embed_with(model)(pictures), "views": embed_pictures_with(model)(pictures)}
        for look, shown in looks.items():
            asked = asked_of(vectors, shown, queries, pictures)
            by_share = {f"{share:g}": named(asked, calibration, strangers, share) for share in SHARES}
            figures[f"{name}, {look}"] = by_share
    say(figures)


if __name__ == "__main__":
    run(main)
