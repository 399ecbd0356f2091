"""Which part of the shelves a question is about: filters by place and by product.

Filters of one kind widen (this brand or that), filters of different kinds narrow (this brand in that region).
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from cloud.analytics.query.known import UNKNOWN, Known
from facings.errors import BadInputError

MOST_VALUES = 1_000


class Filter(BaseModel):
    """What a question is narrowed to; an empty list narrows nothing."""

    outlet: list[str] = Field(default=[], description="outlets, by id")
    region: list[str] = Field(default=[], description="regions of outlets")
    outlet_class: list[str] = Field(default=[], description="classes of outlets")
    cooler: list[str] = Field(default=[], description="coolers, by id")
    brand: list[str] = Field(default=[], description="brands of products")
    owner: list[str] = Field(default=[], description="owners of brands")
    category: list[str] = Field(default=[], description="categories of products")
    pack: list[str] = Field(default=[], description="packs of products")
    group: list[str] = Field(default=[], description="own, competitor or unknown")
    sku: list[str] = Field(default=[], description="products, by SKU; '' for those that could not be named")


_OF_OUTLETS = {"outlet": "outlet", "region": "region", "outlet_class": "class"}
_OF_PRODUCTS = ("brand", "owner", "category", "pack", "group", "sku")


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters, worked out; None is everything."""

    outlets: frozenset[str] | None = None
    coolers: frozenset[str] | None = None
    skus: frozenset[str] | None = None
    excluded_skus: frozenset[str] | None = None
    """In place of `skus`, where the filter takes in what the catalogue does not know."""

    def has_sku(self, sku: str) -> bool:
        """Whether a SKU is inside."""
        if self.excluded_skus is not None:
            return sku not in self.excluded_skus
        return self.skus is None or sku in self.skus

    @property
    def of_products(self) -> bool:
        """Whether it is narrowed to some products."""
        return self.skus is not None or self.excluded_skus is not None

    def has_cooler(self, cooler: str, outlet: str) -> bool:
        """Whether a cooler that stands in an outlet is inside."""
        return (self.coolers is None or cooler in self.coolers) and (self.outlets is None or outlet in self.outlets)


EVERYTHING = Scope()


def scope(wanted: Filter, known: Known) -> Scope:
    """The coolers, outlets and SKUs that the filters leave.

    Raises:
        BadInputError: too many values, an outlet, cooler or SKU that there is not, or a group that does not exist.
    """
    for name, values in wanted:
        if len(values) > MOST_VALUES:
            raise BadInputError(f"{name} has {len(values):,} values: give at most {MOST_VALUES:,}, or none for all")
    _refuse_unknown("outlet", wanted.outlet, known.outlets.keys() if wanted.outlet else ())
    _refuse_unknown("cooler", wanted.cooler, known.coolers.keys() if wanted.cooler else ())
    _refuse_unknown("group", wanted.group, ("own", "competitor", UNKNOWN))
    skus, excluded = _skus(wanted, known)
    return Scope(_outlets(wanted, known), frozenset(wanted.cooler) if wanted.cooler else None, skus, excluded)


def _refuse_unknown(what: str, given: list[str], known: object) -> None:
    missing = sorted(set(given) - set(known))  # type: ignore[call-overload]
    if missing:
        raise BadInputError(f"there is no {what} {', '.join(repr(one) for one in missing[:5])}: correct it or leave it")


def _outlets(wanted: Filter, known: Known) -> frozenset[str] | None:
    asked = {dimension: getattr(wanted, field) for field, dimension in _OF_OUTLETS.items() if getattr(wanted, field)}
    if not asked:
        return None
    return frozenset(
        outlet
        for outlet in known.outlets
        if all(known.outlet_value(dimension, outlet) in values for dimension, values in asked.items())
    )


def _skus(wanted: Filter, known: Known) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    asked = {dimension: getattr(wanted, dimension) for dimension in _OF_PRODUCTS if getattr(wanted, dimension)}
    if not asked:
        return None, None

    def has(sku: str) -> bool:
        return all(known.product_value(dimension, sku) in values for dimension, values in asked.items())

    # Lines may name SKUs that the catalogue does not have; where those are meant too, only the others can be listed.
    inside = frozenset(filter(has, known.products))
    strange = [sku for sku in asked.get("sku", ()) if sku not in known.products and has(sku)]
    if "sku" not in asked and all((UNKNOWN if one == "group" else "") in values for one, values in asked.items()):
        return None, frozenset(known.products) - inside
    return inside | frozenset(strange), None
