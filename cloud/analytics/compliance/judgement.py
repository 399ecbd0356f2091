"""How many planned facings a photo shows as planned, at four levels.

- present: facings of planned SKUs anywhere in the cooler, of each SKU no more than planned;
- shelf: those on their shelf, of each SKU and shelf no more than planned there;
- position: those in the order of their shelf, as many as fit into one order (the longest common subsequence);
- count: planned facings of the SKUs that have exactly as many facings as planned.

Position never exceeds shelf, shelf never exceeds present. A priority list names no places: it is judged by presence
and count alone.

What is not sure widens the interval: a facing named with probability p has the variance p (1 - p); facings without a
name may be the missing ones, with the probability that they are in the gallery after all, and only raise the upper end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from cloud.analytics.compliance.alignment import kept, shelf_numbers
from cloud.analytics.compliance.shelf import UNNAMED, Shelves, Standing
from cloud.analytics.measures import Z
from facings.messages import Estimate

LEVELS = ("present", "shelf", "position", "count")
OF_PLACES = ("shelf", "position")
"""Levels that only a planogram of places has."""

Place = tuple[int, int]
"""Shelf from the top and place from the left, both from 0."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Facings as planned at each level, out of those planned; means where it stands for several photos."""

    planned: float
    present: float
    shelf: float | None
    position: float | None
    count: float
    variance: float
    """Of the error of the facings as planned."""
    unnamed: float
    """How many of the facings without a name are expected to be in the gallery after all."""

    def facings(self, level: str) -> float | None:
        """Facings as planned at `level`; None where the planogram does not have it."""
        value: float | None = getattr(self, level)
        return value


@dataclass(frozen=True, slots=True)
class Matched:
    """Each facing that stands in its place, and what is left over on both sides."""

    kept: Sequence[tuple[Place, Standing]]
    missing: Sequence[tuple[Place, str]]
    """Planned places that nothing fills, with their SKUs."""
    surplus: Sequence[Standing]
    """Facings that fill no place; `row` is the planned shelf's number where the shelf has one."""


def matched(planned: Sequence[Sequence[str]], seen: Shelves) -> Matched:
    """Fill the places of a planogram with the facings of a photo, in order."""
    numbers = shelf_numbers(planned, seen)
    shelves = [
        [Standing(numbers.get(one.row, one.row), one.place, one.sku, one.confidence, one.units) for one in row]
        for row in seen
    ]
    of_planned = {number: shelves[row] for row, number in numbers.items()}
    in_place = []
    for number, skus in enumerate(planned):
        row = of_planned.get(number, [])
        pairs = kept(skus, [one.sku for one in row])
        in_place += [((number, place), row[other]) for place, other in pairs]
    filled = {place for place, _ in in_place}
    used = {id(one) for _, one in in_place}
    missing = [
        ((number, place), sku)
        for number, skus in enumerate(planned)
        for place, sku in enumerate(skus)
        if (number, place) not in filled
    ]
    return Matched(in_place, missing, [one for row in shelves for one in row if id(one) not in used])


def judge(planned: Sequence[Sequence[str]], seen: Shelves, *, ordered: bool = True) -> Judgement:
    """Judge a photo by the places of a planogram, or by a priority list where not `ordered`.

    Example:
        >>> from cloud.analytics.compliance.shelf import standing
        >>> judged = judge(["aab", "c"], standing(["ab", "bc"]))
        >>> judged.planned, judged.present, judged.shelf, judged.position, judged.count
        (4, 3, 3, 3, 1)
    """
    wanted = Counter(sku for row in planned for sku in row)
    every = [one for row in seen for one in row]
    stands = Counter(one.sku for one in every)
    named = [one for one in every if one.sku in wanted]
    return Judgement(
        planned=wanted.total(),
        present=(wanted & stands).total(),
        shelf=_on_shelf(planned, seen) if ordered else None,
        position=len(matched(planned, seen).kept) if ordered else None,
        count=sum(places for sku, places in wanted.items() if stands[sku] == places),
        variance=sum(one.confidence * (1 - one.confidence) for one in named),
        unnamed=sum(1 - one.confidence for one in every if one.sku == UNNAMED),
    )


def _on_shelf(planned: Sequence[Sequence[str]], seen: Shelves) -> int:
    numbers = shelf_numbers(planned, seen)
    return sum(
        (Counter(planned[number]) & Counter(one.sku for one in seen[row])).total() for row, number in numbers.items()
    )


def compliance(judgements: Sequence[Judgement], level: str) -> Estimate | None:
    """Facings as planned / facings planned, over independent `judgements`; None where none of them has `level`."""
    judged = [(one, facings) for one in judgements if (facings := one.facings(level)) is not None and one.planned]
    planned = sum(one.planned for one, _ in judged)
    if not planned:
        return None
    right = sum(facings for _, facings in judged)
    perhaps = sum(min(one.unnamed, one.planned - facings) for one, facings in judged)
    return complied(planned, right, sum(one.variance for one, _ in judged), perhaps)


def complied(planned: float, right: float, variance: float, perhaps: float) -> Estimate:
    """Facings as planned / facings planned, of which there are some: `right` with its `variance`, and so many more as
    may stand there without a name."""
    reach = Z * sqrt(variance)
    return Estimate(
        value=round(right / planned, 4),
        low=round(max(right - reach, 0) / planned, 4),
        high=round(min(right + reach + perhaps, planned) / planned, 4),
    )
