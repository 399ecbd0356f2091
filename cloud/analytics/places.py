"""Where each planned SKU should stand, and what a photo shows there.

A place is a lane of the planogram: its shelf row, and from where to where it reaches across the row, as parts of the
row's width. A photo is laid over the planogram by its rows and by the ends of its shelf: the left end is where most
rows begin, the right end where most rows end, empty places that were told counted in. What a row shows is then spread
over its lanes (`cloud.analytics.row_fit`).

Where a photo shows another number of rows, because a shelf is empty or something beside the cooler was taken for
products, its rows are matched with the planned ones in order, so that most products stand in a row where their SKU is
planned (a longest common subsequence, weighted by products); rows that find none say nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from cloud.analytics.row_fit import Place, Thing, spread
from cloud.outlets.models import Lane
from facings.messages import Gap, Product

Spot = Literal["itself", "unnamed", "other", "gap", "faint gap", "nothing", "unseen"]
"""What stands in a place of a SKU: the SKU, a product without a name, another SKU, a gap that was told, surely or not,
or neither a product nor a gap; or it was not seen, as the camera that shows it gave no photo."""

SURE_GAP = 0.55
"""A gap is sure from this confidence on: in the shipped week nine of ten that are told of empty lanes, and two of ten
others."""

MOSTLY = 0.6
"""Share of the named products that must stand in a row where they are planned, for rows to be matched by them."""

USUAL_WIDTH = 65.0
"""Of a lane in mm, where the catalogue does not tell: cans and small bottles."""


class Seen(Protocol):
    """An observation, or what else says what a photo shows."""

    @property
    def rows(self) -> int:
        """Shelf rows."""

    @property
    def products(self) -> tuple[Product, ...]:
        """Each with its box."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Each with its box."""


