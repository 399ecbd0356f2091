"""Proves that a ledger balances: opening + refills - sales - removed = closing, for every outlet, cooler and SKU.

Opening and closing stock were counted on the shelves; refills, sales and removals are added up from the movements, so
a unit that one of them forgot shows up here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from facings.errors import BadInputError
from firmware_sim.world.ledger.writing import chunk_count, chunk_file, chunk_marker

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fault:
    """A balance that does not come out, or a stock that cannot be."""

    outlet: str
    cooler: str | None
    sku: str
    text: str

    def __str__(self) -> str:
        return f"{self.outlet}, {self.cooler or 'backroom'}, {self.sku}: {self.text}"


@dataclass
class Balance:
    """What a ledger's balances add up to.

    Attributes:
        outlets, accounts: how many balances were checked: one account is a cooler, or a backroom, and a SKU.
        units: opening, refills, sales, removed, closing in coolers, and the same of backrooms by other names.
        faults: what is wrong; empty where all balances.
    """

    outlets: int = 0
    accounts: int = 0
    units: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def count(self, **units: int) -> None:
        """Adds to the totals."""
        for name, number in units.items():
            self.units[name] = self.units.get(name, 0) + number


def check_balance(folder: Path) -> Balance:
    """Checks a ledger written by `facings sim world`, chunk by chunk.

    Raises:
        BadInputError: no such ledger, one that is not finished, or a file that cannot be read.
    """
    job = _read_job(folder)
    balance = Balance(outlets=job["outlets"])
    capacity = _capacities(folder)
    for number in range(chunk_count(job["outlets"])):
        if not chunk_marker(folder, number).exists():
            raise BadInputError(f"{folder}: the world is not finished: run the same `facings sim world` command again")
        movements = _read(chunk_file(folder, "movements", number))
        _check_coolers(balance, movements, _read(chunk_file(folder, "balances", number)), capacity)
        _check_backrooms(balance, movements, _read(chunk_file(folder, "backrooms", number)),
                         _read(chunk_file(folder, "deliveries", number)))  # fmt: skip
    return balance


def _read_job(folder: Path) -> dict[str, Any]:
    try:
        job: dict[str, Any] = json.loads((folder / "job.json").read_text())
    except (OSError, ValueError) as error:
        raise BadInputError(f"{folder}: no ledger of `facings sim world` (job.json: {error})") from error
    if "ledger" not in job:
        raise BadInputError(f"{folder}: no ledger of `facings sim world`: its job.json is another command's")
    return job


def _read(file: Path) -> pa.Table:
    try:
        return pq.read_table(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInputError(
            f"{file}: cannot be read ({error}): delete the ledger's chunks/ and run it again"
        ) from error


def _capacities(folder: Path) -> dict[str, int]:
    coolers = _read(folder / "coolers.parquet")
    return dict(zip(coolers["cooler"].to_pylist(), coolers["capacity"].to_pylist(), strict=True))


class _Accounts:
    """Accounts of a table, by (place, SKU); `number` (rows,) says which account each row of another table is of."""

    def __init__(self, table: pa.Table, place: str) -> None:
        self.table, self._place = table, place
        keys = zip(table[place].to_pylist(), table["sku"].to_pylist(), strict=True)
        self._number = {key: number for number, key in enumerate(keys)}
        self.size = table.num_rows

    def number(self, rows: pa.Table) -> _Ints:
        """The account of each row; -1 where there is none."""
        places, skus = (rows[name].combine_chunks() for name in (self._place, "sku"))
        place_words, sku_words = places.dictionary.to_pylist(), skus.dictionary.to_pylist()
        lookup = np.array([[self._number.get((p, s), -1) for s in sku_words] for p in place_words], np.int64)
        if not lookup.size:
            return np.empty(0, np.int64)
        found: _Ints = lookup[places.indices.to_numpy(), skus.indices.to_numpy()]
        return found

    def sums(self, rows: pa.Table, column: str = "units") -> _Ints:
        """The column's sum in each account."""
        return np.bincount(self.number(rows), rows[column].to_numpy(), self.size).astype(np.int64)

    def column(self, name: str) -> _Ints:
        """A column of the accounts' own table."""
        values: _Ints = self.table[name].to_numpy().astype(np.int64)
        return values


