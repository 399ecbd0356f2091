"""Keeping the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError
from cloud.api.upsert import Outcome, upsert
from cloud.catalog.models import Product
from cloud.catalog.schemas import Imported, ProductBody, ProductRow
from cloud.identity.service import Caller, record


def put_product(session: Session, caller: Caller, sku: str, body: ProductBody) -> tuple[Product, Outcome]:
    """Add or change a product.

    Raises:
        ApiError: 409 where another SKU has its GTIN.
    """
    holder = session.scalar(select(Product.sku).where(Product.gtin == body.gtin)) if body.gtin else None
    if holder not in (None, sku):
        raise ApiError(409, f"GTIN {body.gtin} of {sku!r} is that of {holder!r}", "correct one of the two")
    key = {"tenant_id": caller.tenant, "sku": sku}
    product, outcome = upsert(session, Product, key, body.model_dump(exclude={"sku"}))
    if outcome != "unchanged":
        record(session, caller, f"product.{outcome}", sku)
    return product, outcome


def import_products(session: Session, caller: Caller, rows: Sequence[ProductRow]) -> Imported:
    """Add or change many products, all or none.

    Raises:
        ApiError: 422 where a SKU comes twice; 409 where another SKU has a GTIN.
    """
    twice = [sku for sku, times in Counter(row.sku for row in rows).items() if times > 1]
    if twice:
        raise ApiError(422, f"these SKUs come twice: {', '.join(twice[:5])}", "leave one of each")
    outcomes = Counter(put_product(session, caller, row.sku, row)[1] for row in rows)
    return Imported(added=outcomes["added"], changed=outcomes["changed"], unchanged=outcomes["unchanged"])
