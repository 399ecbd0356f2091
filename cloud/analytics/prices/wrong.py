"""Tags that say a wrong price now: of each product in a cooler, the price that its tags said last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cloud.analytics.prices.wanted import catalogue_prices, discount_of, price_cuts, right, wanted
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import Scope
from cloud.analytics.query.source import SETTINGS, Source
from cloud.analytics.query.stretches import Stretch, whole_hours
from cloud.analytics.rollups.kinds import MILLIONTHS, TAG
from cloud.audits.facts import Facts

LEAST_TAGS = 2
"""Tags, of one photo or of several, that must say a price before it is believed: of a hundred prices read one is wrong,
and a fleet reads tens of thousands a day."""


@dataclass(frozen=True, slots=True)
class Said:
    """A price that tags of a SKU in a cooler said: in hundredths, from the first hour to the last, on so many tags."""

    cooler: str
    sku: str
    price: int
    first: datetime
    last: datetime
    tags: int
    confidence: float


@dataclass(frozen=True, slots=True)
class WrongPrice:
    """What the tags said last, and what they ought to say; `discount` is that of a price cut that runs."""

    said: Said
    ought: int
    discount: float


def wrong_prices(
    session: Session, facts: Facts, tenant: str, known: Known, start: datetime, end: datetime
) -> list[WrongPrice]:
    """The wrong prices among those said last between two moments, furthest from right first; from the rollups."""
    prices = catalogue_prices(session)
    cuts = price_cuts(session, start.date(), end.date() + timedelta(days=1))
    found = []
    for said in said_last(facts, tenant, known, start, end):
        if said.sku not in prices or said.cooler not in known.coolers:
            continue
        outlet = known.coolers[said.cooler].outlet
        zone = ZoneInfo(known.outlets[outlet].timezone)
        discount = discount_of(cuts, said.sku, outlet, said.last.astimezone(zone).date())
        ought = wanted(prices[said.sku], discount)
        if not right(said.price, ought):
            found.append(WrongPrice(said, ought, discount))
    return sorted(found, key=lambda one: (-abs(one.said.price / one.ought - 1), one.said.cooler, one.said.sku))


def said_last(facts: Facts, tenant: str, known: Known, start: datetime, end: datetime) -> Iterator[Said]:
    """Of each SKU in each cooler the price that its tags said last; of several then, the one that most of them said.

    A price that a single tag said is passed over.
    """
    said: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in _said(facts, tenant, known, start, end):
        said[one.cooler, one.sku].append(one)
    return (max(some, key=lambda one: (one.last, one.tags)) for some in said.values())


def _said(facts: Facts, tenant: str, known: Known, start: datetime, end: datetime) -> Sequence[Said]:
    scope = Scope(coolers=frozenset(known.coolers))
    source = Source(tenant, [Stretch(*whole_hours(start, end))], scope)
    rows = source.rows(TAG, ("cooler", "sku", "price", "hour", *TAG.measures))
    answer = facts.arrow(
        f"""
        SELECT cooler, sku, price, min(hour) AS first, max(hour) AS last, sum(tags) AS said,
            sum(confidence) / said / {MILLIONTHS} AS sure
        FROM ({rows}) AS each WHERE price >= 0 AND sku != '' GROUP BY cooler, sku, price
        HAVING said >= {LEAST_TAGS} ORDER BY cooler, sku, price
        {SETTINGS}
        """,  # noqa: S608 (names of ours; values are bound)
        source.parameters,
    )
    return [
        Said(row["cooler"], row["sku"], row["price"], _utc(row["first"]), _utc(row["last"]), row["said"], row["sure"])
        for row in answer.to_pylist()
    ]


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
