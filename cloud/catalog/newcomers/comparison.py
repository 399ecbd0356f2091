"""How the product that a newcomer looks like stands in the coolers: somebody who sees both side by side can tell a poor
view of it from a new flavour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.audits.archive import find_photo
from cloud.audits.models import LatestObservation, Photo
from cloud.catalog.galleries.pictures import Picture, cut, decoded
from cloud.catalog.galleries.service import pictures_of
from cloud.catalog.newcomers.models import NewcomerCooler
from cloud.services import Services
from facings.errors import PhotoError
from facings.messages import Product

MOST_COOLERS = 200
"""Whose latest photos are asked; those in which the newcomer was seen come first."""
MOST_PHOTOS = 4
"""Opened, those that are surest of the product first."""


def as_it_stands(session: Session, services: Services, tenant: str, newcomer: int, sku: str) -> Picture:
    """A product, cut out of the latest photos: of coolers where the newcomer was seen if it stands there, else of
    others; else a picture of the gallery.

    Raises:
        PhotoError: no photo shows it, and the gallery has no picture of it.
        UnavailableError: the photo store does not answer.
    """
    here = set(session.scalars(select(NewcomerCooler.cooler_id).where(NewcomerCooler.newcomer_id == newcomer)))
    for one in _latest_with(session, sku, here)[:MOST_PHOTOS]:
        photo = find_photo(session, services.facts, tenant, one.photo_id)
        found = photo.observation if photo else None
        if found is None:
            continue
        for product in _surest_first(found.products, sku):
            shows = one.photo_id if product.view is None else found.views[product.view].photo_id
            stored = session.get(Photo, (tenant, shows)) if shows else None
            if stored is not None and stored.stored_at is not None:
                try:
                    return cut(decoded(services.photos.read(stored.path)), product.box)
                except PhotoError:
                    continue
    for row in pictures_of(session, sku):
        return Picture(services.photos.read(row.path), row.suffix, row.width, row.height)
    raise PhotoError(f"no photo shows {sku!r}, and the gallery has no picture of it")


def _latest_with(session: Session, sku: str, here: set[str]) -> Sequence[LatestObservation]:
    """The latest photos that name a product, those of the coolers `here` first, the surest first."""
    wanted = select(LatestObservation).order_by(
        LatestObservation.cooler_id.in_(here).desc(), LatestObservation.cooler_id
    )
    found = [
        (one, confidence)
        for one in session.scalars(wanted.limit(MOST_COOLERS))
        if (confidence := max((line["confidence"] for line in one.lines if line["sku"] == sku), default=None))
    ]
    return [one for one, _ in sorted(found, key=lambda each: (each[0].cooler_id not in here, -each[1]))]


def _surest_first(products: Sequence[Product], sku: str) -> Iterator[Product]:
    """Those of a SKU; what stands in front before what stands behind."""
    mine = (product for product in products if product.sku == sku)
    yield from sorted(mine, key=lambda one: (not one.front, -one.score * one.sku_confidence))
