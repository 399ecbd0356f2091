"""The price tags of a period, summed by cooler, SKU and price: the rows behind everything that is told of prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.analytics.named import BoolArray, FloatArray, IntArray, Named
from cloud.analytics.prices.wanted import PriceCut
from cloud.analytics.query.source import BUCKETS, NOTHING, SETTINGS, Source
from cloud.analytics.rollups.kinds import MILLIONTHS, PHOTO, TAG
from cloud.audits.facts import Facts

_KEY = ("cooler", "sku", "price", "discount", "bucket")


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """Tags as columns: of each cooler, SKU, price on the tag (hundredths; -1: unread), discount and bucket of time.

    Attributes:
        discount: of the price cut that ran then; 0 where none did.
        bucket: hour, day, Monday of the week or first of the month; `all` where time is not told apart.
        tags: how many there were on the mean photo of the cooler.
        confidence: how sure their prices are, in the mean.
    """

    cooler: Named[str]
    sku: Named[str]
    price: IntArray
    discount: FloatArray
    bucket: Named[Any]
    tags: FloatArray
    confidence: FloatArray

    def __len__(self) -> int:
        """How many rows."""
        return len(self.price)

    def where(self, rows: BoolArray) -> Tags:
        """Some of the rows."""
        return Tags(
            self.cooler.where(rows),
            self.sku.where(rows),
            self.price[rows],
            self.discount[rows],
            self.bucket.where(rows),
            self.tags[rows],
            self.confidence[rows],
        )


def read_tags(facts: Facts, source: Source, time: str | None, cuts: Sequence[PriceCut]) -> Tags:
    """The tags in the rows of `source`, told apart by the dimension of `time`; from the rollups as they are."""
    answer = facts.arrow(_statement(source, time, cuts), source.parameters)
    cooler, sku, price, discount, bucket, tags, confidence = answer.columns
    return Tags(
        Named.of_arrow(cooler),
        Named.of_arrow(sku),
        price.to_numpy().astype(int),
        discount.to_numpy().astype(float),
        Named.of_arrow(bucket),
        tags.to_numpy().astype(float),
        confidence.to_numpy().astype(float),
    )


def _statement(source: Source, time: str | None, cuts: Sequence[PriceCut]) -> str:
    bucket = BUCKETS[time]
    by_part = {part.grain for part in source.parts}
    day = "toDate(hour, 'UTC')" if by_part == {"hour"} else "day"
    said = source.rows(TAG, ("cooler", "sku", "price", *TAG.measures, f"{_discount(source, cuts, day)} AS discount",
                             f"{bucket} AS bucket"))  # fmt: skip
    taken = source.rows(PHOTO, ("cooler", f"{bucket} AS bucket", "photos"))
    key = ", ".join(_KEY)
    return f"""
        SELECT {key}, said / taken AS tags, sure / said / {MILLIONTHS} AS confidence
        FROM (
            SELECT {key}, sum(tags) AS said, sum(confidence) AS sure FROM ({said}) AS each GROUP BY {key}
        ) AS tag
        INNER JOIN (
            SELECT cooler, bucket, sum(photos) AS taken FROM ({taken}) AS one GROUP BY cooler, bucket
        ) AS photo USING (cooler, bucket)
        ORDER BY {key} {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)


def _discount(source: Source, cuts: Sequence[PriceCut], day: str) -> str:
    """An expression: the deepest cut of the row's price."""
    found = ["0.0"]
    for number, cut in enumerate(cuts):
        bound: Mapping[str, Any] = {
            f"cut_{number}_skus": tuple(sorted(cut.skus)) or NOTHING,
            f"cut_{number}_outlets": tuple(sorted(cut.outlets)) or NOTHING,
            f"cut_{number}_first": str(cut.first),
            f"cut_{number}_last": str(cut.last),
            f"cut_{number}_discount": cut.discount,
        }
        source.parameters |= bound
        runs = f"{day} BETWEEN toDate(%(cut_{number}_first)s) AND toDate(%(cut_{number}_last)s)"
        here = f"sku IN %(cut_{number}_skus)s AND outlet IN %(cut_{number}_outlets)s"
        found.append(f"if({here} AND {runs}, toFloat64(%(cut_{number}_discount)s), 0.0)")
    return f"greatest({', '.join(found)})" if len(found) > 1 else found[0]
