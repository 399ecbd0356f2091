"""Several photos of one cooler, taken at the same time, become one reading in which each product counts once.

Products that `edge.vision.join` finds to be the same are one product, boxed on the photo that shows it best and named
by all that show it. Rows and columns are found on the boxes of all photos, carried to one of them; shelves that no
photo shows together are laid out apart (`edge.vision.bands`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edge.vision.arrange import TRUST_IN_PHOTO, arrange, as_fraction, summarise
from edge.vision.bands import Bands, lay_out_bands
from edge.vision.counts import CountErrors, Doubts
from edge.vision.doubts import Floats
from edge.vision.join import Joined, join
from edge.vision.overlap import carried
from edge.vision.price_tags import once, tags_of
from edge.vision.reading import Box, PhotoQuality, PhotoView, PlacedProduct, ReadingGap, ReadingLine, ShelfReading
from edge.vision.remnants import Member, shares_covered
from edge.vision.rows import Place
from edge.vision.sighting import Sighting
from edge.vision.surroundings import reconsidered
from facings.messages import CoolerPart

TWICE = 0.25  # variance of a unit of which it is open whether another photo counted it already
HIDES_GAP = 0.4  # share of a gap that a product of another photo may cover

Pixels = npt.NDArray[np.uint8]


def merge(
    views: Sequence[Sighting],
    models: dict[str, str],
    pixels: Sequence[Pixels] | None = None,
    errors: CountErrors | None = None,
    shows: Sequence[CoolerPart] = (),
) -> ShelfReading:
    """One reading of a cooler from several photos of it; boxes are fractions of the photo that their `view` names.

    An unusable photo adds nothing but doubt: part of the cooler was not seen, and no absence is sure.

    Args:
        views: what was seen on each photo; at least one.
        models: name -> sha256 of each model that took part.
        pixels: of the photos, so that gaps must look empty too.
        errors: what is learned of count errors.
        shows: the part of the cooler that each photo shows, where that is known.

    Raises:
        ValueError: there is no photo.
    """
    if not views:
        raise ValueError("there is no photo to merge")
    doubts = [errors.doubts(view) if errors and len(view.found) else None for view in views]
    merging = _Merging(views, join(views, shows, pixels), doubts)
    each = [
        arrange(seen.size, seen.found, seen.names, seen.quality, models, seen.weak, pixels[n] if pixels else None)
        for n, seen in enumerate(views)
    ]
    bands = lay_out_bands(merging.joined, merging.boxes(), [view.size for view in views], shows)
    products = merging.products(bands)
    lines = summarise(products, [place is Place.FRONT for place in bands.place])
    order = sorted(range(len(products)), key=lambda n: (products[n].row, products[n].column, -bands.feet[n]))
    quality = _quality(views)
    return ShelfReading(
        width=views[0].size[0],
        height=views[0].size[1],
        products=tuple(products[n] for n in order),
        lines=tuple(replace(line, count_sd=merging.line_sd(line, products)) for line in lines),
        gaps=tuple(_gaps(merging, bands, each)),
        rows=bands.rows,
        quality=quality,
        confidence=_confidence(products, views),
        models=models,
        count_sd=merging.total_sd(),
        price_tags=once(
            [list(tags_of(alone, view, n)) for n, (alone, view) in enumerate(zip(each, views, strict=True))]
        ),
        views=tuple(PhotoView(*v.size, v.quality, merging.joined.linked[n]) for n, v in enumerate(views)),
    )


@dataclass(frozen=True, eq=False)
class _Merging:
    views: Sequence[Sighting]
    joined: Joined
    doubts: Sequence[Doubts | None]

    @property
    def best(self) -> list[Member]:
        return [group[0] for group in self.joined.groups]

    def boxes(self) -> Floats:
        """(N, 4) the products' boxes in the pixels of the common photo."""
        own = [(self.joined.to_common[v], self.views[v].found.boxes[i : i + 1].astype(float)) for v, i in self.best]
        return np.concatenate([np.zeros((0, 4)), *(carried(matrix, box) for matrix, box in own)])

    def products(self, bands: Bands) -> list[PlacedProduct]:
        """The products, in the order of the groups."""
        places = [bands.in_cooler(box, view) for box, (view, _) in zip(self.boxes(), self.best, strict=True)]
        return [self._product(group, n, bands, places[n]) for n, group in enumerate(self.joined.groups)]

    def line_sd(self, line: ReadingLine, products: Sequence[PlacedProduct]) -> float:
        """Expected error of a line: each photo's own for the products taken from it, and that of counting twice."""
        members = [m for m, product in zip(self.best, products, strict=True) if product.sku == line.sku]
        return math.sqrt(sum(self._variance(v, of) for v, of in _by_view(members).items()) + self._twice(members))

    def total_sd(self) -> float:
        """The same of all products."""
        return math.sqrt(
            sum(self._total_variance(v, of) for v, of in _by_view(self.best).items()) + self._twice(self.best)
        )

    def _twice(self, members: Sequence[Member]) -> float:
        return TWICE * sum(member in self.joined.doubtful for member in members)

    def _variance(self, view: int, members: list[int]) -> float:
        doubts, seen = self.doubts[view], self.views[view]
        if doubts is not None:
            return doubts.count_sd(members) ** 2
        p = (seen.found.scores * seen.names.confidence)[members]
        return float((p * (1 - p)).sum())

    def _total_variance(self, view: int, members: list[int]) -> float:
        doubts, p = self.doubts[view], self.views[view].found.scores
        if doubts is not None:
            return doubts.total_sd() ** 2 * len(members) / len(p)
        return float((p * (1 - p))[members].sum())

    def _product(self, group: Sequence[Member], number: int, bands: Bands, place: Box) -> PlacedProduct:
        view, i = group[0]
        seen = self.views[view]
        sku, named = self._name(group)
        there = max(self._probabilities(v)[0][j] for v, j in group)
        return PlacedProduct(
            box=as_fraction(seen.found.boxes[i], seen.size),
            sku=sku,
            score=float(there),
            sku_confidence=named,
            row=int(bands.row[number]),
            column=int(bands.column[number]),
            front=bands.place[number] is not Place.BEHIND,
            look=seen.names.looks[i] if seen.names.looks and sku is None else None,
            view=view,
            place=place,
            alternative=seen.names.alternatives[i] if seen.names.alternatives and seen.names.skus[i] == sku else None,
            resembles=seen.names.resembles[i] if seen.names.resembles and sku is None else None,
        )

    def _name(self, group: Sequence[Member]) -> tuple[str | None, float]:
        """The name that the photos together hold likeliest, and how sure the surest of them is of it.

        A photo that knows a product by name outweighs one that does not know it: what is unknown from afar may be known
        from near.
        """
        votes: dict[str | None, list[float]] = defaultdict(list)
        for v, i in group:
            votes[self.views[v].names.skus[i]].append(float(self._probabilities(v)[1][i]))
        sku = max(votes, key=lambda name: (name is not None, sum(votes[name])))
        return sku, max(votes[sku])

    def _probabilities(self, view: int) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
        doubts, seen = self.doubts[view], self.views[view]
        return (doubts.there, doubts.named) if doubts else (seen.found.scores, seen.names.confidence)


