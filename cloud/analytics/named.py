"""Columns of names, each name kept once: how tens of thousands of rows are grouped and added up at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]
Name = TypeVar("Name", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Named(Generic[Name]):
    """A column of names: its row i is `names[codes[i]]`. No name comes twice, none is without a row."""

    names: Sequence[Name]
    codes: IntArray

    @classmethod
    def of(cls, rows: Iterable[Name]) -> Named[Name]:
        """The column of these rows.

        Example:
            >>> column = Named.of(["cola", "ale", "cola"])
            >>> list(column.names), column.codes.tolist()
            (['cola', 'ale'], [0, 1, 0])
        """
        known: dict[Name, int] = {}
        codes = [known.setdefault(one, len(known)) for one in rows]
        return cls(list(known), np.array(codes, np.intp))

    @classmethod
    def of_arrow(cls, column: pyarrow.ChunkedArray) -> Named[Any]:
        """A column as the facts store answers it."""
        coded = column.combine_chunks().dictionary_encode()
        return Named(coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.intp))

    def __len__(self) -> int:
        """How many rows."""
        return len(self.codes)

    def __iter__(self) -> Iterator[Name]:
        """The name of each row."""
        return (self.names[code] for code in self.codes.tolist())

    def among(self, some: Collection[Name]) -> BoolArray:
        """Which rows have one of `some` names."""
        return self.taken([one in some for one in self.names]).astype(bool)

    def taken(self, values: Sequence[float]) -> FloatArray:
        """For each row the value of its name; `values` are those of `names`."""
        found: FloatArray = np.array(values, float)[self.codes]
        return found

    def mapped(self, other: Callable[[Name], Other]) -> Named[Other]:
        """The column with other names, of which several may become one."""
        renamed = Named.of(map(other, self.names))
        return Named(renamed.names, renamed.codes[self.codes])

    def sums(self, values: FloatArray | BoolArray) -> FloatArray:
        """The sum of the rows of each name."""
        return np.bincount(self.codes, values, len(self.names)).astype(float)

    def repeated(self, times: IntArray) -> Named[Name]:
        """Each row so many times, at least once."""
        return Named(self.names, np.repeat(self.codes, times))

    def followed_by(self, other: Named[Name]) -> Named[Name]:
        """The rows of this column and then those of another."""
        names = Named.of([*self.names, *other.names])
        mine, its = np.split(names.codes, [len(self.names)])
        return Named(names.names, np.concatenate([mine[self.codes], its[other.codes]]))

    @property
    def ranks(self) -> IntArray:
        """The place of each row's name in the order of names."""
        order = sorted(range(len(self.names)), key=lambda one: self.names[one])  # type: ignore[arg-type, return-value]
        ranks = np.empty(len(order), np.intp)
        ranks[order] = np.arange(len(order))
        found: IntArray = ranks[self.codes]
        return found

    def where(self, rows: BoolArray | IntArray) -> Named[Name]:
        """Some of the rows."""
        codes = self.codes[rows]
        there = np.zeros(len(self.names), bool)
        there[codes] = True
        return Named([self.names[one] for one in np.flatnonzero(there).tolist()], (np.cumsum(there) - 1)[codes])


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The pairs of names that rows have in two columns, each pair once, in the order of their codes."""

    rows: IntArray
    """The cell of each row."""
    first: IntArray
    """The code of each cell in the one column."""
    second: IntArray
    """The code in the other."""

    @classmethod
    def of(cls, one: Named[Name], other: Named[Other]) -> Cells:
        """Those of two columns of the same rows."""
        width = max(len(other.names), 1)
        found, rows = np.unique(one.codes * width + other.codes, return_inverse=True)
        return cls(rows, found // width, found % width)

    def sums(self, values: FloatArray) -> FloatArray:
        """The sum of the rows of each cell."""
        return np.bincount(self.rows, values, len(self.first)).astype(float)

    def greatest(self, values: FloatArray) -> FloatArray:
        """The greatest of the rows of each cell; values from 0 on."""
        found = np.zeros(len(self.first))
        np.maximum.at(found, self.rows, values)
        return found
