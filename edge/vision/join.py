"""Which products are the same on several photos of one cooler, and how the photos lie over each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from edge.vision.doubts import Floats, cut_off
from edge.vision.halves import RIM, with_halves
from edge.vision.overlap import Overlap, find_overlap
from edge.vision.parts import agrees, side_rank, step
from edge.vision.remnants import Member, remnants
from edge.vision.sighting import Sighting
from edge.vision.strip import Pixels, lay_strip
from facings.messages import CoolerPart

CUT_OFF_WORTH = 0.3  # of a product that the photo's edge cuts off, beside one that is seen whole
FOOTLESS_WORTH = 0.1  # of one whose foot is cut off, by which its shelf is known
APART = 1.2  # photos without overlap are laid side by side, this many widths from each other

Overlaps = Mapping[tuple[int, int], Overlap]


@dataclass(frozen=True, eq=False)
class Joined:
    """How several photos lie over each other.

    Attributes:
        groups: the products, each as the members that show it, the one that shows it best first.
        to_common: (3, 3) of each photo, from its pixels to those of the photo that all are carried to.
        doubtful: members of which it is open whether another photo shows them too.
        clusters: photos that overlap with one another, directly or by others between them; from the left.
    """

    groups: tuple[tuple[Member, ...], ...]
    to_common: tuple[Floats, ...]
    doubtful: frozenset[Member]
    clusters: tuple[tuple[int, ...], ...]

    @property
    def linked(self) -> tuple[bool, ...]:
        """For each photo, whether it overlaps with another one."""
        alone = {views[0] for views in self.clusters if len(views) == 1}
        return tuple(number not in alone for number in range(len(self.to_common)))


def join(views: Sequence[Sighting], shows: Sequence[CoolerPart] = (), pixels: Sequence[Pixels] | None = None) -> Joined:
    """Lay photos over each other and tell which products are the same; no photo shows one product twice.

    `shows` is the part of the cooler that each photo shows, where that is known: no overlap contradicts it, and photos
    without overlap lie as it says. With the `pixels` of the photos, neighbours are laid over each
    other by the strip that both show, if that tells, be it narrower than a product.
    """
    shows = shows or ["whole"] * len(views)
    pairs = combinations(range(len(views)), 2)
    overlaps = {(a, b): found for a, b in pairs if (found := _overlap(views, shows, pixels, a, b))}
    clusters = _clusters(len(views), overlaps, shows)
    pieces = remnants(views, overlaps)
    groups = [
        sorted(group, key=lambda m: -_worth(views[m[0]])[m[1]])
        for group in _groups(views, overlaps)
        if not pieces.issuperset(group)
    ]
    alone = {group[0] for group in groups if len(group) == 1}
    lone = {(a, int(i)) for (a, _), overlap in overlaps.items() for i in overlap.lone}
    doubtful = alone & lone | _halved(views, clusters)
    return Joined(tuple(map(tuple, groups)), _to_common(views, overlaps, clusters), frozenset(doubtful), clusters)


def _halved(views: Sequence[Sighting], clusters: Sequence[Sequence[int]]) -> set[Member]:
    """Products at the edges of photos that overlap with none: the other half may have been counted on another one."""
    alone = [cluster[0] for cluster in clusters if len(cluster) == 1 and len(clusters) > 1]
    cut = {v: cut_off(views[v].found.boxes.astype(np.float64), views[v].size) for v in alone}
    return {(v, int(i)) for v in alone for i in np.flatnonzero(cut[v])}


def _overlap(
    views: Sequence[Sighting], shows: Sequence[CoolerPart], pixels: Sequence[Pixels] | None, a: int, b: int
) -> Overlap | None:
    way = step(shows[a], shows[b])
    if way and pixels and (matrix := lay_strip(pixels[a], pixels[b], way)) is not None:
        return with_halves(matrix, views[a], views[b], way)
    found = find_overlap(views[a], views[b])
    fits = found and agrees(found, (views[a].size, views[b].size), (shows[a], shows[b]))
    return found if fits else None


def _clusters(count: int, overlaps: Overlaps, shows: Sequence[CoolerPart]) -> tuple[tuple[int, ...], ...]:
    """Photos that hang together by their overlaps; photos of the left part first, then in the order given."""
    clusters = [{number} for number in range(count)]
    for pair in overlaps:
        met = [cluster for cluster in clusters if cluster & set(pair)]
        clusters = [cluster for cluster in clusters if cluster not in met] + [set().union(*met)]
    ordered = sorted(clusters, key=lambda cluster: (side_rank([shows[number] for number in cluster]), min(cluster)))
    return tuple(tuple(sorted(cluster)) for cluster in ordered)


def _groups(views: Sequence[Sighting], overlaps: Overlaps) -> list[list[Member]]:
    """Members that are one product, from the overlaps with most pairs to those with least."""
    group = {(number, i): [(number, i)] for number, view in enumerate(views) for i in range(len(view.found))}
    for (a, b), overlap in sorted(overlaps.items(), key=lambda item: -len(item[1].pairs)):
        for i, j in overlap.pairs.tolist():
            one, other = group[a, i], group[b, j]
            if one is other or {number for number, _ in one} & {number for number, _ in other}:
                continue
            one.extend(other)
            for member in other:
                group[member] = one
    return list({id(members): members for members in group.values()}.values())


def _worth(view: Sighting) -> Floats:
    """(N,) how well each product is seen: surely, rightly named, and whole."""
    boxes, height = view.found.boxes.astype(np.float64), view.size[1]
    footless = boxes[:, 3] >= (1 - RIM) * height
    whole = np.where(footless, FOOTLESS_WORTH, np.where(cut_off(boxes, view.size) > 0, CUT_OFF_WORTH, 1.0))
    return np.asarray(view.found.scores * view.names.confidence * whole, np.float64)


def _to_common(views: Sequence[Sighting], overlaps: Overlaps, clusters: Sequence[Sequence[int]]) -> tuple[Floats, ...]:
    """From each photo to the one of its cluster that shares most with others; clusters lie beside each other."""
    shared: dict[int, int] = defaultdict(int)
    for pair, overlap in overlaps.items():
        for number in pair:
            shared[number] += len(overlap.pairs)
    widest = max((view.size[0] for view in views), default=0)
    matrices: dict[int, Floats] = {}
    for cluster in clusters:
        root = max(cluster, key=lambda v: (shared[v], -v))
        matrices[root] = np.array([[1.0, 0, APART * widest * len(matrices)], [0, 1, 0], [0, 0, 1]])
        _spread(root, overlaps, matrices)
    return tuple(matrices[number] for number in range(len(views)))


def _spread(root: int, overlaps: Overlaps, matrices: dict[int, Floats]) -> None:
    """Fill in every photo that is linked to `root`, along the overlaps with most pairs."""
    reached = {root}
    while True:
        steps = [(len(o.pairs), a, b) for (a, b), o in overlaps.items() if (a in reached) != (b in reached)]
        if not steps:
            return
        _, a, b = max(steps)
        over = overlaps[a, b].to_other
        if b in reached:
            matrices[a] = matrices[b] @ over
        else:
            matrices[b] = matrices[a] @ np.linalg.inv(over)
        reached |= {a, b}