def _by_view(members: Sequence[Member]) -> dict[int, list[int]]:
    by_view: dict[int, list[int]] = defaultdict(list)
    for view, i in members:
        by_view[view].append(i)
    return by_view


def _gaps(merging: _Merging, bands: Bands, each: Sequence[ShelfReading]) -> list[ReadingGap]:
    """The gaps of each photo that no other photo fills or shows as well, in the rows of all photos.

    `each` is what the photos say alone.
    """
    products, taken = merging.boxes(), np.zeros((0, 4))
    kept: list[ReadingGap] = []
    for v, seen in enumerate(merging.views):
        size = np.array([*seen.size, *seen.size], np.float64)
        for gap in reconsidered(each[v], seen.sights).gaps:
            box = carried(merging.joined.to_common[v], np.array([gap.box]) * size)[0]
            if _covered(box, products) < HIDES_GAP and _covered(box, taken) < HIDES_GAP:
                kept.append(replace(gap, row=bands.of(v).row_at(box), view=v, place=bands.in_cooler(box, v)))
                taken = np.concatenate([taken, box[None]])
    return sorted(kept, key=lambda gap: (gap.row, gap.view, gap.box[0]))


def _covered(box: Floats, others: Floats) -> float:
    """Largest share of `box` (4,) that one of `others` (N, 4) covers."""
    return float(shares_covered(box, others).max(initial=0.0))


def _quality(views: Sequence[Sighting]) -> PhotoQuality:
    """The verdict of the worst usable photo; at best `poor` where some are unusable, `unusable` where all are."""
    usable = [view.quality for view in views if view.quality.verdict != "unusable"]
    if not usable:
        return views[0].quality
    worst = min(usable, key=lambda quality: TRUST_IN_PHOTO[quality.verdict])
    if len(usable) == len(views):
        return worst
    blind = [
        f"photo {n}: {r}" for n, v in enumerate(views, 1) if v.quality.verdict == "unusable" for r in v.quality.reasons
    ]
    return replace(worst, verdict="poor", reasons=(*worst.reasons, *blind))


def _confidence(products: Sequence[PlacedProduct], views: Sequence[Sighting]) -> float:
    """Mean probability that a product is there and rightly named, times the mean trust in the photos."""
    trust = float(np.mean([TRUST_IN_PHOTO[view.quality.verdict] for view in views]))
    return trust * (float(np.mean([p.score * p.sku_confidence for p in products])) if products else 1.0)
