"""How far the numbered messages of one boot have come in: everything up to `through`, but for some ranges."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_RANGES = 1_000
"""A device with more holes than this must fill or declare some before it may leave new ones."""

Ranges = list[tuple[int, int]]


@dataclass
class Progress:
    """Numbers from 1 to `through` have come in, except those in `missing` (may still come) and `lost` (given up).

    Example:
        >>> progress = Progress()
        >>> progress.add(1), progress.add(4), progress.missing
        (True, True, [(2, 3)])
        >>> progress.add(4)
        False
    """

    through: int = 0
    missing: Ranges = field(default_factory=list)
    lost: Ranges = field(default_factory=list)

    def has(self, seq: int) -> bool:
        """Whether number `seq` came in before."""
        return seq <= self.through and not _overlap(self.missing, seq, seq) and not _overlap(self.lost, seq, seq)

    def takes(self, seq: int) -> bool:
        """Whether `seq` may be added: not where it would leave one hole too many."""
        return seq <= self.through + 1 or len(self.missing) < MOST_RANGES

    def add(self, seq: int) -> bool:
        """Note that `seq` came in; False where it had before."""
        if self.has(seq):
            return False
        self._reach(seq)
        self.missing, self.lost = _without(self.missing, seq, seq), _without(self.lost, seq, seq)
        return True

    def lose(self, first: int, last: int) -> None:
        """Note that the device gave up what is missing of `first` to `last`; one that comes after all is taken."""
        if first > last:
            return
        self._reach(last)
        # The oldest losses are forgotten first: they then count as settled, which nobody will contradict.
        self.lost = sorted(self.lost + _overlap(self.missing, first, last))[-MOST_RANGES:]
        self.missing = _without(self.missing, first, last)

    def _reach(self, seq: int) -> None:
        if seq > self.through:
            self.missing.append((self.through + 1, seq))
            self.through = seq


def _overlap(ranges: Ranges, first: int, last: int) -> Ranges:
    return [(max(a, first), min(b, last)) for a, b in ranges if a <= last and b >= first]


def _without(ranges: Ranges, first: int, last: int) -> Ranges:
    kept: Ranges = []
    for a, b in ranges:
        kept += [(low, high) for low, high in ((a, min(b, first - 1)), (max(a, last + 1), b)) if low <= high]
    return kept
