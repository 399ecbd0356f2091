"""`CountedPhoto`: one labelled photo as the device sees it, and what of that was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge.vision.boxes import areas, intersections, iou
from edge.vision.chain import WEAK_FROM
from edge.vision.detect import detect
from edge.vision.detections import Detections
from edge.vision.embed import embed
from edge.vision.gallery import Gallery, Names, read_gallery
from edge.vision.neighbours import with_neighbours
from edge.vision.photo import Photo
from edge.vision.quality import judge as judge_quality
from edge.vision.sighting import Sighting
from edge.vision.zoo import DetectorManifest, EmbedderManifest, LoadedModel
from facings.errors import BadInputError
from models.coco import LEAST_VISIBLE
from models.counts.config import PhotoSet
from models.detector.photoset import read_pixels
from models.evaluation.judged import MOSTLY_IGNORED, assign
from models.evaluation.truth import NamedPhoto, read_named
from models.onboarding.crops import Crops, choose_pictures

UNKNOWN = ""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CountedPhoto:
    """A sighting and its truth.

    Attributes:
        seen: what the device sees; detections on regions that the labels leave open are taken out.
        there: (N,) the product found is one.
        named: (N,) and it is named rightly; False where it is none.
        labelled: how many products of each SKU there are; those of no SKU of the gallery under ''.
    """

    seen: Sighting
    there: Bools
    named: Bools
    labelled: Counter[str]

    @property
    def lines(self) -> dict[str, list[int]]:
        """The products counted, by SKU."""
        members: dict[str, list[int]] = {}
        for position, sku in enumerate(self.seen.names.skus):
            members.setdefault(sku or UNKNOWN, []).append(position)
        return members


@dataclass(frozen=True)
class CountingEyes:
    """The models of a device."""

    detector: LoadedModel
    embedder: LoadedModel

    @property
    def threshold(self) -> float:
        """The score from which a detection counts.

        Raises:
            BadInputError: the detector is none.
        """
        if not isinstance(self.detector.manifest, DetectorManifest):
            raise BadInputError(f"{self.detector.manifest.name} is no detector.")
        return self.detector.manifest.detector.score_threshold

    def see(self, photo: NamedPhoto, gallery: Gallery | None) -> CountedPhoto:
        """Look at a photo as a device does, and match it with its labels.

        Raises:
            BadInputError: the photo cannot be read.
        """
        pixels = read_pixels(photo.path)
        seen = detect(self.detector, pixels, WEAK_FROM * self.threshold)
        sure = seen.scores >= self.threshold
        found, weak = _on_labelled(seen.take(sure), photo), _on_labelled(seen.take(~sure), photo)
        height, width = pixels.shape[:2]
        quality = judge_quality(Photo(pixels, "", b"", "image/jpeg"))
        return counted(photo, Sighting((width, height), found, weak, self._names(pixels, found, gallery), quality),
                       None if gallery is None else frozenset(gallery.skus))  # fmt: skip

    def _names(self, pixels: npt.NDArray[np.uint8], found: Detections, gallery: Gallery | None) -> Names:
        if gallery is None:
            return Names.unknown(len(found))
        assert isinstance(self.embedder.manifest, EmbedderManifest)
        vectors = embed(self.embedder, pixels, found.boxes)
        calibration = self.embedder.manifest.embedder.calibration
        return gallery.nearest(with_neighbours(vectors, found.boxes), calibration, found.boxes)


def counted(photo: NamedPhoto, seen: Sighting, skus: frozenset[str] | None) -> CountedPhoto:
    """Match a sighting with a photo's labels; `skus` are those of the gallery, None without one."""
    of = _matched(seen.found, photo)
    truth = [sku if skus is not None and sku in skus else UNKNOWN for sku in photo.skus]
    there = of >= 0
    pairs = zip(of, seen.names.skus, strict=True)
    named = np.array([at >= 0 and truth[at] == (sku or UNKNOWN) for at, sku in pairs], bool)
    return CountedPhoto(seen, np.asarray(there), named, Counter(truth))


def see_set(
    photos: PhotoSet, eyes: CountingEyes, along: Callable[[Iterable[NamedPhoto]], Iterable[NamedPhoto]] = iter
) -> list[CountedPhoto]:
    """Every photo of a set, beside its gallery; `along` may show progress.

    Raises:
        BadInputError: labels, photos or gallery cannot be read.
    """
    named = read_named(photos.labels, photos.images, LEAST_VISIBLE)
    gallery, rest = _gallery(photos, named, eyes)
    if photos.most is not None and len(rest) > photos.most:
        rest = [rest[round(i)] for i in np.linspace(0, len(rest) - 1, photos.most)]
    return [eyes.see(photo, gallery) for photo in along(rest)]


def _gallery(photos: PhotoSet, named: list[NamedPhoto], eyes: CountingEyes) -> tuple[Gallery | None, list[NamedPhoto]]:
    """The gallery of a set, and the photos that it is not made of."""
    if photos.gallery is not None:
        return read_gallery(photos.gallery, eyes.embedder), named
    if photos.pictures_from is not None:
        return _cut(read_named(photos.pictures_from, photos.images, LEAST_VISIBLE), photos, eyes), named
    share = round(photos.pictures_share * len(named))
    return (_cut(named[:share], photos, eyes) if share else None), named[share:]


def _cut(photos: list[NamedPhoto], settings: PhotoSet, eyes: CountingEyes) -> Gallery:
    """A gallery of labelled crops; only those chosen are looked at."""
    boxes = np.concatenate([photo.boxes for photo in photos])
    skus = np.array([sku for photo in photos for sku in photo.skus], np.str_)
    of = np.repeat(np.arange(len(photos)), [len(photo.skus) for photo in photos])
    crops = Crops(np.zeros((len(skus), 0), np.float32), skus, of, boxes, np.ones(len(skus), bool))
    chosen = choose_pictures(crops, settings.pictures)
    names, number = np.unique(skus, return_inverse=True)
    edges = np.floor(np.arange(len(names) + 1) * settings.strangers)
    known = edges[1:] == edges[:-1]
    chosen = chosen[known[number[chosen]]]
    chosen = chosen[np.argsort(of[chosen], kind="stable")]
    vectors = [
        embed(eyes.embedder, read_pixels(photos[number].path), boxes[chosen[of[chosen] == number]])
        for number in np.unique(of[chosen])
    ]
    return Gallery(tuple(str(sku) for sku in skus[chosen]), np.concatenate(vectors))


def _matched(found: Detections, photo: NamedPhoto) -> npt.NDArray[np.intp]:
    """The label of each detection, the surest first; -1: none."""
    order = np.argsort(-found.scores, kind="stable")
    of = np.full(len(found), -1, np.intp)
    of[order] = assign(iou(found.boxes, photo.boxes)[order], 0.5)
    return of


def _on_labelled(found: Detections, photo: NamedPhoto) -> Detections:
    """Without those that lie on regions which the labels leave open."""
    on_open = intersections(found.boxes, photo.ignored).max(axis=1, initial=0) > MOSTLY_IGNORED * areas(found.boxes)
    return found.take((_matched(found, photo) >= 0) | ~on_open)
