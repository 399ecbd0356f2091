"""Which facing of a photo fills which place of its planogram.

Two alignments that keep the order, both by dynamic programming: of the shelves seen with the shelves planned, where
their numbers differ (an empty shelf is not always seen), and of the products of one shelf with its places: the longest
common subsequence (Wagner and Fischer 1974), among equals the one whose places differ least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from cloud.analytics.compliance.shelf import Shelves

_ONE_MORE = 100_000
"""One facing more outweighs any nearness: a shelf has far fewer places than this."""
_NEAR = 300


def shelf_numbers(planned: Sequence[Sequence[str]], seen: Shelves) -> dict[int, int]:
    """Planned shelf of each shelf seen: the same number where as many were seen, else the most products in common.

    Shelves seen that fit no planned one are left out.
    """
    if len(planned) == len(seen):
        return {row: row for row in range(len(seen))}
    wanted = [Counter(row) for row in planned]
    stands = [Counter(one.sku for one in row) for row in seen]
    pairs = aligned(len(planned), len(seen), lambda i, j: 2 * (wanted[i] & stands[j]).total() + 1)
    return {seen_row: planned_row for planned_row, seen_row in pairs}


def kept(planned: Sequence[str], seen: Sequence[str]) -> list[tuple[int, int]]:
    """Places of a planned shelf and of the shelf seen that agree, in order, as many as possible.

    Example:
        >>> kept("abbc", "bbca")
        [(1, 0), (2, 1), (3, 2)]
    """
    return aligned(len(planned), len(seen), lambda i, j: _worth(i, j) if planned[i] == seen[j] else 0)


def _worth(place: int, other: int) -> int:
    return _ONE_MORE + max(_NEAR - abs(place - other), 0)


def aligned(rows: int, columns: int, worth: Callable[[int, int], int]) -> list[tuple[int, int]]:
    """Pairs in order, each index once, of the greatest total worth; a pair worth nothing is none."""
    value = [[worth(i, j) for j in range(columns)] for i in range(rows)]
    best = [[0] * (columns + 1)]
    for worths in value:
        above, here = best[-1], [0]
        for j, one in enumerate(worths):
            here.append(max(above[j] + one if one else 0, above[j + 1], here[j]))
        best.append(here)
    return _traced(best, value)


def _traced(best: list[list[int]], value: list[list[int]]) -> list[tuple[int, int]]:
    pairs = []
    i, j = len(best) - 1, len(best[0]) - 1
    while i and j:
        if value[i - 1][j - 1] and best[i][j] == best[i - 1][j - 1] + value[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
