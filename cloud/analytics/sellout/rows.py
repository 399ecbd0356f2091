"""SKUs of coolers as rows of arrays of one size, so that many chains are smoothed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, FloatArray, IntArray
from cloud.analytics.sellout.sight import STRAYS, Sight, count_table, seen_units
from cloud.analytics.sellout.timeline import Timeline, doubt

ROWS_AT_ONCE = 256
"""So many chains fit into the cache of a core, and are enough to make numpy's calls worth their cost."""
SCALES = np.linspace(0.88, 1.06, 10)
"""Between these, tables of counts are interpolated: some SKUs are seen better than others."""
_HIGHEST = 0.95
_MOST_MORE_LANES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Chains of one batch; (steps, rows) where nothing else is said. Chains with fewer steps end in empty ones."""

    cooler: IntArray
    """(rows,) number of the cooler among the records."""
    sku: IntArray
    """(rows,) number of the SKU in its cooler."""
    lanes: tuple[tuple[int, ...], ...]
    """The different lane layouts."""
    crowds: tuple[float, ...]
    """Of each layout, the mean count of a SKU in coolers like its own; a layout is told apart by it too."""
    layout: IntArray
    """(rows,) which of them."""
    top: IntArray
    """(rows,) the most units that can be there: all lanes full, and strays."""
    steps: IntArray
    """(rows,) how many are its own."""
    day: IntArray
    ends_day: IntArray
    """The day that ends with the step, or -1."""
    count: IntArray
    power: FloatArray
    """What the log likelihood of the count is multiplied by."""
    arrived: IntArray
    trust: FloatArray
    refill: FloatArray
    """1 where an unseen refill may end the step, else 0."""

    @property
    def grid(self) -> int:
        """Stocks 0 to the largest of the batch."""
        return int(self.top.max()) + 1

    def tables(self, sight: Sight) -> FloatArray:
        """(scales, layouts, counts, grid) chance of each count given the stock, units being seen better or worse."""
        return np.array([self._tables(sight.scaled(scale, sight.false)) for scale in SCALES])

    def _tables(self, sight: Sight) -> FloatArray:
        counts = int(self.count.max(initial=0)) + 1
        tables = np.zeros((len(self.lanes), counts, self.grid))
        for number, (lanes, crowd) in enumerate(zip(self.lanes, self.crowds, strict=True)):
            table = count_table(lanes, sight, crowd).T
            # Counts beyond what the lanes can explain say "as many as there can be".
            kept = table[: min(counts, len(table))]
            tables[number, : len(kept), : table.shape[1]] = kept
            tables[number, len(kept) :, table.shape[1] - 1] = 1.0
        return tables

    def seen(self, sight: Sight) -> FloatArray:
        """(rows, grid) units seen on average given the stock, false ones left out."""
        seen = np.zeros((len(self.lanes), self.grid))
        for number, lanes in enumerate(self.lanes):
            mean = seen_units(lanes, sight)
            seen[number, : len(mean)] = mean
        by_row: FloatArray = seen[self.layout]
        return by_row


def batches(records: Sequence[CoolerRecord], timelines: Sequence[Timeline], sight: Sight) -> list[Rows]:
    """All SKUs of all coolers, those of like capacity together; `sight` is what is held of the cameras beforehand."""
    pairs = [(sum(lanes), c, s) for c, record in enumerate(records) for s, lanes in enumerate(record.lanes)]
    pairs.sort()
    size = ceil(len(pairs) / ceil(len(pairs) / ROWS_AT_ONCE))
    chunks = [pairs[at : at + size] for at in range(0, len(pairs), size)]
    doubts = [doubt(record) for record in records]
    return [_batch(records, timelines, doubts, sight, [(c, s) for _, c, s in chunk]) for chunk in chunks]


def _batch(
    records: Sequence[CoolerRecord],
    timelines: Sequence[Timeline],
    doubts: Sequence[FloatArray],
    sight: Sight,
    members: Sequence[tuple[int, int]],
) -> Rows:
    shape = max(len(timelines[c].day) for c, _ in members), len(members)
    lanes = [lanes_in_use(records[c].lanes[s], records[c].counts[:, s], sight) for c, s in members]
    kinds = [(one, _crowd(records[c])) for one, (c, _) in zip(lanes, members, strict=True)]
    layouts = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    rows = Rows(
        cooler=np.array([c for c, _ in members]),
        sku=np.array([s for _, s in members]),
        lanes=tuple(lanes for lanes, _ in layouts),
        crowds=tuple(crowd for _, crowd in layouts),
        layout=np.array([layouts[kind] for kind in kinds]),
        top=np.array([sum(one) + STRAYS for one in lanes]),
        steps=np.array([len(timelines[c].day) for c, _ in members]),
        day=np.zeros(shape, np.int64),
        ends_day=np.full(shape, -1),
        count=np.full(shape, UNSEEN),
        power=np.ones(shape),
        arrived=np.zeros(shape, np.int64),
        trust=np.ones(shape),
        refill=np.zeros(shape),
    )
    for row, (c, s) in enumerate(members):
        _fill(rows, row, s, records[c], timelines[c], doubts[c])
    return rows


def _fill(rows: Rows, row: int, sku: int, record: CoolerRecord, line: Timeline, doubts: FloatArray) -> None:
    steps = len(line.day)
    rows.day[:steps, row] = line.day
    rows.day[steps:, row] = line.day[-1]
    last = np.append(np.diff(line.day) > 0, True)
    rows.ends_day[:steps, row] = np.where(last, line.day, -1)
    taken = np.flatnonzero(line.photo >= 0)
    photos = line.photo[taken]
    rows.count[taken, row] = record.counts[photos, sku]
    rows.power[taken, row] = 1 / doubts[photos, sku]
    rows.arrived[:steps, row] = line.arrived[:, sku]
    rows.trust[:steps, row] = line.trust[:, sku]
    rows.refill[:steps, row] = line.refill


def lanes_in_use(planned: tuple[int, ...], counts: IntArray, sight: Sight) -> tuple[int, ...]:
    """The planned lanes, and as many more as it takes to explain the highest counts: staff give a SKU others' lanes."""
    lanes = tuple(sorted(planned))
    known = counts[counts != UNSEEN]
    most = float(np.quantile(known, _HIGHEST)) if known.size else 0.0
    another = seen_units((max(planned),), sight)[max(planned)]
    for _ in range(_MOST_MORE_LANES):
        full = seen_units(lanes, sight)[sum(lanes)]
        if most <= full + 2 * np.sqrt(full * (1 - sight.at(0))) + another / 2:
            break
        lanes = tuple(sorted((*lanes, max(planned))))
    return lanes


def _crowd(record: CoolerRecord) -> float:
    """Mean count of a SKU, within 2%, so that coolers share their tables."""
    known = record.counts[record.counts != UNSEEN]
    mean = float(known.mean()) if known.size else 0.0
    return float(2 ** (round(16 * np.log2(mean)) / 16)) if mean else 0.0
