"""Which categories of a COCO file are products: our own label files also box gaps, price tags and persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PRODUCT = "product"
"""`supercategory` of every category that is a SKU, or `product` itself."""


def other_category_ids(categories: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Ids of the categories that are no products: where some have the supercategory `product`, all others.

    A file that says it of none, as most files of others, holds products only.

    Example:
        >>> other_category_ids([{"id": 1, "name": "gap"}, {"id": 11, "supercategory": "product"}])
        frozenset({1})
        >>> other_category_ids([{"id": 1, "name": "can"}, {"id": 2, "name": "bottle"}])
        frozenset()
    """
    listed = list(categories)
    others = [category for category in listed if category.get("supercategory") != PRODUCT]
    return frozenset(int(category["id"]) for category in others if len(others) < len(listed))
