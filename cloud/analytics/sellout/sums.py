"""Sell-out over some time added up in the store: thousands of rows of single days need not come out of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow

from cloud.analytics.sellout.answer import ranged
from cloud.audits.facts import Facts
from facings.messages import Estimate

By = Literal["outlet", "outlet, sku"]
DAYS = "FROM sellout_day FINAL WHERE tenant = %(tenant)s AND day BETWEEN %(first)s AND %(last)s AND withdrawn = 0"
"""The rows of a period, as SQL."""


@dataclass(frozen=True, slots=True)
class SoldSum:
    """What an outlet, or one SKU in it, sold over all its business days of the period."""

    outlet: str
    sku: str
    """Empty where SKUs are not told apart."""
    units: Estimate


def sold_by_outlet(facts: Facts, tenant: str, start: datetime, end: datetime) -> dict[str, float]:
    """Units sold of all products, by outlet; the business days are those whose dates lie in the period."""
    statement = f"SELECT outlet, sum(greatest(sold, 0)) AS units {DAYS} GROUP BY outlet"
    return dict(_pairs(facts, statement, period_bounds(tenant, start, end)))


def days_sold(facts: Facts, tenant: str, start: datetime, end: datetime, skus: Collection[str]) -> dict[str, int]:
    """Business days of the period with sell-out of some of `skus`, by outlet."""
    bound = period_bounds(tenant, start, end) | {"skus": tuple(skus) or ("",)}
    statement = f"SELECT outlet, uniqExact(day) AS days {DAYS} AND sku IN %(skus)s GROUP BY outlet"
    return dict(_pairs(facts, statement, bound))


def sold_on_days(
    facts: Facts, tenant: str, start: datetime, end: datetime, skus: Collection[str]
) -> dict[str, tuple[float, int]]:
    """Units of `skus` sold in the period, without interval, and its business days with any, by outlet."""
    bound = period_bounds(tenant, start, end) | {"skus": tuple(skus) or ("",)}
    statement = f"SELECT outlet, sum(sold) AS units, uniqExact(day) AS days {DAYS} AND sku IN %(skus)s GROUP BY outlet"
    return {row["outlet"]: (round(row["units"], 4), row["days"]) for row in facts.arrow(statement, bound).to_pylist()}


def sold_by_sku(
    facts: Facts, tenant: str, start: datetime, end: datetime, skus: Collection[str], outlets: Collection[str]
) -> list[tuple[str, str, float]]:
    """Outlet, SKU, and the units of it that were sold there, of some `skus` and `outlets`: without intervals, it is
    read once, and of few columns."""
    bound = period_bounds(tenant, start, end) | {"skus": tuple(skus) or ("",), "outlets": tuple(outlets) or ("",)}
    statement = f"SELECT outlet, sku, sum(sold) AS units {DAYS} AND sku IN %(skus)s AND outlet IN %(outlets)s"
    columns = facts.arrow(f"{statement} GROUP BY outlet, sku ORDER BY outlet, sku", bound).columns
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def lost_by_sku(
    facts: Facts, tenant: str, start: datetime, end: datetime, skus: Collection[str], outlet: str | None = None
) -> Mapping[str, Mapping[str, float]]:
    """Units of `skus` that were wanted and not there, by outlet and SKU, of one outlet or of all."""
    bound = period_bounds(tenant, start, end) | {"skus": tuple(skus) or ("",), "outlet": outlet or ""}
    lost: dict[str, dict[str, float]] = defaultdict(dict)
    for row in facts.arrow(
        f"SELECT outlet, sku, sum(lost) AS units {DAYS} AND sku IN %(skus)s {_of_one(outlet)} "
        "GROUP BY outlet, sku HAVING units > 0 ORDER BY outlet, sku",
        bound,
    ).to_pylist():
        lost[row["outlet"]][row["sku"]] = row["units"]
    return lost


def sold_sums(
    facts: Facts, tenant: str, start: datetime, end: datetime, skus: Collection[str], by: By, outlet: str | None = None
) -> list[SoldSum]:
    """The sell-out of `skus`, of one outlet or of all, with its interval."""
    bound = period_bounds(tenant, start, end) | {"skus": tuple(skus) or ("",), "outlet": outlet or ""}
    days = f"SELECT * {DAYS} AND sku IN %(skus)s {_of_one(outlet)}"
    found = facts.arrow(summed(by.split(", "), days), bound)
    rows = zip(found.to_pylist(), estimates(found), strict=True)
    return [SoldSum(row["outlet"], row.get("sku", ""), units) for row, units in rows]


def estimates(found: pyarrow.Table) -> list[Estimate]:
    """The estimate of each row, from its columns `units` and `variance`."""
    columns = (np.asarray(found.column(name), float) for name in ("units", "variance"))
    value, low, high = ([float(one) for one in np.round(part, 4)] for part in ranged(*columns))
    return [Estimate(value=one, low=below, high=above) for one, below, above in zip(value, low, high, strict=True)]


def _of_one(outlet: str | None) -> str:
    return "" if outlet is None else "AND outlet = %(outlet)s"


def summed(keys: Sequence[str], days: str) -> str:
    """What each group sold, as SQL: `keys`, `units` and `variance`, in the order of the keys.

    How busy an outlet's day was, all its SKUs share: such errors add up. Those of a SKU's days are bound to each other:
    what was not sold today was sold tomorrow. All others are independent.

    Args:
        keys: columns of `days`.
        days: selects rows of `sellout_day`.
    """
    # Days mostly follow one another, where the last one says it all.
    known = "if(length(days) = last - first + 1, at + lag <= last, has(days, at + lag))"
    covariances = f"arraySum(arrayMap((of, lag) -> if({known}, of, 0), following, arrayEnumerate(following)))"
    of_sku, of_day = (
        ", ".join(dict.fromkeys((*keys, *more))) for more in (("outlet", "sku", "cooler"), ("outlet", "day"))
    )
    by = ", ".join(keys)
    return f"""
        SELECT {by}, units, greatest(own, 0) + shared AS variance
        FROM (
            SELECT {by}, sum(s_sold) AS units, sum(s_variance + 2 * between) AS own
            FROM (
                SELECT {by}, sum(sold) AS s_sold, sum(sold_variance) AS s_variance,
                    groupArray(toInt32(day)) AS days, min(toInt32(day)) AS first, max(toInt32(day)) AS last,
                    arraySum(arrayMap((at, following) -> {covariances}, days, groupArray(sold_following))) AS between
                FROM ({days}) AS of_skus GROUP BY {of_sku}
            ) AS stood GROUP BY {by}
        ) AS sold INNER JOIN (
            SELECT {by}, sum(pow(busy, 2)) AS shared
            FROM (
                SELECT {by}, sum(sold_shared) AS busy FROM ({days}) AS of_days GROUP BY {of_day}
            ) AS each GROUP BY {by}
        ) AS together USING ({by})
        ORDER BY {by}
    """  # noqa: S608 (names of ours; values are bound)


def period_bounds(tenant: str, start: datetime, end: datetime) -> dict[str, Any]:
    """What the bounds of `DAYS` stand for: the business days, local at each outlet, whose dates lie in the period."""
    last = (end - timedelta(microseconds=1)).date()
    return {"tenant": tenant, "first": str(start.date()), "last": str(last)}


def _pairs(facts: Facts, statement: str, bound: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    columns = facts.arrow(statement, bound).columns
    return list(zip(*(column.to_pylist() for column in columns), strict=True))
