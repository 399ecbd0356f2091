"""The KPIs of daily sell-out in any cut, added up in the store: a fleet has a million days of SKUs in a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow

from cloud.analytics.query.cut import Cut
from cloud.analytics.query.source import BUCKETS, Source
from cloud.analytics.query.sums import MOST_GROUPS, bucket_name, few_enough
from cloud.analytics.sellout.answer import ranged
from cloud.analytics.sellout.sums import DAYS, estimates, period_bounds, summed
from facings.messages import Estimate

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period

LEAST_SOLD = 0.5
"""An estimate of less rounds to nothing sold."""


class DaysByCut:
    """The rows of `sellout_day` of a period, those in scope, and the group of a cut that each belongs to.

    A cooler counts where it stands now; errors are shared where it stood on the day.
    """

    def __init__(self, period: Period, by: str) -> None:
        self._period, self._by, self._cut = period, by, Cut.of(by)
        self._source = Source(period.tenant, (), period.scope)
        self._source.parameters |= period_bounds(period.tenant, period.start, period.end)
        self.keys = ("bucket", *(f"d_{one}" for one in (*self._cut.places, *self._cut.products)))
        """Columns that name the group."""
        self.named = ", ".join(self.keys)
        self.rows = self._rows()
        """A SELECT of the rows, with the keys beside their own columns."""

    def asked(self, statement: str) -> pyarrow.Table:
        """The answer of a statement on the rows, in the order of the keys.

        Raises:
            BadInputError: more groups than an answer may have.
        """
        limited = f"SELECT * FROM ({statement}) AS every ORDER BY {self.named} LIMIT {MOST_GROUPS + 1}"  # noqa: S608 (names of ours; values are bound)
        return few_enough(self.whole(limited))

    def whole(self, statement: str) -> pyarrow.Table:
        """The same of a statement whose rows are no groups yet: of any length."""
        return self._period.facts.arrow(statement, self._source.parameters)

    def key(self, row: Mapping[str, Any]) -> str:
        """The key of the group that a row of an answer is of."""
        values = {one: str(row[f"d_{one}"]) for one in (*self._cut.places, *self._cut.products)}
        if self._cut.time:
            values[self._cut.time] = bucket_name(self._cut.time, row["bucket"])
        return self._cut.key(values)

    def points(self, found: pyarrow.Table, told: Iterable[Estimate]) -> list[KpiPoint]:
        """A point for each row of an answer."""
        groups = zip(found.select(list(self.keys)).to_pylist(), told, strict=True)
        return [self._period.point(self._by, self.key(row), value) for row, value in groups]

    def _rows(self) -> str:
        known, source = self._period.known, self._source
        coolers = [one for one in known.coolers if self._period.has_cooler(one)]
        places = {one: {cooler: known.place_value(one, cooler) for cooler in coolers} for one in self._cut.places}
        named = [f"{source.mapped('cooler', one, values, '')} AS d_{one}" for one, values in places.items()]
        for one in self._cut.products:
            values = {sku: known.product_value(one, sku) for sku in known.products}
            other = known.product_value(one, "")
            named.append("sku AS d_sku" if one == "sku" else f"{source.mapped('sku', one, values, other)} AS d_{one}")
        inside = f"{source.among('cooler', 'coolers', coolers)} AND {source.in_scope()}"
        return f"SELECT {', '.join(('*', f'{BUCKETS[self._cut.time]} AS bucket', *named))} {DAYS} AND {inside}"


def sell_out(period: Period, by: str) -> list[KpiPoint]:
    """Units sold."""
    days = DaysByCut(period, by)
    found = days.asked(summed(days.keys, days.rows))
    return days.points(found, estimates(found))


class LostUnits(NamedTuple):
    """Units of a SKU wanted while there were none, in a group of a cut."""

    group: str
    sku: str
    units: float
    variance: float


def lost_units(period: Period, by: str) -> list[LostUnits]:
    """The lost sales of each SKU in each group."""
    days = DaysByCut(period, by)
    found = days.whole(
        f"SELECT {days.named}, sku, sum(lost) AS units, sum(lost_variance) AS variance "  # noqa: S608
        f"FROM ({days.rows}) AS each GROUP BY {days.named}, sku ORDER BY {days.named}, sku"
    )
    return [LostUnits(days.key(row), row["sku"], row["units"], row["variance"]) for row in found.to_pylist()]


def lost_sales(period: Period, by: str) -> list[KpiPoint]:
    """Units wanted while there were none."""
    days = DaysByCut(period, by)
    found = days.asked(
        f"SELECT {days.named}, sum(lost) AS units, sum(lost_variance) AS variance "  # noqa: S608
        f"FROM ({days.rows}) AS each GROUP BY {days.named}"
    )
    return days.points(found, estimates(found))


def velocity(period: Period, by: str) -> list[KpiPoint]:
    """Units sold / selling outlets / days with sell-out."""
    days = DaysByCut(period, by)
    selling = f"""
        SELECT {days.named}, countIf(s_sold >= {LEAST_SOLD}) * uniqExactArray(dates) AS parts
        FROM (
            SELECT {days.named}, outlet, sum(sold) AS s_sold, groupUniqArray(day) AS dates
            FROM ({days.rows}) AS each GROUP BY {days.named}, outlet
        ) AS of_outlets GROUP BY {days.named}
    """  # noqa: S608
    return _sold_in_parts(days, selling)


def sold_of_stock(period: Period, by: str) -> list[KpiPoint]:
    """Units sold / units in stock at the beginning of each cooler's first day; over 1 where it was refilled."""
    days = DaysByCut(period, by)
    opening = f"""
        SELECT {days.named}, sum(first) AS parts
        FROM (
            SELECT {days.named}, argMin(s_opening, day) AS first
            FROM (
                SELECT {days.named}, cooler, day, sum(opening) AS s_opening
                FROM ({days.rows}) AS each GROUP BY {days.named}, cooler, day
            ) AS of_days GROUP BY {days.named}, cooler
        ) AS of_coolers GROUP BY {days.named} HAVING parts >= {LEAST_SOLD}
    """  # noqa: S608
    return _sold_in_parts(days, opening)


