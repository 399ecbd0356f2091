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
from cloud.analytics.places import Places, Sight, Spot, places_of
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
        if self.spots is None:
            return replace(self.photo.of(sku, self.plan.skus), lanes=lanes, gravity_feed=self.gravity_feed)
        units, confidence = self.photo.skus.get(sku, (0, self.photo.confidence))
        return Reading(
            self.photo.at,
            units,
            confidence,
            spots=self.spots[sku],
            lanes=lanes,
            refilled=self.refilled,
            gravity_feed=self.gravity_feed,
        )


def over_plan(
    photos: Iterable[PhotoReading], plan: Plan, holes: Holes, *, gravity_feed: bool = False
) -> list[OverPlan]:
    """Photos of a cooler, in the order they were taken, laid over its planogram; `holes` showed the one before them."""
    laid = []
    for photo in photos:
        shown = photo.sight.over(plan.places) if photo.sight and plan.skus else None
        if shown is None:
            laid.append(OverPlan(photo, plan, None, gravity_feed))
            continue
        spots = {sku: tuple(shown.at(sku, plan.places)) for sku in plan.skus}
        laid.append(OverPlan(photo, plan, spots, gravity_feed, refilled(holes, spots)))
        holes = {sku: found for sku, seen in spots.items() if (found := holes_in(seen))}
    return laid


@dataclass(frozen=True, slots=True)
class NewPhotos:
    """The usable photos of one cooler that a batch brought."""

    cooler: Cooler
    photos: Sequence[PhotoReading]
    known_until: datetime | None
    """When the newest photo was taken that was known before."""
    age: timedelta
    """How old the newest of them was when it arrived, by the wall clock of the device."""


def photo_of(message: ObservationColumns) -> PhotoReading:
    """The reading of an observation."""
    named = message.lines.named()
    unnamed = named.pop("", (0, 1.0))
    return PhotoReading(message.captured_at, message.id, message.confidence, named, unnamed, message.products.sight)


def plans_of(session: Session, coolers: Iterable[Cooler]) -> Mapping[int, Plan]:
    """What is planned in some coolers, by planogram."""
    ids = {cooler.planogram_id for cooler in coolers if cooler.planogram_id is not None}
    plans = session.scalars(select(Planogram).where(Planogram.id.in_(ids))).all()
    skus = {plan.id: frozenset(lane["sku"] for row in plan.rows for lane in row) for plan in plans}
    every = frozenset[str]().union(*skus.values())
    found = session.execute(select(Product.sku, Product.width_mm).where(Product.sku.in_(every)))
    widths = {sku: width for sku, width in found if width}
    return {plan.id: Plan(skus[plan.id], places_of(plan.rows, widths)) for plan in plans}
