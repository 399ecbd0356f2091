"""Naming newcomers: what a person decides about a 'new product?'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError, not_found
from cloud.audits.models import Photo
from cloud.catalog.galleries.models import GalleryVersion
from cloud.catalog.galleries.pictures import Picture, cut, decoded
from cloud.catalog.galleries.service import keep_picture, publish
from cloud.catalog.models import Product
from cloud.catalog.newcomers.gathering import most_different, unit_looks
from cloud.catalog.newcomers.likeness import Likeness, likeness
from cloud.catalog.newcomers.models import Newcomer, NewcomerCooler, Sighting
from cloud.catalog.schemas import ProductBody
from cloud.catalog.service import put_product
from cloud.identity.service import Caller, record
from cloud.services import Services
from facings.errors import PhotoError, UnavailableError
from facings.messages import Box

PICTURES = 5
"""So many crops of a newcomer become pictures of its product."""


@dataclass(frozen=True)
class Seen:
    """A newcomer with where it was seen: cooler -> sightings, its examples, the largest first, and its likeness."""

    newcomer: Newcomer
    coolers: dict[str, int]
    examples: Sequence[Sighting]
    looks_like: Likeness | None

    @property
    def sightings(self) -> int:
        """How often it was seen in all."""
        return sum(self.coolers.values())


def seen(session: Session, newcomers: Sequence[Newcomer]) -> list[Seen]:
    """Where newcomers were seen, in the same order."""
    ids = [newcomer.id for newcomer in newcomers]
    counts = session.scalars(select(NewcomerCooler).where(NewcomerCooler.newcomer_id.in_(ids))).all()
    examples: dict[int | None, list[Sighting]] = defaultdict(list)
    for one in session.scalars(select(Sighting).where(Sighting.newcomer_id.in_(ids))):
        examples[one.newcomer_id].append(one)
    told = {one.resembles for own in examples.values() for one in own if one.resembles}
    products = set(session.scalars(select(Product.sku).where(Product.sku.in_(sorted(told)))))
    return [
        Seen(
            newcomer,
            {row.cooler_id: row.sightings for row in counts if row.newcomer_id == newcomer.id},
            sorted(examples[newcomer.id], key=lambda one: -one.w * one.h),
            likeness([one.resembles for one in examples[newcomer.id]], products),
        )
        for newcomer in newcomers
    ]


def newcomer_named(session: Session, number: int) -> Newcomer:
    """The newcomer of this number.

    Raises:
        ApiError: 404 where there is none.
    """
    found = session.scalar(select(Newcomer).where(Newcomer.id == number))
    if found is None:
        raise not_found("new product", number)
    return found


def crop_of(session: Session, services: Services, sighting: Sighting) -> Picture:
    """The sighting's part of its photo.

    Raises:
        PhotoError: the photo is not stored, or cannot be used.
        UnavailableError: the photo store does not answer.
    """
    photo = session.get(Photo, (sighting.tenant_id, sighting.photo_id))
    if photo is None or photo.stored_at is None:
        raise PhotoError(f"photo {sighting.photo_id} has not come yet, or is kept no longer")
    return cut(decoded(services.photos.read(photo.path)), _box(sighting))


def name(
    session: Session,
    services: Services,
    caller: Caller,
    number: int,
    sku: str,
    product: ProductBody | None = None,
    without: Collection[int] = (),
) -> GalleryVersion:
    """Say once what a newcomer is: its crops become pictures of that product, and a new gallery is published.

    Call `services.galleries.announce` once the session is committed.

    Args:
        session: of the caller's tenant, for writing.
        services: the running cloud.
        caller: who decides.
        number: of the newcomer.
        sku: what it is.
        product: the product to add; None where it is one of the catalogue already.
        without: examples that show something else.

    Raises:
        ApiError: 404 without such a newcomer or product; 409 where it is decided already, the new product's SKU is
            taken, or no crop can be made.
    """
    newcomer = _open(session, number)
    _settle_product(session, caller, sku, product)
    examples = [one for one in seen(session, [newcomer])[0].examples if one.id not in without]
    kept = 0
    for picture in _pictures(session, services, examples):
        keep_picture(session, services, caller, sku, picture, "photo")
        kept += 1
    if not kept:
        raise ApiError(
            409, "none of its photos can be used", "wait for the photos to come in, or add pictures of the product"
        )
    _decide(services, newcomer, caller, "named", sku)
    record(session, caller, "newcomer.name", sku, {"newcomer": number, "pictures": kept})
    return publish(session, services, caller, f"named {sku}")


def dismiss(session: Session, services: Services, caller: Caller, number: int) -> Newcomer:
    """Say that a newcomer is nothing to be named; nobody is asked about it again.

    Raises:
        ApiError: 404 without such a newcomer; 409 where it is decided already.
    """
    newcomer = _open(session, number)
    _decide(services, newcomer, caller, "dismissed", None)
    record(session, caller, "newcomer.dismiss", str(number))
    return newcomer


def _open(session: Session, number: int) -> Newcomer:
    newcomer = newcomer_named(session, number)
    if newcomer.state != "open":
        said = f"named {newcomer.sku!r}" if newcomer.sku else newcomer.state
        raise ApiError(409, f"this new product is {said} already", "list the open ones")
    return newcomer


def _settle_product(session: Session, caller: Caller, sku: str, product: ProductBody | None) -> None:
    found = session.get(Product, (caller.tenant, sku))
    if product is None and found is None:
        raise not_found("product", sku)
    if product is not None and found is not None:
        raise ApiError(409, f"there is a product {sku!r} already", "choose it, or another SKU")
    if product is not None:
        put_product(session, caller, sku, product)
        session.flush()


def _pictures(session: Session, services: Services, examples: Sequence[Sighting]) -> list[Picture]:
    """Up to five crops that differ, as far as their photos are there."""
    crops: list[tuple[Sighting, Picture]] = []
    for example in examples:
        try:
            crops.append((example, crop_of(session, services, example)))
        except (PhotoError, UnavailableError):
            continue
    if not crops:
        return []
    looks = unit_looks([example.look for example, _ in crops])
    return [crops[index][1] for index in most_different(looks, PICTURES)]


def _decide(services: Services, newcomer: Newcomer, caller: Caller, state: str, sku: str | None) -> None:
    newcomer.state, newcomer.sku = state, sku
    newcomer.decided_at, newcomer.decided_by = services.clock.now(), caller.actor


def _box(sighting: Sighting) -> Box:
    return Box(x=sighting.x, y=sighting.y, w=sighting.w, h=sighting.h)
