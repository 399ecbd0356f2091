"""/api/v1/new-products: unknown products that were seen, for a person to name once."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Response
from sqlalchemy import select

from cloud.api.deps import LIVE, CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import not_found
from cloud.api.headers import A_WHILE, FOREVER
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId, page_of
from cloud.catalog.newcomers import service
from cloud.catalog.newcomers.comparison import as_it_stands
from cloud.catalog.newcomers.models import Newcomer, NewcomerState, Sighting
from cloud.catalog.newcomers.schemas import Named, Naming, NewProductAnswer
from facings.errors import PhotoError

PREFIX = "/api/v1/new-products"
router = APIRouter(prefix=PREFIX, tags=["galleries"], route_class=CommittingRoute)


@router.get("")
def list_new_products(
    session: SessionDep, state: NewcomerState | None = None, after: AfterNumber = None, limit: Limit = 100
) -> Page[NewProductAnswer]:
    """New products, in the order they were first met."""
    conditions = [Newcomer.state == state] if state else []
    rows, further = page_of(session, select(Newcomer), Newcomer.id, after, limit, *conditions)
    return Page(items=[NewProductAnswer.of(seen, PREFIX) for seen in service.seen(session, rows)], next=further)


@router.get("/{newcomer_id}")
def show_new_product(session: SessionDep, newcomer_id: RecordId) -> NewProductAnswer:
    """One new product: where it was seen, how often, and its crops."""
    newcomer = service.newcomer_named(session, newcomer_id)
    return NewProductAnswer.of(service.seen(session, [newcomer])[0], PREFIX)


@router.get("/crops/{crop_id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def show_crop(session: SessionDep, services: ServicesDep, crop_id: RecordId) -> Response:
    """The part of a photo that shows a new product."""
    sighting = session.scalar(select(Sighting).where(Sighting.id == crop_id))
    if sighting is None:
        raise not_found("crop", crop_id)
    try:
        picture = service.crop_of(session, services, sighting)
    except PhotoError as error:
        raise not_found("crop", crop_id) from error
    return Response(picture.content, media_type="image/jpeg", headers={"cache-control": FOREVER})


@router.get("/{newcomer_id}/lookalike", response_class=Response, responses={200: {"content": {"image/*": {}}}})
def show_lookalike(session: SessionDep, services: ServicesDep, who: CallerDep, newcomer_id: RecordId) -> Response:
    """The product that it looks like, cut out of a latest photo on which that is named, to compare them."""
    newcomer = service.newcomer_named(session, newcomer_id)
    like = service.seen(session, [newcomer])[0].looks_like
    if like is None:
        raise not_found("likeness of new product", newcomer_id)
    try:
        picture = as_it_stands(session, services, who.tenant, newcomer_id, like.sku)
    except PhotoError as error:
        raise not_found(f"picture of {like.sku} for new product", newcomer_id) from error
    media_type = "image/png" if picture.suffix == "png" else "image/jpeg"
    return Response(picture.content, media_type=media_type, headers={"cache-control": A_WHILE})


@router.post("/{newcomer_id}/name", dependencies=LIVE)
def name_new_product(
    session: SessionDep,
    services: ServicesDep,
    who: ManagerDep,
    background: BackgroundTasks,
    newcomer_id: RecordId,
    body: Naming,
) -> Named:
    """Say what it is: its crops become pictures of that product, and every device gets the new gallery at once."""
    version = service.name(session, services, who, newcomer_id, body.sku, body.product, body.without)
    background.add_task(services.galleries.announce, who.tenant)
    return Named(new_product=show_new_product(session, newcomer_id), gallery_version=version.version)


@router.post("/{newcomer_id}/dismiss")
def dismiss_new_product(
    session: SessionDep, services: ServicesDep, who: ManagerDep, newcomer_id: RecordId
) -> NewProductAnswer:
    """Say that it is nothing to be named; nobody is asked about it again."""
    service.dismiss(session, services, who, newcomer_id)
    return show_new_product(session, newcomer_id)
