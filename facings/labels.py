"""Which categories of a COCO file are products: our own label files also box gaps, price tags and persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PRODUCT = "product"
"""`supercategory` of every category that is a SKU, or `product` itself."""


def product_category_ids(categories: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Ids of the categories that are products: those whose `supercategory` says so, or all where none does.

    Example:
        >>> sorted(product_category_ids([{"id": 1, "name": "gap"}, {"id": 11, "supercategory": "product"}]))
        [11]
        >>> sorted(product_category_ids([{"id": 1, "name": "can"}, {"id": 2, "name": "bottle"}]))
        [1, 2]
    """
    listed = list(categories)
    said = [category for category in listed if category.get("supercategory") == PRODUCT]
    return frozenset(int(category["id"]) for category in said or listed)
