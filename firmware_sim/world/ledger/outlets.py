"""The tables of what happened in outlets: their histories, with names for the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import chain

import numpy as np
import pyarrow as pa

from firmware_sim.world.history import (
    NONE,
    CoolerHistory,
    IncidentKind,
    Kind,
    OutletHistory,
    Source,
)
from firmware_sim.world.ledger.promotions import promotion_rows
from firmware_sim.world.ledger.schemas import AT, CHUNKED, UNITS
from firmware_sim.world.plan import WorldPlan

_Rows = Sequence[Sequence[int]]


def names_of(kinds: type[IntEnum]) -> list[str]:
    """The names in the ledger of an enumeration's values: `wrong-lane` for WRONG_LANE."""
    return [kind.name.lower().replace("_", "-") for kind in kinds]


class OutletTables:
    """Collects outlets, then gives the tables of all of them."""

    def __init__(self, plan: WorldPlan) -> None:
        self._plan = plan
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in CHUNKED}
        self._words = {
            "sku": list(plan.skus),
            "taken": list(plan.skus),
            "promotion": [promotion.id for promotion in plan.promotions],
            "source": names_of(Source),
        }

    def add(self, history: OutletHistory, twin: OutletHistory | None) -> None:
        """Adds an outlet, with its twin where it has promotions and the settings ask for it."""
        outlet = history.outlet.id
        for cooler in history.coolers:
            self._add_cooler(outlet, cooler)
        self._add("deliveries", (outlet, None), _Columns(history.deliveries, ("at", "sku", "ordered", "delivered")))
        stock = [
            (sku, opening, closing)
            for sku, (opening, closing) in enumerate(
                zip(history.backroom_opening, history.backroom_closing, strict=True)
            )
            if history.outlet.supply == "backroom"
        ]
        self._add("backrooms", (outlet, None), _Columns(stock, ("sku", "opening", "closing")))
        rows = promotion_rows(history, twin)
        self._parts["promotion_truth"].append(pa.Table.from_pylist(rows, schema=CHUNKED["promotion_truth"]))

    def tables(self) -> dict[str, pa.Table]:
        """All tables, by name."""
        return {name: pa.concat_tables(parts).unify_dictionaries() for name, parts in self._parts.items()}

    def _add_cooler(self, outlet: str, history: CoolerHistory) -> None:
        where = (outlet, history.cooler.id)
        kinds = {"kind": names_of(Kind)}
        self._add("movements", where, _Columns(history.movements, ("at", "sku", "kind", "units", "source", "promotion"),
                                               kinds))  # fmt: skip
        self._add("lost", where, _Columns(history.lost, ("at", "sku", "units", "taken", "promotion")))
        self._add("stock_outs", where, _Columns(history.stock_outs, ("sku", "begins", "ends")))
        kinds = {"kind": names_of(IncidentKind)}
        self._add("incidents", where, _Columns(history.incidents, ("at", "kind", "sku", "row", "column", "units"),
                                               kinds))  # fmt: skip
        held = {sku for sku, _ in _held(history)}
        stock = [(sku, history.opening[sku], history.closing[sku]) for sku in sorted(held)]
        self._add("balances", where, _Columns(stock, ("sku", "opening", "closing")))
        resets = [(change.at, change.planogram) for change in history.changes if change.lane == NONE]
        installed = [(history.begins, 0), *resets]
        rows = [
            {
                "at": at * 1000,
                "outlet": outlet,
                "cooler": history.cooler.id,
                "planogram": history.installed[number].planogram.id,
            }
            for at, number in installed
        ]
        self._parts["installations"].append(pa.Table.from_pylist(rows, schema=CHUNKED["installations"]))

    def _add(self, table: str, where: tuple[str, str | None], columns: _Columns) -> None:
        schema = CHUNKED[table]
        fixed = {"outlet": where[0], "cooler": where[1]}
        arrays = []
        for field in schema:
            name = fixed.get(field.name)
            if name:
                arrays.append(_constant(name, columns.rows))
            elif field.type == AT:
                arrays.append(_moments(columns.values(field.name)))
            elif field.type == UNITS:
                arrays.append(pa.array(columns.values(field.name), UNITS, mask=_is_none(columns, field.name)))
            else:
                words = columns.words.get(field.name) or self._words[field.name]
                arrays.append(_named(columns.values(field.name), words))
        self._parts[table].append(pa.Table.from_arrays(arrays, schema=schema))


class _Columns:
    """Rows of whole numbers, by column."""

    def __init__(self, rows: _Rows, names: tuple[str, ...], words: dict[str, list[str]] | None = None) -> None:
        self.rows = len(rows)
        self.words = words or {}
        table = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * len(names)).reshape(-1, len(names))
        self._by_name = {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(names)}

    def values(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The column of that name."""
        return self._by_name[name]


def _held(history: CoolerHistory) -> Iterable[tuple[int, int]]:
    """SKUs that the cooler held, or that moved, or that its planograms have; with a unit count that says nothing."""
    yield from ((sku, units) for sku, units in enumerate(history.opening) if units)
    yield from ((movement.sku, movement.units) for movement in history.movements)
    number_of = {sku: number for number, sku in enumerate(history.skus)}
    for installed in history.installed:
        yield from ((number_of[sku], units) for sku, units in installed.planogram.capacity().items())


def _constant(name: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [name])


def _named(numbers: np.ndarray[tuple[int], np.dtype[np.int64]], words: list[str]) -> pa.DictionaryArray:
    indices = pa.array(numbers.astype(np.int32), pa.int32(), mask=numbers == NONE)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _moments(seconds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    return pa.array(seconds * 1000, pa.int64(), mask=seconds == NONE).cast(AT)


def _is_none(columns: _Columns, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    return columns.values(name) == NONE if name in ("row", "column") else None
