"""`VisionChain`: from a photo to its `ShelfReading`, stage by stage."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edge.vision.acceptance import FALSE_ACCEPT
from edge.vision.arrange import arrange, unusable
from edge.vision.counts import CountErrors, read_count_errors
from edge.vision.detect import survey
from edge.vision.detections import PRICE_TAG, PRODUCT, Detections, FloatArray
from edge.vision.embed import embed
from edge.vision.gallery import Gallery, Names, read_gallery
from edge.vision.gallery_union import united
from edge.vision.looks import looks_of
from edge.vision.merge import merge
from edge.vision.neighbours import with_neighbours
from edge.vision.photo import Photo
from edge.vision.price_tags import tagged
from edge.vision.prices import Price, read_prices
from edge.vision.quality import judge
from edge.vision.reading import ShelfReading
from edge.vision.sighting import Sighting
from edge.vision.surroundings import doubted, reconsidered
from edge.vision.upright import judged_by_turning
from edge.vision.zoo import (
    DetectorManifest,
    EmbedderManifest,
    LoadedModel,
    Precision,
    PriceReaderManifest,
    load_session,
    zoo_folder,
)
from facings.errors import BadInputError, UnavailableError
from facings.messages import CoolerPart

log = logging.getLogger(__name__)

DETECTOR = "product-detector"
EMBEDDER = "sku-embedder"
PRICE_READER = "price-reader"
WEAK_FROM = 0.5
"""Detections from this share of the threshold on are kept as weak: not counted, but no gap is seen under them."""


@dataclass(frozen=True)
class _Recogniser:
    model: LoadedModel
    manifest: EmbedderManifest
    gallery: Gallery
    tells_looks: bool

    def name(self, photo: Photo, found: Detections, vectors: FloatArray) -> Names:
        helped = with_neighbours(vectors, found.boxes)
        names = self.gallery.nearest(helped, self.manifest.embedder.calibration, found.boxes)
        if not self.tells_looks:
            return names
        known = np.array([sku is not None for sku in names.skus], bool)
        size = (photo.width, photo.height)
        return replace(names, looks=looks_of(vectors, known, found.boxes, found.scores, size))


@dataclass(frozen=True)
class _Stages:
    detector: LoadedModel
    threshold: float
    recogniser: _Recogniser | None
    models: dict[str, str]
    errors: CountErrors | None = None
    price_reader: LoadedModel | None = None


class VisionChain:
    """Quality gate, detection, recognition, arrangement. `read` may be called from many threads at once.

    Args:
        gallery: folder of SKU pictures; without one every product is unknown.
        zoo: folder of the models; the shipped ones where it is None.
        threads: threads of ONNX Runtime for one photo.
        detector: folder name of the detector in the zoo.
        embedder: folder name of the embedder in the zoo.
        tells_looks: give unknown products their looks, also where there is no gallery at all.
        false_accept: share of the products of no SKU in the gallery that may be given a name.
        precision: `int8` uses the 8-bit copies of models that have one, where this processor computes them right.
    """

    def __init__(
        self,
        gallery: Path | None = None,
        zoo: Path | None = None,
        threads: int = 1,
        detector: str = DETECTOR,
        embedder: str = EMBEDDER,
        tells_looks: bool = False,
        false_accept: float = FALSE_ACCEPT,
        precision: Precision = "int8",
    ) -> None:
        self._gallery = gallery
        self._zoo = zoo
        self._threads = threads
        self._detector = detector
        self._embedder = embedder
        self._tells_looks = tells_looks
        self._published: Path | None = None
        self._false_accept = false_accept
        self._precision = precision
        self._lock = threading.Lock()
        self._stages: _Stages | None = None

    @property
    def models(self) -> dict[str, str]:
        """Name -> sha256 of the models in use."""
        return self._loaded().models

    @property
    def originals(self) -> frozenset[str]:
        """The sha256 of the models in use; of an 8-bit copy, that of the float32 file that it is made of."""
        stages = self._loaded()
        recogniser = [stages.recogniser.model.original] if stages.recogniser else []
        return frozenset([stages.detector.original, *recogniser])

    @property
    def gallery(self) -> str | None:
        """Fingerprint of the gallery in use; None without one."""
        recogniser = self._loaded().recogniser
        return (recogniser.gallery.fingerprint or None) if recogniser else None

    @property
    def gallery_problems(self) -> tuple[str, ...]:
        """Pictures of the gallery that could not be used, and why."""
        recogniser = self._loaded().recogniser
        return recogniser.gallery.problems if recogniser else ()

    @property
    def skus(self) -> frozenset[str]:
        """The SKUs that can be told; none without a gallery."""
        recogniser = self._loaded().recogniser
        return frozenset(recogniser.gallery.skus) if recogniser else frozenset()

    def load(self) -> None:
        """Load the models and the gallery; a second call loads both anew, so a changed gallery is taken up.

        Raises:
            UnavailableError: a model is missing.
            BadInputError: a model or the gallery cannot be used.
        """
        zoo = self._zoo or zoo_folder()
        detector = load_session(zoo / self._detector, self._threads, self._precision)
        if not isinstance(detector.manifest, DetectorManifest):
            raise BadInputError(f"{zoo / self._detector} holds no detector.")
        models = {detector.manifest.name: detector.manifest.sha256}
        recogniser = self._load_recogniser(zoo, self._own(self._published))
        errors = _errors(zoo, detector.original)
        reader = _load_price_reader(zoo, self._threads, self._precision)
        if reader:
            models[reader.manifest.name] = reader.manifest.sha256
        stages = _Stages(detector, detector.manifest.detector.score_threshold, None, models, errors, reader)
        self._stages = _with_recogniser(stages, recogniser)

    def use_gallery(self, folder: Path) -> None:
        """Name products by the gallery in `folder` too from the next photo on, beside the chain's own; it takes the
        place of the one used so before. A photo being read keeps the gallery it has.

        Raises:
            BadInputError: the gallery cannot be used; the present one stays.
        """
        stages = self._loaded()
        present = stages.recogniser.model if stages.recogniser else None
        recogniser = self._load_recogniser(self._zoo or zoo_folder(), self._own(folder), present)
        self._published = folder
        self._stages = _with_recogniser(stages, recogniser)

    def read(self, photo: Photo) -> ShelfReading:
        """Everything the photo says; of an unusable photo, only why it is unusable."""
        stages, seen = self._loaded(), self.look(photo)
        if seen.quality.verdict == "unusable":
            return unusable(seen.size, seen.quality, stages.models)
        reading = arrange(
            seen.size, seen.found, seen.names, seen.quality, stages.models, seen.weak, photo.pixels, stages.errors
        )
        return tagged(reconsidered(reading, seen.sights), seen)

    def look(self, photo: Photo) -> Sighting:
        """What the models see on the photo; nothing on an unusable one."""
        stages, size, quality = self._loaded(), (photo.width, photo.height), judge(photo)
        if quality.verdict == "unusable":
            return Sighting(size, Detections.empty(), Detections.empty(), Names.unknown(0), quality)
        sights = survey(stages.detector, photo.pixels, WEAK_FROM * stages.threshold)
        quality, seen = doubted(quality, sights, size), sights.of(PRODUCT)
        sure = seen.scores >= stages.threshold
        found, weak = seen.take(sure), seen.take(~sure)
        quality = judged_by_turning(quality, stages.detector, photo.pixels, found)
        if quality.verdict == "unusable":
            return Sighting(size, Detections.empty(), Detections.empty(), Names.unknown(0), quality)
        prices = _prices(stages.price_reader, photo, sights)
        if stages.recogniser is None:
            return Sighting(size, found, weak, Names.unknown(len(found)), quality, sights, prices=prices)
        vectors = embed(stages.recogniser.model, photo.pixels, found.boxes)
        names = stages.recogniser.name(photo, found, vectors)
        return Sighting(size, found, weak, names, quality, sights, vectors, prices)

    def read_together(self, photos: Sequence[Photo], shows: Sequence[CoolerPart] = ()) -> ShelfReading:
        """Everything that several photos of one cooler, taken at the same time, say: each product counts once.

        Args:
            photos: at least one.
            shows: the part of the cooler that each shows, where that is known.

        Raises:
            ValueError: there is no photo.
        """
        if len(photos) == 1:
            return self.read(photos[0])
        stages = self._loaded()
        views = [self.look(photo) for photo in photos]
        return merge(views, stages.models, [photo.pixels for photo in photos], stages.errors, shows)

    def _own(self, published: Path | None) -> tuple[Path, ...]:
        return tuple(folder for folder in (self._gallery, published) if folder is not None)

    def _load_recogniser(
        self, zoo: Path, folders: tuple[Path, ...], model: LoadedModel | None = None
    ) -> _Recogniser | None:
        if not folders:
            log.info("no gallery: every product will be unknown")
            if not self._tells_looks:
                return None
        model = model or load_session(zoo / self._embedder, self._threads, self._precision)
        if not isinstance(model.manifest, EmbedderManifest):
            raise BadInputError(f"{zoo / self._embedder} holds no embedder.")
        gallery = Gallery((), np.zeros((0, model.manifest.embedder.dimensions), np.float32))
        for folder in folders:
            read = read_gallery(folder, model, self._false_accept)
            for problem in read.problems:
                log.warning("gallery %s: %s", folder, problem)
            if not read.skus:
                log.warning("the gallery %s holds no picture", folder)
            gallery = united(gallery, read, model, self._false_accept) if gallery.fingerprint else read
        return _Recogniser(model, model.manifest, gallery, self._tells_looks)

    def _loaded(self) -> _Stages:
        with self._lock:
            if self._stages is None:
                self.load()
            assert self._stages is not None
            return self._stages


def _with_recogniser(stages: _Stages, recogniser: _Recogniser | None) -> _Stages:
    models = dict(stages.models)
    if recogniser:
        models[recogniser.manifest.name] = recogniser.manifest.sha256
    return replace(stages, recogniser=recogniser, models=models)


def _load_price_reader(zoo: Path, threads: int, precision: Precision) -> LoadedModel | None:
    """The zoo's reader of price tags; a zoo of one's own may have none, and then no tag is told.

    Raises:
        BadInputError: it cannot be used.
    """
    folder = zoo / PRICE_READER
    if not folder.is_dir():
        return None
    model = load_session(folder, threads, precision)
    if not isinstance(model.manifest, PriceReaderManifest):
        raise BadInputError(f"{folder} holds no price reader.")
    return model


def _prices(model: LoadedModel | None, photo: Photo, sights: Detections) -> tuple[Price, ...]:
    """What each price tag of a photo says; nothing of any without a model."""
    if model is None:
        return ()
    assert isinstance(model.manifest, PriceReaderManifest)
    sure_from = model.manifest.price_reader.sure_from
    prices = read_prices(model, photo.pixels, sights.of(PRICE_TAG).boxes)
    return tuple(price if price.confidence >= sure_from else Price("", 1 - price.confidence) for price in prices)


def _errors(zoo: Path, detector: str) -> CountErrors | None:
    """What is learned of the errors of the zoo's models, the detector's file having this sha256; a zoo of one's own may
    have none. Those of an 8-bit copy are taken to be its original's."""
    try:
        errors = read_count_errors(zoo)
    except UnavailableError as error:
        log.warning("doubts of counts are guessed from scores alone: %s", error)
        return None
    if errors.detector != detector:
        log.warning("doubts of counts were learned with another detector: run `facings models counts fit`")
    return errors