@dataclass(frozen=True)
class Places:
    """The lanes of a planogram: row by row, and by SKU as (row, number in the row)."""

    rows: Sequence[Sequence[Place]]
    of: Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the lanes of a planogram show on one photo.

    Attributes:
        spots: by row and lane the SKU of the front product, "" where it has no name, else one of EMPTY.
    """

    spots: Sequence[Sequence[str]]

    def at(self, sku: str, places: Places) -> list[Spot]:
        """What stands in each place of a SKU."""
        return [self.spot(row, lane, sku) for row, lane in places.of[sku]]

    def spot(self, row: int, lane: int, sku: str) -> Spot:
        """What stands in a lane, for one who looks for a SKU."""
        found = self.spots[row][lane]
        if found in EMPTY:
            return EMPTY[found]
        return "itself" if found == sku else "other" if found else "unnamed"

    def elsewhere(self, sku: str, places: Places) -> int:
        """In how many places of other SKUs it stands."""
        home = set(places.of.get(sku, ()))
        return sum(
            found == sku and (number, lane) not in home
            for number, row in enumerate(self.spots)
            for lane, found in enumerate(row)
        )


GAP, FAINT, NOTHING, UNSEEN = "/gap", "/faint", "/nothing", "/unseen"
"""No SKU is called so: a SKU has no slash."""
EMPTY: Mapping[str, Spot] = {GAP: "gap", FAINT: "faint gap", NOTHING: "nothing", UNSEEN: "unseen"}
"""What stands in a lane without a product."""


Front = tuple[str, int, float, float]
"""A product in front: its SKU, "" where it has no name, its row, and its left and right end across the photo."""

InPhoto = tuple[int, float, float, float, float]
"""Where something stands in the photo of one of several cameras: number of the photo, left, right, top and foot."""

Laid = tuple[int, float, float]
"""A row of the planogram, and from where to where across it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a photo shows in front, before it is laid over a planogram: products and gaps, their ends across the photo.

    Columns rather than objects: ingest holds the sights of a thousand photos at a time.
    """

    rows: int
    skus: tuple[str, ...]
    row_of: tuple[int, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
    in_photos: tuple[InPhoto, ...] = ()
    """Of each, where there are several cameras."""

    def over(self, places: Places) -> Shown | None:
        """Laid over a planogram; None where its rows cannot be told to be those of the photo.

        A photo good enough to be read that shows neither products nor gaps is of an empty cooler: there is nothing by
        which vision could tell rows and places.
        """
        if not self.skus:
            return Shown([[GAP] * len(row) for row in places.rows])
        laid = self.laid(places)
        if laid is None:
            return None
        things: list[list[Thing]] = [[] for _ in places.rows]
        for sku, place in zip(self.skus, laid, strict=True):
            if place is not None:
                row, begins, ends = place
                things[row].append(Thing(sku, begins, ends, sku in EMPTY))
        spots = []
        for lanes, seen in zip(places.rows, things, strict=True):
            shown = spread(lanes, seen) if lanes and seen else {}
            spots.append([shown.get(lane, NOTHING) for lane in range(len(lanes))])
        return Shown(spots)

    def laid(self, places: Places) -> list[Laid | None] | None:
        """Where in a planogram each thing stands: None if in no row of it, nothing at all where that cannot be told."""
        planned = range(self.rows) if self.rows == len(places.rows) else self._matched(places)
        if planned is None:
            return None
        left, right = self._ends(planned)
        if right <= left:
            return None
        width = right - left
        return [
            None if (row := planned[seen]) is None else (row, (begins - left) / width, (ends - left) / width)
            for seen, begins, ends in zip(self.row_of, self.left, self.right, strict=True)
        ]

    def _matched(self, places: Places) -> Sequence[int | None] | None:
        """Of each row of the photo the planned one, or None; None where most named products would be in no such row."""
        homes = {sku: {row for row, _ in lanes} for sku, lanes in places.of.items()}
        worth = [[0] * len(places.rows) for _ in range(self.rows)]
        named = 0
        for sku, row in zip(self.skus, self.row_of, strict=True):
            named += sku not in EMPTY and sku != ""
            for home in homes.get(sku, ()):
                worth[row][home] += 1
        planned, at_home = _in_order(worth)
        return planned if at_home > MOSTLY * named else None

    def _ends(self, planned: Sequence[int | None]) -> tuple[float, float]:
        """Where most rows begin and end, across the photo."""
        left: dict[int, float] = {}
        right: dict[int, float] = {}
        for row, begins, ends in zip(self.row_of, self.left, self.right, strict=True):
            if planned[row] is not None:
                left[row], right[row] = min(left.get(row, begins), begins), max(right.get(row, ends), ends)
        if not left:
            return 0.0, 0.0
        # Most rows are full: a quarter of them may lack their outermost products, and some may show what is none.
        last = len(left) - 1
        return sorted(left.values())[round(last * 0.25)], sorted(right.values())[round(last * 0.75)]


def sight_of(message: Seen) -> Sight:
    """What the photo of an observation shows."""
    front = [one for one in message.products if one.front]
    fronts = [(one.sku or "", one.row, *_ends(one)) for one in front]
    return sight(message.rows, fronts, message.gaps, list(_in_photos(front)))


def sight(rows: int, fronts: Sequence[Front], gaps: Iterable[Gap], in_photos: Sequence[InPhoto] = ()) -> Sight:
    """What a photo shows in so many rows: the products in front, and gaps; `in_photos` of these products."""
    gaps = tuple(gaps)
    seen = [*fronts, *((GAP if gap.confidence >= SURE_GAP else FAINT, gap.row, *_ends(gap)) for gap in gaps)]
    # A device may say anything, also of a row that is not there.
    there = [number for number, one in enumerate(seen) if one[1] < rows]
    if not there:
        return Sight(rows, (), (), (), ())
    boxes = [*in_photos, *_in_photos(gaps)]
    skus, row_of, left, right = zip(*(seen[one] for one in there), strict=True)
    in_their_photos = tuple(boxes[one] for one in there) if len(boxes) == len(seen) else ()
    return Sight(rows, skus, row_of, left, right, in_their_photos)


def _in_photos(some: Iterable[Product | Gap]) -> Iterator[InPhoto]:
    for one in some:
        if one.view is not None:
            box = one.box
            yield one.view, box.x, box.x + box.w, box.y, box.y + box.h


def _ends(one: Product | Gap) -> tuple[float, float]:
    box = one.place or one.box
    return box.x, box.x + box.w


def places_of(rows: Sequence[Sequence[Lane]], widths: Mapping[str, float]) -> Places:
    """The places of a planogram; `widths` of SKUs in mm, as far as they are known."""
    laid, of = [], defaultdict(list)
    for number, row in enumerate(rows):
        laid.append(list(_laid(number, [(lane["sku"], widths.get(lane["sku"], USUAL_WIDTH)) for lane in row])))
        for lane, planned in enumerate(row):
            of[planned["sku"]].append((number, lane))
    return Places(laid, dict(of))


def _laid(number: int, lanes: Sequence[tuple[str, float]]) -> Iterable[Place]:
    left, whole = 0.0, sum(width for _, width in lanes)
    for sku, width in lanes:
        yield Place(number, left / whole, (left + width) / whole, sku)
        left += width


def _in_order(worth: Sequence[Sequence[int]]) -> tuple[list[int | None], int]:
    """Matches rows with columns in order so that the sum of their `worth` is greatest: of each row its column, and the
    sum; rows and columns may stay alone."""
    columns = len(worth[0]) if worth else 0
    best = [[0] * (columns + 1) for _ in range(len(worth) + 1)]
    for row, worths in enumerate(worth):
        for column, gained in enumerate(worths):
            best[row + 1][column + 1] = max(best[row][column] + gained, best[row][column + 1], best[row + 1][column])
    matched: list[int | None] = [None] * len(worth)
    row, column = len(worth), columns
    while row and column:
        if best[row][column] == best[row - 1][column]:
            row -= 1
        elif best[row][column] == best[row][column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            matched[row] = column
    return matched, best[-1][-1]
