"""The fewest moves that make a cooler look as planned.

One move takes one facing to its place, puts one in from the stock, or takes one out. Facings that stand in the order of
the plan stay (the longest common subsequence of each shelf); each surplus facing then goes to a missing place of its
SKU, the nearest ones first (an assignment problem); the rest is put in or taken out. Fewer moves cannot do: facings
that nobody touches keep their shelf and order, so they are a common subsequence; each other facing seen needs a move,
and so does each place left that none of these can fill, for want of the SKU.

A facing without a name is none to take out: somebody must look what it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from cloud.analytics.compliance.judgement import Matched, Place, matched
from cloud.analytics.compliance.shelf import UNNAMED, Shelves, Standing

Kind = Literal["move", "add", "remove", "check"]
KINDS: tuple[Kind, ...] = ("move", "add", "remove", "check")

_PER_SHELF = 1_000
"""A shelf up or down is farther than any place of the same shelf."""


@dataclass(frozen=True, slots=True)
class Move:
    """One facing to move, put in, take out, or look at. Shelves are numbered as in the plan."""

    kind: Kind
    sku: str
    source: Place | None = None
    """Where it stands; None for one from the stock."""
    target: Place | None = None
    """Where it belongs; None where that does not matter, or nowhere."""


def moves(planned: Sequence[Sequence[str]], seen: Shelves) -> list[Move]:
    """The moves that turn the shelves `seen` into the `planned` ones, as few as possible.

    Example:
        >>> from cloud.analytics.compliance.shelf import standing
        >>> for move in moves(["ab", "cc"], standing(["b", "acx"])):
        ...     print(move.kind, move.sku, move.source, move.target)
        move a (1, 0) (0, 0)
        add c None (1, 1)
        remove x (1, 2) None
    """
    found = matched(planned, seen)
    moved = list(_moved(found))
    used = {id(one) for one, _ in moved}
    targets = {move.target for _, move in moved}
    added = [Move("add", sku, target=place) for place, sku in found.missing if place not in targets]
    left = sorted((one for one in found.surplus if id(one) not in used), key=lambda one: (one.sku == UNNAMED, one.row))
    return [move for _, move in moved] + added + _taken_out(left)


def filling(planned: Sequence[str], seen: Shelves, gaps: int) -> list[Move]:
    """The moves that a priority list wants: what is missing, the most important first; and room for it.

    Where there are fewer `gaps` than facings to put in, as many surplus facings are taken out: first what is not on the
    list, then the least important.
    """
    every = [one for row in seen for one in row]
    wanted, stands = Counter(planned), Counter(one.sku for one in every)
    missing = wanted - stands
    added = [Move("add", sku) for sku in dict.fromkeys(planned) for _ in range(missing[sku])]
    rank = {sku: number for number, sku in enumerate(dict.fromkeys(planned))}
    spare = stands - wanted
    surplus = [one for one in reversed(every) if _takes(spare, one.sku)]
    surplus.sort(key=lambda one: -rank.get(one.sku, len(rank)))
    room = max(len(added) - gaps, 0)
    return added + _taken_out(surplus[:room])


def _takes(spare: Counter[str], sku: str) -> bool:
    spare[sku] -= 1
    return spare[sku] >= 0


def _moved(found: Matched) -> Iterable[tuple[Standing, Move]]:
    missing: dict[str, list[Place]] = defaultdict(list)
    surplus: dict[str, list[Standing]] = defaultdict(list)
    for place, sku in found.missing:
        missing[sku].append(place)
    for one in found.surplus:
        surplus[one.sku].append(one)
    for sku in sorted(missing.keys() & surplus.keys()):
        stand, targets = surplus[sku], missing[sku]
        farness = np.array([[_far((one.row, one.place), target) for target in targets] for one in stand])
        for source, target in zip(*linear_sum_assignment(farness), strict=True):
            one = stand[source]
            yield one, Move("move", sku, (one.row, one.place), targets[target])


def _far(source: Place, target: Place) -> int:
    return _PER_SHELF * abs(source[0] - target[0]) + abs(source[1] - target[1])


def _taken_out(surplus: Iterable[Standing]) -> list[Move]:
    return [Move("check" if one.sku == UNNAMED else "remove", one.sku, (one.row, one.place)) for one in surplus]