def _sold_in_parts(days: DaysByCut, parts: str) -> list[KpiPoint]:
    """Units sold / `parts`, of the groups that have such; nothing where these are none."""
    found = days.asked(
        f"SELECT * FROM ({summed(days.keys, days.rows)}) AS units INNER JOIN ({parts}) AS of USING ({days.named})"  # noqa: S608
    )
    return days.points(found, map(_part, estimates(found), found.column("parts").to_pylist()))


def _part(units: Estimate, parts: float) -> Estimate:
    value, low, high = (round(one / parts, 4) if parts else 0.0 for one in (units.value, units.low, units.high))
    return Estimate(value=value, low=low, high=high)


def sell_through(period: Period, by: str) -> list[KpiPoint]:
    """SKUs with a sale / SKUs present, each counted once in each outlet; present is what stood there or was sold."""
    days = DaysByCut(period, by)
    each = (*days.keys, "outlet", "sku")
    present = f"""
        SELECT * FROM ({days.rows}) AS every WHERE ({", ".join(each)}) IN (
            SELECT {", ".join(each)} FROM ({days.rows}) AS one GROUP BY ALL HAVING max(opening + sold) >= {LEAST_SOLD}
        )
    """  # noqa: S608
    found = days.whole(f"SELECT {days.named}, units, variance FROM ({summed(each, present)}) AS sold")  # noqa: S608
    columns = (np.asarray(found.column(name), float) for name in ("units", "variance"))
    sale = {name: np.round(part, 4) >= LEAST_SOLD for name, part in ranged(*columns)._asdict().items()}
    groups = pyarrow.table({**{name: found.column(name) for name in days.keys}, **sale}).group_by(list(days.keys))
    shares = few_enough(groups.aggregate([(name, "mean") for name in sale]))
    told = shares.select([f"{name}_mean" for name in sale]).to_pylist()
    return days.points(shares, [Estimate(**{name: round(one[f"{name}_mean"], 4) for name in sale}) for one in told])


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    "sell-out": sell_out,
    "lost-sales": lost_sales,
    "velocity": velocity,
    "sell-through": sell_through,
    "sell-through-of-stock": sold_of_stock,
}
"""By the name in the registry."""
