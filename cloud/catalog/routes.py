"""/api/v1/products."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import or_, select

from cloud.api.deps import LIVE, CallerDep, ManagerDep, SessionDep
from cloud.api.reading import answered_page, existing
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import After, Limit, Page
from cloud.catalog import service
from cloud.catalog.models import Product
from cloud.catalog.schemas import Imported, ProductAnswer, ProductBody, ProductImport
from facings.ids import Slug

router = APIRouter(prefix="/api/v1/products", tags=["catalog"], route_class=CommittingRoute)

Contained = Annotated[str | None, Query(min_length=1, max_length=100, description="part of the name or SKU")]


@router.get("")
def list_products(
    session: SessionDep,
    brand: Annotated[str | None, Query(max_length=100)] = None,
    own: bool | None = None,
    gtin: Annotated[str | None, Query(max_length=14)] = None,
    contains: Contained = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[ProductAnswer]:
    """Products in the order of their SKUs."""
    wanted = select(Product)
    if brand is not None:
        wanted = wanted.where(Product.brand == brand)
    if own is not None:
        wanted = wanted.where(Product.own == own)
    if gtin is not None:
        wanted = wanted.where(Product.gtin == gtin)
    if contains is not None:
        columns = (Product.name, Product.name_zh, Product.sku)
        wanted = wanted.where(or_(*(column.icontains(contains, autoescape=True) for column in columns)))
    return answered_page(ProductAnswer, session, wanted, Product.sku, after, limit)


@router.put("", dependencies=LIVE)
def import_products(body: ProductImport, who: ManagerDep, session: SessionDep) -> Imported:
    """Add or change many products at once, all or none; the others stay."""
    return service.import_products(session, who, body.products)


@router.get("/{sku}")
def get_product(sku: Slug, who: CallerDep, session: SessionDep) -> ProductAnswer:
    """One product."""
    return ProductAnswer.model_validate(existing(session, Product, (who.tenant, sku), "product"))


@router.put(
    "/{sku}", dependencies=LIVE, responses={201: {"model": ProductAnswer, "description": "The product is new."}}
)
def put_product(
    sku: Slug, body: ProductBody, who: ManagerDep, session: SessionDep, response: Response
) -> ProductAnswer:
    """Add a product, or change it: fields left out take their defaults."""
    product, outcome = service.put_product(session, who, sku, body)
    session.flush()
    if outcome == "added":
        response.status_code = 201
    return ProductAnswer.model_validate(product)
