"""`Crops`: every labelled product of a customer's photos as an embedding, boxed by hand and by the detector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge.vision.boxes import iou
from edge.vision.detect import detect
from edge.vision.detections import FloatArray
from edge.vision.embed import embed
from edge.vision.zoo import LoadedModel
from models.evaluation.judged import assign
from models.evaluation.truth import NamedPhoto, sizes


@dataclass(frozen=True, eq=False)
class Crops:
    """Products of labelled photos.

    Attributes:
        vectors: (N, D) embeddings.
        skus: (N,) what each is.
        photos: (N,) number of the photo it is from.
        boxes: (N, 4) where in that photo.
        labelled: (N,) the box is a label; else one of the detector's that overlaps it best.
    """

    vectors: FloatArray
    skus: npt.NDArray[np.str_]
    photos: npt.NDArray[np.intp]
    boxes: FloatArray
    labelled: npt.NDArray[np.bool_]

    def take(self, which: npt.NDArray[np.generic]) -> Crops:
        """Those at `which`, positions or a mask."""
        return Crops(self.vectors[which], self.skus[which], self.photos[which], self.boxes[which], self.labelled[which])


def read_crops(photos: Iterable[NamedPhoto], detector: LoadedModel, embedder: LoadedModel) -> Crops:
    """The products of every photo; of each also the detector's box, since that is what will be asked about later.

    Raises:
        BadInputError: a photo cannot be read.
    """
    vectors, skus, numbers, boxes, labelled = [], [], [], [], []
    for number, photo in enumerate(photos):
        pixels = photo.pixels()
        found = detect(detector, pixels).boxes
        of = assign(iou(found, photo.boxes), 0.5)
        every = np.concatenate([photo.boxes, found[of >= 0]])
        if not len(every):
            continue
        vectors.append(embed(embedder, pixels, every))
        skus += [*photo.skus, *(photo.skus[label] for label in of[of >= 0])]
        numbers += [number] * len(every)
        boxes.append(every)
        labelled += [True] * len(photo.boxes) + [False] * int((of >= 0).sum())
    return Crops(
        np.concatenate(vectors),
        np.array(skus, np.str_),
        np.array(numbers, np.intp),
        np.concatenate(boxes),
        np.array(labelled, bool),
    )


def choose_pictures(crops: Crops, per_sku: int) -> npt.NDArray[np.intp]:
    """Positions of the labelled crops that go into the gallery: of each SKU the largest, first one of every photo."""
    chosen: list[int] = []
    size = sizes(crops.boxes)
    for sku in np.unique(crops.skus):
        own = np.flatnonzero((crops.skus == sku) & crops.labelled)
        ordered = own[np.argsort(-size[own], kind="stable")].tolist()
        chosen += _varied(ordered, crops.photos)[:per_sku]
    return np.array(chosen, np.intp)


def _varied(ordered: Sequence[int], photos: npt.NDArray[np.intp]) -> list[int]:
    """The same positions, the first of each photo before the others."""
    seen: set[int] = set()
    first = [at for at in ordered if photos[at] not in seen and not seen.add(int(photos[at]))]  # type: ignore[func-returns-value]
    return [*first, *(at for at in ordered if at not in set(first))]
