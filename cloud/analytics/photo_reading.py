"""What a photo says of each SKU planned in its cooler: from an observation to the readings of the stock-out rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.absence import Reading
from cloud.analytics.camera_frames import Frames, frames_of
from cloud.analytics.places import Places, Shown, Sight, Spot, places_of
from cloud.analytics.refills import OFTEN, Holes, holes_in, refilled
from cloud.audits.observed import ObservationColumns
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Planogram

HIDDEN = 0.4
"""A photo on which a missing SKU is less likely than this to be none of the unnamed products says nothing of it."""


@dataclass(frozen=True)
class Plan:
    """What is planned in a cooler, and where."""

    skus: frozenset[str]
    places: Places

    EMPTY: ClassVar[Plan]


Plan.EMPTY = Plan(frozenset(), places_of((), {}))


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What a usable photo says: units and confidence of each SKU on it, and of the products it could not name."""

    at: datetime
    observation: uuid.UUID
    confidence: float
    skus: Mapping[str, tuple[int, float]]
    unnamed: tuple[int, float] = (0, 1.0)
    """How many, and how sure it is that each is none of the gallery's SKUs."""
    sight: Sight | None = None
    """What stands where, as far as that is known."""
    cameras: tuple[str, ...] = ()
    """Of the device, by the number of their photos, where there are several."""
    unseen: frozenset[str] = frozenset()
    """Those of them whose part of the cooler was not seen."""

    def of(self, sku: str, planned: Set[str]) -> Reading:
        """What its names alone say of one of the `planned` SKUs.

        A SKU that was not named is missing, or is one of the unnamed products: each of these that is in the gallery
        after all is taken to be any of the missing SKUs alike. Where none was named, the device may have lost its
        gallery: that says nothing.
        """
        if sku in self.skus:
            return Reading(self.at, *self.skus[sku])
        units, none_of_them = self.unnamed
        missing = len(planned - self.skus.keys())
        not_among_unnamed = (1 - (1 - none_of_them) / missing) ** units
        says = not_among_unnamed >= HIDDEN and bool(self.skus or not units)
        confidence = self.confidence * not_among_unnamed
        return Reading(self.at, 0, confidence, usable=says, nameless=1 - not_among_unnamed)


@dataclass(frozen=True, slots=True)
class OverPlan:
    """A photo laid over the planogram of its cooler.

    Attributes:
        spots: what stands in the lanes of each planned SKU; None where the photo cannot be laid over it.
        gravity_feed: the cooler's units slide forward.
        refilled: chance that the cooler was filled up since the photo before.
    """

    photo: PhotoReading
    plan: Plan
    spots: Mapping[str, tuple[Spot, ...]] | None
    gravity_feed: bool = False
    refilled: float = OFTEN

    def of(self, sku: str) -> Reading:
        """What it says of a planned SKU: by its lanes, else by the names alone."""
        lanes = len(self.plan.places.of[sku])
        if self.spots is None and self.photo.unseen:
            return Reading(self.photo.at, 0, 0.0, usable=False, lanes=lanes)
        if self.spots is None:
            return replace(self.photo.of(sku, self.plan.skus), lanes=lanes, gravity_feed=self.gravity_feed)
        units, confidence = self.photo.skus.get(sku, (0, self.photo.confidence))
        return Reading(
            self.photo.at,
            units,
            confidence,
            usable=_says(self.spots[sku]),
            spots=self.spots[sku],
            lanes=lanes,
            refilled=self.refilled,
            gravity_feed=self.gravity_feed,
        )


def over_plan(
    photos: Iterable[PhotoReading],
    plan: Plan,
    holes: Holes,
    *,
    gravity_feed: bool = False,
    whole: PhotoReading | None = None,
) -> list[OverPlan]:
    """Photos of a cooler laid over its planogram.

    Args:
        photos: in the order they were taken.
        plan: the planogram.
        holes: showed the photo before them.
        gravity_feed: the cooler's units slide forward.
        whole: the last photo before them that showed the whole cooler; needed where the first of them shows a part.
    """
    laid = []
    frames = _frames(whole, plan) if whole else None
    for photo in photos:
        if not photo.unseen:
            frames = _frames(photo, plan)
        shown = _shown(photo, plan, frames)
        if shown is None:
            laid.append(OverPlan(photo, plan, None, gravity_feed))
            continue
        spots = {sku: tuple(shown.at(sku, plan.places)) for sku in plan.skus}
        laid.append(OverPlan(photo, plan, spots, gravity_feed, refilled(holes, spots)))
        now = {sku: holes_in(seen) if _says(seen) else holes.get(sku, ()) for sku, seen in spots.items()}
        holes = {sku: found for sku, found in now.items() if found}
    return laid


def _says(spots: Sequence[Spot]) -> bool:
    """Whether lanes say something of their SKU: where some went unseen, it may stand there, unless it was seen."""
    return "unseen" not in spots or "itself" in spots


def _shown(photo: PhotoReading, plan: Plan, frames: Frames | None) -> Shown | None:
    if not photo.sight or not plan.skus:
        return None
    if not photo.unseen:
        return photo.sight.over(plan.places)
    seen = frozenset(photo.cameras) - photo.unseen
    return frames.over(photo.sight, photo.cameras, seen, plan.places) if frames else None


def _frames(whole: PhotoReading, plan: Plan) -> Frames | None:
    if not whole.sight or not whole.cameras or not plan.skus:
        return None
    laid = whole.sight.laid(plan.places) if whole.sight.skus else None
    return frames_of(whole.sight, laid, whole.cameras, plan.places) if laid else None


@dataclass(frozen=True, slots=True)
class NewPhotos:
    """The usable photos of one cooler that a batch brought, also those of a part of it."""

    cooler: Cooler
    photos: Sequence[PhotoReading]
    known_until: datetime | None
    """When the newest photo was taken that was known before; None: the cooler has had none."""
    age: timedelta
    """How old the newest of them was when it arrived, by the wall clock of the device."""


def photo_of(message: ObservationColumns, device: str) -> PhotoReading:
    """The reading of an observation of a device."""
    named = message.lines.named()
    unnamed = named.pop("", (0, 1.0))
    cameras = tuple(f"{device}/{view.camera}" for view in message.views)
    problems = [view.problem for view in message.views]
    unseen = frozenset(camera for camera, problem in zip(cameras, problems, strict=True) if problem)
    sure = _of_what_was_seen(message) if unseen else message.confidence
    return PhotoReading(message.captured_at, message.id, sure, named, unnamed, message.products.sight, cameras, unseen)


def _of_what_was_seen(message: ObservationColumns) -> float:
    """How sure the photos that there are are of themselves: the device tells less of it for each camera without one."""
    taken = sum(view.photo_id is not None for view in message.views)
    return min(message.confidence * len(message.views) / max(taken, 1), 1.0)


def plans_of(session: Session, coolers: Iterable[Cooler]) -> Mapping[int, Plan]:
    """What is planned in some coolers, by planogram."""
    ids = {cooler.planogram_id for cooler in coolers if cooler.planogram_id is not None}
    plans = session.scalars(select(Planogram).where(Planogram.id.in_(ids))).all()
    skus = {plan.id: frozenset(lane["sku"] for row in plan.rows for lane in row) for plan in plans}
    every = frozenset[str]().union(*skus.values())
    found = session.execute(select(Product.sku, Product.width_mm).where(Product.sku.in_(every)))
    widths = {sku: width for sku, width in found if width}
    return {plan.id: Plan(skus[plan.id], places_of(plan.rows, widths)) for plan in plans}
