"""From what vision reads on the photos of several cameras to the one observation of their cooler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.observe import DECIMALS, image_of, quality_of, shown_by, that_fits
from edge.uplink.spool import SpooledPhoto
from edge.vision.photo import Photo
from edge.vision.reading import PhotoQuality, ShelfReading
from facings.messages import CoolerPart, Observation, Quality, Timing, View

NOT_ALL_SEEN = "part of the cooler was not seen"


@dataclass(frozen=True)
class Taken:
    """A photo that could be decoded."""

    spooled: SpooledPhoto
    photo: Photo


@dataclass(frozen=True)
class CameraView:
    """What came of one camera at an occasion: a photo, or the problem that there is none."""

    camera: str
    shows: CoolerPart
    taken: Taken | None = None
    problem: str = ""


def observation_of_all(
    envelope: dict[str, Any], views: Sequence[CameraView], reading: ShelfReading, vision_ms: float
) -> Observation:
    """The message for one occasion. What was not seen makes it `poor`, and lowers its confidence and its coverage.

    Args:
        envelope: of the message.
        views: all cameras of the device; one of them at least has a photo.
        reading: of the photos that there are, in this order.
        vision_ms: milliseconds that the reading took.
    """
    with_photo = [number for number, view in enumerate(views) if view.taken]
    qualities = dict(zip(with_photo, _qualities(reading), strict=True))
    linked = dict(zip(with_photo, [view.linked for view in reading.views] or [False], strict=True))
    told = tuple(_view(view, qualities.get(n), linked.get(n, False)) for n, view in enumerate(views))
    photos = [view.taken.spooled for view in views if view.taken]
    main = next((n for n in with_photo if not told[n].problem), with_photo[0])
    message = Observation(
        schema_id=Observation.OF_SEVERAL_PHOTOS,
        **envelope,
        photo_id=told[main].photo_id,
        camera=views[main].camera,
        trigger=photos[0].trigger,
        quality=_quality(reading.quality, told),
        image=told[main].image,
        timing=Timing(
            due_at=photos[0].due_at,
            taken_at=max(photo.taken_at for photo in photos),
            vision_ms=round(vision_ms, 1),
        ),
        confidence=round(reading.confidence * len(with_photo) / len(views), DECIMALS),
        views=told,
        coverage=round(sum(not view.problem for view in told) / len(told), DECIMALS),
        **shown_by(reading, with_photo),
    )
    return that_fits(message)


def _qualities(reading: ShelfReading) -> list[PhotoQuality]:
    return [view.quality for view in reading.views] or [reading.quality]


def _view(view: CameraView, quality: PhotoQuality | None, overlaps: bool) -> View:
    if view.taken is None or quality is None:
        return View(camera=view.camera, shows=view.shows, problem=view.problem)
    unusable = quality.verdict == "unusable"
    return View(
        camera=view.camera,
        shows=view.shows,
        photo_id=view.taken.spooled.photo_id,
        image=image_of(view.taken.spooled, view.taken.photo),
        quality=quality_of(quality),
        overlaps=overlaps,
        problem=("; ".join(quality.reasons) or "the photo is unusable") if unusable else "",
    )


def _quality(of_all: PhotoQuality, views: Sequence[View]) -> Quality:
    """The verdict on all photos together; the reasons are those of the photos that were read, each once."""
    read = [view.quality for view in views if view.quality and not view.problem]
    if not read:
        return quality_of(of_all)
    reasons = dict.fromkeys(reason for quality in read for reason in quality.reasons)
    if len(read) == len(views):
        return quality_of(replace(of_all, reasons=tuple(reasons)))
    return quality_of(replace(of_all, verdict="poor", reasons=(*reasons, NOT_ALL_SEEN)))
