"""What stands in front on each shelf of a photo, from the top and from the left; and what a planogram wants there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cloud.outlets.models import Lane, Planogram
from facings.messages import Observation, Product

UNNAMED = ""
"""Instead of a SKU: a product that no gallery knows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One facing seen: `row` from the top, `place` from the left, both from 0; `units` that share its column."""

    row: int
    place: int
    sku: str
    confidence: float = 1.0
    units: int = 1


Shelves = Sequence[Sequence[Standing]]
"""Facings by shelf; an empty shelf is an empty sequence."""


def shelves_of(seen: Observation) -> list[list[Standing]]:
    """The facings of a photo.

    Products of one column are one facing: what stands on or behind the front one shares its column. The facing has the
    name that its surest product in front has.
    """
    columns: dict[tuple[int, int], list[Product]] = defaultdict(list)
    for product in seen.products:
        columns[product.row, product.column].append(product)
    rows: list[list[Standing]] = [[] for _ in range(max([seen.rows, *(row + 1 for row, _ in columns)]))]
    for (row, _column), products in sorted(columns.items()):
        front = [product for product in products if product.front]
        if front:
            surest = max(front, key=lambda product: product.sku_confidence)
            place = len(rows[row])
            rows[row].append(Standing(row, place, surest.sku or UNNAMED, surest.sku_confidence, len(products)))
    return rows


def wanted(plan: Planogram) -> list[list[str]]:
    """SKUs by shelf and place; of a priority list, one row in the order of importance."""
    return [[lane["sku"] for lane in row] for row in plan.rows]


def lanes_of(shelves: Shelves) -> list[list[Lane]]:
    """The planogram that `shelves` show; facings without a name are left out.

    A lane is as deep as units were seen in its column: what is hidden behind them must be added by hand.
    """
    return [[Lane(sku=one.sku, depth=one.units) for one in row if one.sku != UNNAMED] for row in shelves]


def standing(rows: Iterable[Iterable[str]]) -> list[list[Standing]]:
    """Facings seen for certain, by their SKUs.

    Example:
        >>> [[one.place for one in row] for row in standing(["ab", "", "c"])]
        [[0, 1], [], [0]]
    """
    return [[Standing(row, place, sku) for place, sku in enumerate(skus)] for row, skus in enumerate(rows)]