def _check_coolers(balance: Balance, movements: pa.Table, stock: pa.Table, capacity: dict[str, int]) -> None:
    accounts = _Accounts(stock, "cooler")
    unknown = accounts.number(movements) < 0
    for row in movements.filter(pa.array(unknown)).slice(0, 3).to_pylist():
        balance.faults.append(Fault(row["outlet"], row["cooler"], row["sku"], "moves, but has no balance"))
    movements = movements.filter(pa.array(~unknown))
    kinds = movements["kind"].cast(pa.string())
    sales, refills, removed = (
        accounts.sums(movements.filter(pc.equal(kinds, kind))) for kind in ("sale", "refill", "removal")
    )
    opening, closing = accounts.column("opening"), accounts.column("closing")
    off = opening + refills - sales - removed - closing
    lowest, highest = _extremes(accounts, movements, np.asarray(pc.equal(kinds, "refill")), opening)
    room = np.array([capacity[cooler] for cooler in stock["cooler"].to_pylist()], np.int64)
    balance.accounts += accounts.size
    balance.count(opening=int(opening.sum()), refills=int(refills.sum()), sales=int(sales.sum()),
                  removed=int(removed.sum()), closing=int(closing.sum()))  # fmt: skip
    for number in np.flatnonzero((off != 0) | (lowest < 0) | (highest > room)):
        row = stock.slice(number, 1).to_pylist()[0]
        text = (
            f"opening {opening[number]} + refills {refills[number]} - sales {sales[number]} - removed {removed[number]}"
            f" is {off[number] + closing[number]}, the shelf holds {closing[number]};"
            f" between, it held {lowest[number]} to {highest[number]} of {room[number]} places"
        )
        balance.faults.append(Fault(row["outlet"], row["cooler"], row["sku"], text))


def _extremes(accounts: _Accounts, movements: pa.Table, refill: npt.NDArray[np.bool_], opening: _Ints
              ) -> tuple[_Ints, _Ints]:  # fmt: skip
    """The lowest and the highest stock of each account over time; a cooler's movements are in order of time."""
    number = accounts.number(movements)
    change = np.where(refill, 1, -1) * movements["units"].to_numpy().astype(np.int64)
    order = np.argsort(number, kind="stable")
    number, level = number[order], change[order].cumsum()
    first = np.flatnonzero(np.diff(number, prepend=-1))
    before = np.concatenate([[0], level])[first]
    level += np.repeat(opening[number[first]] - before, np.diff(first, append=len(number)))
    lowest, highest = opening.copy(), opening.copy()
    if len(first):
        lowest[number[first]] = np.minimum(opening[number[first]], np.minimum.reduceat(level, first))
        highest[number[first]] = np.maximum(opening[number[first]], np.maximum.reduceat(level, first))
    return lowest, highest


def _check_backrooms(balance: Balance, movements: pa.Table, stock: pa.Table, deliveries: pa.Table) -> None:
    """Opening + delivered - carried into the coolers = closing; who is supplied by van has no backroom."""
    accounts = _Accounts(stock, "outlet")
    taken = movements.filter(pc.equal(movements["source"].cast(pa.string()), "backroom"))
    come = deliveries.filter(pa.array(accounts.number(deliveries) >= 0))
    carried, delivered = accounts.sums(taken), accounts.sums(come, "delivered")
    opening, closing = accounts.column("opening"), accounts.column("closing")
    balance.accounts += accounts.size
    balance.count(backroom_opening=int(opening.sum()), delivered=int(delivered.sum()), carried=int(carried.sum()),
                  backroom_closing=int(closing.sum()))  # fmt: skip
    for number, row in _rows_where(stock, opening + delivered - carried != closing):
        text = (
            f"opening {opening[number]} + delivered {delivered[number]} - carried {carried[number]}"
            f" is not closing {closing[number]}"
        )
        balance.faults.append(Fault(row["outlet"], None, row["sku"], text))


def _rows_where(table: pa.Table, wrong: npt.NDArray[np.bool_]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number in np.flatnonzero(wrong).tolist():
        yield number, table.slice(number, 1).to_pylist()[0]
