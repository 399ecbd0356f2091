"""What a device would say of a shelf: its truth, seen with the errors of vision."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from datasets.products.packs import Catalogue
from datasets.products.stock import Lane, Unit
from facings.messages import Box, Gap, Line, Product
from firmware_sim.fleet.errors import Deciles, VisionErrors
from firmware_sim.world.state import ShelfState


@dataclass(frozen=True)
class Seen:
    """What one photo would have shown."""

    lines: tuple[Line, ...]
    products: tuple[Product, ...]
    gaps: tuple[Gap, ...]
    rows: int
    confidence: float


class Eye:
    """Sees shelves as the daemon's vision would, with errors drawn from what was measured.

    Args:
        catalogue: what may be taken for what.
        errors: how often.
        chance: where the draws come from.
    """

    def __init__(self, catalogue: Catalogue, errors: VisionErrors, chance: random.Random) -> None:
        self._errors, self._chance = errors, chance
        self._skus = catalogue.skus()
        self._brand = {pack.sku: pack.brand for pack in catalogue}

    def look(self, state: ShelfState) -> Seen:
        """One photo of this shelf."""
        products: list[Product] = []
        gaps: list[Gap] = []
        for number, row in enumerate(state.rows):
            self._look_at_row(number, row, len(state.rows), products, gaps)
        self._add_false(len(state.rows), products, gaps)
        sure = [product.score * product.sku_confidence for product in products]
        mean = sum(sure) / len(sure) if sure else 1.0
        return Seen(lines_of(products), tuple(products), tuple(gaps), len(state.rows), mean)

    def _look_at_row(
        self, number: int, row: Sequence[Lane], rows: int, products: list[Product], gaps: list[Gap]
    ) -> None:
        whole, sure = sum(lane.width_mm for lane in row), self._errors.confidence
        left, column = 0.0, 0
        for lane in row:
            place = _place(left / whole, lane.width_mm / whole, number, rows)
            left += lane.width_mm
            first = next((depth for depth, unit in enumerate(lane.places) if unit), None)
            if first is None:
                if self._happens(self._errors.gap_seen):
                    gaps.append(self._gap(place, number, sure.gap))
                continue
            if self._happens(self._errors.front(first)):
                products += self._stack(_unit(lane, first), place, number, column)
                column += 1
            elif self._happens(self._errors.gap_instead(first)):
                gaps.append(self._gap(place, number, sure.gap_where_missed))
            for depth in range(first + 1, len(lane.places)):
                if lane.places[depth] and self._happens(self._errors.behind(depth - first)):
                    products.append(self._product(_unit(lane, depth).sku, _raised(place), number, column, front=False))

    def _stack(self, unit: Unit, place: Box, row: int, column: int) -> list[Product]:
        """The unit and those that stand on it, as products of one column."""
        return [self._product(sku, place, row, column, front=True) for sku in (unit.sku, *unit.stacked)]

    def _product(self, sku: str, place: Box, row: int, column: int, *, front: bool) -> Product:
        named, sureness = self._name(sku)
        return Product(
            box=place,
            sku=named,
            score=self._drawn(self._errors.confidence.score),
            sku_confidence=self._drawn(sureness),
            row=row,
            column=column,
            front=front,
        )

    def _name(self, sku: str) -> tuple[str | None, Deciles]:
        """What the product is called, and how sure vision is of it."""
        named, sure = self._errors.named, self._errors.confidence
        draw = self._chance.random()
        if draw < named.right:
            return sku, sure.right
        if draw < named.right + named.unknown:
            return None, sure.unknown
        sisters = [other for other in self._skus if other != sku and self._brand[other] == self._brand.get(sku)]
        if draw < named.right + named.unknown + named.sister and sisters:
            return self._chance.choice(sisters), sure.wrong
        return self._chance.choice(self._skus), sure.wrong

    def _add_false(self, rows: int, products: list[Product], gaps: list[Gap]) -> None:
        for _ in range(self._poisson(self._errors.false_per_photo)):
            row, left = self._chance.randrange(rows), self._chance.uniform(0, 0.9)
            products.append(
                self._product(self._chance.choice(self._skus), _place(left, 0.08, row, rows), row, 0, front=True)
            )
        fronts = [product for product in products if product.front]
        for _ in range(self._poisson(self._errors.gap_false_per_photo) if fronts else 0):
            # They tell of no empty or overlooked lane: beside a product that is seen, before one that stands back.
            beside = self._chance.choice(fronts)
            gaps.append(self._gap(beside.box, beside.row, self._errors.confidence.gap_false))

    def _happens(self, chance: float) -> bool:
        return self._chance.random() < chance

    def _gap(self, place: Box, row: int, sureness: Deciles) -> Gap:
        return Gap(box=place, row=row, confidence=self._drawn(sureness))

    def _drawn(self, among: Deciles) -> float:
        """A draw from a distribution that is told by its quantiles at equal steps."""
        at = self._chance.random() * (len(among) - 1)
        below = int(at)
        return round(among[below] + (at - below) * (among[below + 1] - among[below]), 4)

    def _poisson(self, mean: float) -> int:
        """Knuth's method: multiply draws until they fall below exp(-mean)."""
        count, product, limit = 0, self._chance.random(), math.exp(-mean)
        while product > limit:
            count += 1
            product *= self._chance.random()
        return count


def lines_of(products: Sequence[Product]) -> tuple[Line, ...]:
    """One line per SKU, the unknown last: the sums that the daemon's `arrange` makes of its products."""
    groups: dict[str | None, list[Product]] = defaultdict(list)
    for product in products:
        groups[product.sku].append(product)
    whole = sum(product.box.w for product in products if product.front)
    lines = []
    for sku, members in groups.items():
        sure = [product.score * product.sku_confidence for product in members]
        width = sum(product.box.w for product in members if product.front)
        lines.append(
            Line(
                sku=sku,
                units=len(members),
                facings=sum(product.front for product in members),
                linear_share=min(width / whole, 1.0) if whole else 0.0,
                confidence=sum(sure) / len(sure),
                count_sd=math.sqrt(sum(p * (1 - p) for p in sure)),
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.sku is None, -line.facings, -line.units, line.sku or "")))


def _unit(lane: Lane, depth: int) -> Unit:
    unit = lane.places[depth]
    assert unit is not None
    return unit


def _place(left: float, width: float, row: int, rows: int) -> Box:
    """A box in a photo that shows the shelf from edge to edge, rows of one height."""
    return Box(x=round(left, 4), y=round((row + 0.15) / rows, 4), w=round(width * 0.95, 4), h=round(0.8 / rows, 4))


def _raised(place: Box) -> Box:
    """What shows above the unit in front."""
    return Box(x=place.x, y=round(place.y * 0.97, 4), w=place.w, h=round(place.h * 0.3, 4))
