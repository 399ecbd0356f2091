"""Rows, columns and places of a cooler that several photos show: the shelves of each band laid out for themselves.

A band is what photos beside each other show: the whole cooler most often; its upper and its lower half where cameras
without overlap look at one each. A band's rows follow on those of the band above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from edge.vision.doubts import Floats, Ints
from edge.vision.join import Joined
from edge.vision.overlap import carried
from edge.vision.parts import height_rank
from edge.vision.reading import Box
from edge.vision.rows import Layout, Place, lay_out
from facings.messages import CoolerPart


@dataclass(frozen=True, eq=False)
class Band:
    """Photos of the same shelves.

    Attributes:
        views: the photos.
        products: (N,) positions of the band's products among all.
        layout: of these products, in pixels of the common photo.
        first_row: row of the cooler that the band's first row is.
        frame: (4,) box around its photos, in pixels of the common photo.
    """

    views: tuple[int, ...]
    products: Ints
    layout: Layout
    first_row: int
    frame: Floats

    def row_at(self, box: Floats) -> int:
        """The row of the cooler whose feet the foot of `box` (4,) is nearest to, along the shelves' slant."""
        foot = self.layout.slant.to_middle(np.array([(box[0] + box[2]) / 2]), box[3:4])[0]
        near = np.abs(self.layout.feet - foot)
        return self.first_row + (int(self.layout.row[np.argmin(near)]) if len(near) else 0)


@dataclass(frozen=True, eq=False)
class Bands:
    """The bands of a cooler from the top, and what they say of each product, (N,) of all products."""

    bands: tuple[Band, ...]
    row: Ints
    column: Ints
    feet: Floats
    place: tuple[Place, ...]

    @property
    def rows(self) -> int:
        """Number of shelf rows."""
        return sum(band.layout.rows for band in self.bands)

    def of(self, view: int) -> Band:
        """The band that a photo shows."""
        return next(band for band in self.bands if view in band.views)

    def in_cooler(self, box: Floats, view: int) -> Box:
        """A box (4,) of the common photo as fractions of the cooler: bands are as wide as it, and equally high."""
        number = next(n for n, band in enumerate(self.bands) if view in band.views)
        frame = self.bands[number].frame
        x, y = ((box[axis::2] - frame[axis]) / max(frame[axis + 2] - frame[axis], 1e-9) for axis in (0, 1))
        x1, x2 = np.clip(x, 0, 1).tolist()
        y1, y2 = ((np.clip(y, 0, 1) + number) / len(self.bands)).tolist()
        return x1, y1, x2, y2


def lay_out_bands(
    joined: Joined, boxes: Floats, sizes: Sequence[tuple[int, int]], shows: Sequence[CoolerPart] = ()
) -> Bands:
    """The bands of photos laid over each other.

    Args:
        joined: how the photos lie over each other.
        boxes: (N, 4) of the products, as `joined` groups them, in pixels of the common photo.
        sizes: width and height of each photo.
        shows: the part of the cooler that each photo shows, where that is known.
    """
    shows = shows or ["whole"] * len(sizes)
    ranked = sorted(joined.clusters, key=lambda cluster: height_rank([shows[view] for view in cluster]))
    view_of = np.array([group[0][0] for group in joined.groups], np.int64)
    bands: list[Band] = []
    for _, clusters in groupby(ranked, key=lambda cluster: height_rank([shows[view] for view in cluster])):
        views = tuple(view for cluster in clusters for view in cluster)
        products = np.flatnonzero(np.isin(view_of, views))
        layout = lay_out(boxes[products].astype(np.float32))
        first_row = sum(band.layout.rows for band in bands)
        bands.append(Band(views, products, layout, first_row, _frame(joined, sizes, views)))
    return _together(tuple(bands), len(boxes))


def _frame(joined: Joined, sizes: Sequence[tuple[int, int]], views: Sequence[int]) -> Floats:
    corners = np.concatenate([carried(joined.to_common[view], np.array([[0.0, 0.0, *sizes[view]]])) for view in views])
    return np.concatenate([corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)])


def _together(bands: tuple[Band, ...], count: int) -> Bands:
    row, column, feet = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count)
    place = [Place.FRONT] * count
    for band in bands:
        row[band.products] = band.layout.row + band.first_row
        column[band.products], feet[band.products] = band.layout.column, band.layout.feet
        for product, how in zip(band.products.tolist(), band.layout.place, strict=True):
            place[product] = how
    return Bands(bands, row, column, feet, tuple(place))
