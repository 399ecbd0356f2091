"""What the facts tell of a promotion: sell-out of its outlets, and of those it is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Row, func, select

from cloud.analytics.promo import sellout
from cloud.analytics.promo.gaps import MOST_OF_A_UNIT
from cloud.analytics.promo.panel import BoolArray, FloatArray
from cloud.analytics.promo.prepared import LEAST_BEFORE
from cloud.analytics.promo.refusals import StudyRefusedError
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts

LEAST_COVERED = 0.5
"""Days of which the photos tell less are taken as unknown."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a study, all of them included."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Which outlets are known on which days; (outlets, days)."""

    outlets: tuple[str, ...]
    days: Days
    known: BoolArray

    def well(self) -> list[str]:
        """The outlets of which enough is known for a study."""
        enough = (~self.known).mean(axis=1) <= MOST_OF_A_UNIT
        return [outlet for outlet, good in zip(self.outlets, enough, strict=True) if good]


def known_days(facts: Facts, tenant: str, days: Days, outlets: Collection[str]) -> Known:
    """An outlet is known on a day when each of its coolers is: the sum over some of them would be too low.

    Days before the first and after the last on which anything is known are left out.

    Raises:
        StudyRefusedError: nothing is known of any outlet.
    """
    row = sellout_day.c
    covered = func.min(row.covered).label("covered")
    wanted = select(row.cooler, row.outlet, row.day, covered).where(
        row.day.between(days.first, days.last), row.withdrawn == 0
    )
    rows = facts.select(tenant, wanted.group_by(row.cooler, row.outlet, row.day), sellout_day)
    told = [one for one in rows if one.outlet in outlets and one.covered >= LEAST_COVERED]
    if not told:
        raise StudyRefusedError("no-sell-out", "no sell-out is known of the days around the promotion")
    days = Days(min(one.day for one in told), max(one.day for one in told))
    coolers: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for one in told:
        coolers[one.outlet][one.cooler].add(one.day)
    names = tuple(sorted(coolers))
    known = np.zeros((len(names), len(days)), dtype=bool)
    for number, outlet in enumerate(names):
        for day in set.intersection(*coolers[outlet].values()):
            known[number, (day - days.first).days] = True
    return Known(names, days, known)


def sell_out_of(
    facts: Facts, tenant: str, skus: Collection[str], known: Known, outlets: Mapping[str, sellout.Outlet]
) -> sellout.SellOut:
    """Units by outlet, SKU and day; zero where a known outlet has no row of a SKU: it was not in its coolers.

    Only SKUs of which there is any sell-out.
    """
    row = sellout_day.c
    wanted = select(row.outlet, row.sku, row.day, func.sum(row.sold).label("sold")).where(
        row.day.between(known.days.first, known.days.last), row.withdrawn == 0, row.sku.in_(sorted(skus))
    )
    rows = facts.select(tenant, wanted.group_by(row.outlet, row.sku, row.day), sellout_day)
    found = tuple(sorted({one.sku for one in rows}))
    days = tuple(known.days.first + timedelta(days=number) for number in range(len(known.days)))
    places = tuple(outlets[outlet] for outlet in known.outlets)
    return sellout.SellOut(places, found, days, _units(rows, found, known))


def _units(rows: Sequence[Row[Any]], skus: Sequence[str], known: Known) -> FloatArray:
    units = np.zeros((len(known.outlets), len(skus), len(known.days)))
    outlet_at = {outlet: number for number, outlet in enumerate(known.outlets)}
    sku_at = {sku: number for number, sku in enumerate(skus)}
    for one in rows:
        if one.outlet in outlet_at:
            units[outlet_at[one.outlet], sku_at[one.sku], (one.day - known.days.first).days] = one.sold
    units[np.broadcast_to(~known.known[:, None, :], units.shape)] = np.nan
    return units


def that_sold_before(sell_out: sellout.SellOut, skus: Collection[str], first: date) -> frozenset[str]:
    """The outlets that had any of the SKUs before the promotion: others say nothing of how those sell without it."""
    before = sellout.days_between(sell_out.days, date.min, first - timedelta(days=1))
    total = np.nansum(sell_out.of_skus(skus)[:, before], axis=1)
    return frozenset(outlet.id for outlet, units in zip(sell_out.outlets, total, strict=True) if units > 0)


def check_history(known: Known, promoted: Collection[str], first: date) -> None:
    """Enough days before the promotion must be known of its outlets.

    Raises:
        StudyRefusedError: too few are.
    """
    mine = [number for number, outlet in enumerate(known.outlets) if outlet in promoted]
    if not mine:
        raise StudyRefusedError("no-sell-out", "no sell-out is known of the outlets of the promotion")
    before = max((first - known.days.first).days, 0)
    days = int(np.count_nonzero(known.known[mine, :before].any(axis=0)))
    if days < LEAST_BEFORE:
        raise StudyRefusedError(
            "short-history",
            f"sell-out of its outlets is known on {days} days before the promotion: at least {LEAST_BEFORE} "
            "are needed to tell how they sold without it",
        )
