"""The rows of the rollups behind a period, as SQL: where everything that is told of shelves over some time begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.stretches import Stretch
from cloud.analytics.rollups.kinds import Kind
from cloud.analytics.rollups.statements import milliseconds

BUCKETS = {
    None: "'all'",
    "hour": "hour",
    "day": "day",
    "week": "toMonday(day)",
    "month": "toStartOfMonth(day)",
}
"""By dimension of time, the expression that names its buckets."""

SETTINGS = "SETTINGS do_not_merge_across_partitions_select_final = 1"
"""Ends every statement: parts of a bucket lie in one partition each, as partitions are made by the bucket itself."""

_Named = TypeVar("_Named", str, int)

NOTHING = ("\x00",)
"""In place of an empty list, which SQL does not have: what no column holds. The unnamed have the empty text as SKU."""


class Source:
    """Rollup rows of one tenant: those of `parts` that lie in `scope`; `mark` sets names apart where two share a
    statement."""

    def __init__(self, tenant: str, parts: Sequence[Stretch], scope: Scope = EVERYTHING, mark: str = "") -> None:
        self.parameters: dict[str, Any] = {"tenant": tenant}
        """What the statement's `%(name)s` stand for."""
        self.parts = parts
        self._scope = scope
        self._mark = mark

    def rows(self, kind: Kind, columns: Sequence[str]) -> str:
        """A SELECT of `columns`, or expressions, from the rollups of a `kind`."""
        return " UNION ALL ".join(
            f"SELECT {', '.join(columns)} FROM {kind.name}_{part.grain} FINAL "  # noqa: S608 (names of ours; values are bound)
            f"WHERE {self._condition(number, part)} AND {kind.counted} > 0"
            for number, part in enumerate(self.parts)
        )

    def among(self, column: str, name: str, values: Collection[str]) -> str:
        """A condition: the column has one of `values`."""
        self.parameters[name] = tuple(values) or NOTHING
        return f"{column} IN %({name})s"

    def in_scope(self) -> str:
        """A condition: the SKU is in scope."""
        if self._scope.excluded_skus is not None:
            return f"NOT ({self.among('sku', 'scope_skus', self._scope.excluded_skus)})"
        return "true" if self._scope.skus is None else self.among("sku", "scope_skus", self._scope.skus)

    def mapped(self, column: str, name: str, values: Mapping[str, _Named], other: _Named) -> str:
        """An expression: what `values` says of a column's text, `other` where they do not know it."""
        values = values or {"": other}
        self.parameters |= {f"from_{name}": list(values), f"to_{name}": list(values.values()), f"other_{name}": other}
        return f"transform({column}, %(from_{name})s, %(to_{name})s, %(other_{name})s)"

    def _condition(self, number: int, part: Stretch) -> str:
        conditions = ["tenant = %(tenant)s", self._between(number, part)]
        if part.outlets is not None:
            conditions.append(self.among("outlet", f"outlets_{number}{self._mark}", part.outlets))
        if self._scope.outlets is not None:
            conditions.append(self.among("outlet", "scope_outlets", self._scope.outlets))
        if self._scope.coolers is not None:
            conditions.append(self.among("cooler", "scope_coolers", self._scope.coolers))
        return " AND ".join(conditions)

    def _between(self, number: int, part: Stretch) -> str:
        first, last = f"first_{number}{self._mark}", f"last_{number}{self._mark}"
        if isinstance(part.first, datetime) and isinstance(part.last, datetime):
            self.parameters |= {first: milliseconds(part.first), last: milliseconds(part.last)}
            moment = "fromUnixTimestamp64Milli(toInt64(%({})s), 'UTC')"
            return f"hour >= {moment.format(first)} AND hour < {moment.format(last)}"
        self.parameters |= {first: str(part.first), last: str(part.last)}
        return f"day BETWEEN toDate(%({first})s) AND toDate(%({last})s)"
