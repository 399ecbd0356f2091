"""The categories of a COCO file: which are products, as ours also box gaps, price tags and persons; and their SKUs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

PRODUCT = "product"
"""`supercategory` of every category that is a SKU, or `product` itself."""


NOT_PRODUCTS = frozenset({"gap", "void", "price-tag", "person", "foreign"})
"""Names, of a category or of its supercategory, that are no products in a file that says of none that it is one."""


def sku_of(name: str) -> str:
    """A category's name as a SKU id.

    Example:
        >>> sku_of("Coca-Cola Zero 0.5L")
        'coca-cola-zero-0-5l'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def other_category_ids(categories: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Ids of the categories that are no products: where some have the supercategory `product`, all others.

    In a file that says it of none, as most files of others, all but those of `NOT_PRODUCTS` are products.

    Example:
        >>> other_category_ids([{"id": 1, "name": "shelf"}, {"id": 11, "name": "cola", "supercategory": "product"}])
        frozenset({1})
        >>> other_category_ids([{"id": 1, "name": "can"}, {"id": 2, "name": "Price tag"}])
        frozenset({2})
    """
    listed = list(categories)
    told = any(category.get("supercategory") == PRODUCT for category in listed)
    return frozenset(int(category["id"]) for category in listed if not _is_product(category, told))


def _is_product(category: Mapping[str, Any], told: bool) -> bool:
    if told:
        return bool(category.get("supercategory") == PRODUCT)
    words = {sku_of(str(category.get(key, ""))) for key in ("name", "supercategory")}
    return not words & NOT_PRODUCTS
