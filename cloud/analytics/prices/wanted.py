"""The price that a tag ought to say: the catalogue's, or while a price cut runs in the outlet, the lower one.

Prices are in hundredths, of the currency of the outlet's tags: tags name none that could be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.catalog.models import Product
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.service import promoted_outlets

TOLERANCE = 0.01
"""A tag is right within this part of the price, and within one hundredth."""


@dataclass(frozen=True, slots=True)
class PriceCut:
    """A lower price of some SKUs in some outlets, from the first to the last day, both included."""

    skus: frozenset[str]
    outlets: frozenset[str]
    first: date
    last: date
    discount: float


def catalogue_prices(session: Session) -> Mapping[str, int]:
    """The price of each SKU that has one."""
    rows = session.execute(select(Product.sku, Product.price).where(Product.price.is_not(None)))
    return {sku: round(100 * price) for sku, price in rows if price}


def price_cuts(session: Session, first: date, last: date) -> Sequence[PriceCut]:
    """The promotions that lower prices between two days."""
    rows = session.scalars(
        select(Promotion).where(
            Promotion.discount.is_not(None),
            Promotion.mechanic == "price-cut",
            Promotion.first <= last,
            Promotion.last >= first,
        )
    )
    return [
        PriceCut(
            frozenset(row.skus),
            frozenset(outlet.id for outlet in promoted_outlets(session, row)),
            row.first,
            row.last,
            row.discount or 0.0,
        )
        for row in rows
    ]


def wanted(price: int, discount: float) -> int:
    """The price that a tag ought to say.

    Example:
        >>> wanted(250, 0.0), wanted(250, 0.2)
        (250, 200)
    """
    return round(price * (1 - discount))


def right(said: int, ought: int) -> bool:
    """Whether a tag says what it ought to.

    Example:
        >>> right(200, 201), right(199, 219)
        (True, False)
    """
    return abs(said - ought) <= max(TOLERANCE * ought, 1)


def discount_of(cuts: Collection[PriceCut], sku: str, outlet: str, day: date) -> float:
    """The deepest cut of a SKU's price in an outlet on a day; 0 where there is none."""
    return max(
        (cut.discount for cut in cuts if sku in cut.skus and outlet in cut.outlets and cut.first <= day <= cut.last),
        default=0.0,
    )
