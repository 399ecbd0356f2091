"""Which products are the same on several photos of one cooler, and how the photos lie over each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from edge.vision.doubts import Floats, cut_off
from edge.vision.overlap import Overlap, find_overlap
from edge.vision.sighting import Sighting

CUT_OFF_WORTH = 0.3  # of a product that the photo's edge cuts off, beside one that is seen whole
APART = 1.2  # photos without overlap are laid side by side, this many widths from each other

Member = tuple[int, int]
"""Number of the photo, position of the product in it."""

Overlaps = Mapping[tuple[int, int], Overlap]


@dataclass(frozen=True, eq=False)
class Joined:
    """How several photos lie over each other.

    Attributes:
        groups: the products, each as the members that show it, the one that shows it best first.
        to_common: (3, 3) of each photo, from its pixels to those of the photo that all are carried to.
        doubtful: members of which it is open whether another photo shows them too.
        linked: for each photo, whether it overlaps with another one.
    """

    groups: tuple[tuple[Member, ...], ...]
    to_common: tuple[Floats, ...]
    doubtful: frozenset[Member]
    linked: tuple[bool, ...]


def join(views: Sequence[Sighting]) -> Joined:
    """Lay photos over each other and tell which products are the same; no photo shows one product twice."""
    pairs = combinations(range(len(views)), 2)
    overlaps = {(a, b): found for a, b in pairs if (found := find_overlap(views[a], views[b]))}
    groups = [sorted(group, key=lambda m: -_worth(views[m[0]])[m[1]]) for group in _groups(views, overlaps)]
    alone = {group[0] for group in groups if len(group) == 1}
    lone = {(a, int(i)) for (a, _), overlap in overlaps.items() for i in overlap.lone}
    linked = tuple(any(number in pair for pair in overlaps) for number in range(len(views)))
    return Joined(tuple(map(tuple, groups)), _to_common(views, overlaps), frozenset(alone & lone), linked)


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
    whole = np.where(cut_off(view.found.boxes.astype(np.float64), view.size) > 0, CUT_OFF_WORTH, 1.0)
    return np.asarray(view.found.scores * view.names.confidence * whole, np.float64)


def _to_common(views: Sequence[Sighting], overlaps: Overlaps) -> tuple[Floats, ...]:
    """From each photo to the one that shares most with others; what is linked to none lies beside it, to the right."""
    if not views:
        return ()
    shared: dict[int, int] = defaultdict(int)
    for pair, overlap in overlaps.items():
        for number in pair:
            shared[number] += len(overlap.pairs)
    matrices: dict[int, Floats] = {}
    while len(matrices) < len(views):
        root = max((v for v in range(len(views)) if v not in matrices), key=lambda v: (shared[v], -v))
        step = APART * max(view.size[0] for view in views) * bool(matrices) * len(matrices)
        matrices[root] = np.array([[1.0, 0, step], [0, 1, 0], [0, 0, 1]])
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
