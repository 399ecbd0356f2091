"""The sums behind the KPIs of shelves, worked out where the facts are.

For each cooler the mean over its usable photos of a group's time, a photo without a SKU counting as zero; then the sum
over the coolers. The variance of a mean is the mean of the variances of its photos: their errors are taken as fully
dependent, so that many photos do not feign certainty. Those of different SKUs and coolers are independent and add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

import pyarrow

from cloud.analytics.measures import Group
from cloud.analytics.query.cut import OF_OUTLETS, Cut, hour_name
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import Scope
from cloud.analytics.query.source import BUCKETS, SETTINGS, Source
from cloud.analytics.query.stretches import Stretch
from cloud.analytics.rollups.kinds import MILLIONTHS, PART, PHOTO, SHELF, Kind
from cloud.audits.facts import Facts
from facings.errors import BadInputError

MOST_GROUPS = 200_000
_NO_KIND: Mapping[str, str] = {}
_SUMS = ("units", "facings", "linear_share", "variance")
_SQUARED = "if(units > 0, ({0} / units) * ({0} / units), {1})"
"""The error of other measures is that of the units in proportion. Not `pow`, which takes longer than all else."""


@dataclass(frozen=True, slots=True)
class Total:
    """What the mean photos of a group show; `inside` where its products are in scope."""

    values: Mapping[str, str]
    """By dimension."""
    group: Group
    inside: bool
    units: float
    facings: float
    width: float
    """Linear share, summed over coolers."""
    units_variance: float
    facings_variance: float
    width_variance: float
    coolers: int
    """In how many it was seen."""

    @property
    def count_sd(self) -> float:
        """Standard deviation of the error of `units`."""
        return float(self.units_variance**0.5)

    def by_width(self) -> Total:
        """The same with the width in place of the facings."""
        return replace(self, facings=self.width, facings_variance=self.width_variance)


@dataclass(frozen=True, slots=True)
class Reporting:
    """What is behind a group of a cut without products, and what is left out of it, as one of a cooler's cameras was
    broken."""

    photos: int = 0
    coolers: int = 0
    """That reported."""
    in_part: int = 0
    """Coolers of which no photo of the group shows all."""
    part_hours: int = 0
    """Hours with photos of a part, of all coolers: also of those that reported in others."""


class Sums:
    """Sums of one tenant over one period cut in one way; `mark` sets names apart where two share a statement."""

    def __init__(
        self,
        facts: Facts,
        tenant: str,
        known: Known,
        scope: Scope,
        parts: Sequence[Stretch],
        cut: Cut,
        mark: str = "",
    ) -> None:
        self._facts = facts
        self._known = known
        self._cut = cut
        self._source = Source(tenant, parts, scope, mark)
        self._parameters = self._source.parameters

    def totals(self) -> list[Total]:
        """A total for each group of the cut, told apart by own, competitor and unknown and by what is in scope.

        Raises:
            BadInputError: more groups than an answer may have.
        """
        kinds = self._kinds()
        products = [f"{kinds.code(self._source)} AS code", f"{self._source.in_scope()} AS inside"]
        products += ["sku AS d_sku"] if "sku" in self._cut.products else []
        of_products = [one.rpartition(" AS ")[2] for one in products]
        places = [f"{self._place(one)} AS d_{one}" for one in self._cut.places]
        # Many lines are summed up before they meet the photos.
        statement = f"""
            WITH seen AS (
                SELECT {", ".join((*self._inner, *products))}, sum(units) AS s_units, sum(facings) AS s_facings,
                    sum(linear_share) AS s_width, sum(variance) AS s_units_variance,
                    sum(variance * {_SQUARED.format("facings", 1)}) AS s_facings_variance,
                    sum(variance * {_SQUARED.format(f"linear_share / {MILLIONTHS}", 0)}) AS s_width_variance
                FROM ({self._rows_of(SHELF, (*self._inner, "sku"), *_SUMS)}) AS line
                GROUP BY {", ".join((*self._inner, *of_products))}
            ),
            photographed AS ({self._summed(PHOTO, self._inner, "photos")})
            SELECT {", ".join(["bucket", *places, *of_products])}, uniqExact(cooler) AS coolers,
                sum(s_units / photos) AS units, sum(s_facings / photos) AS facings,
                sum(s_width / photos) / {MILLIONTHS} AS width,
                sum(s_units_variance / photos) / {MILLIONTHS} AS units_variance,
                sum(s_facings_variance / photos) / {MILLIONTHS} AS facings_variance,
                sum(s_width_variance / photos) / {MILLIONTHS} AS width_variance
            FROM seen INNER JOIN photographed USING ({", ".join(self._inner)})
            GROUP BY ALL LIMIT {MOST_GROUPS + 1} {SETTINGS}
        """  # noqa: S608 (names of ours; values are bound)
        rows = self._rows(statement)
        return [self._total(row, kinds.values[row["code"]]) for row in rows]

    def reporting(self, whole: Sums | None = None) -> list[dict[str, Reporting]]:
        """By key of the cut without products: the photos, how many of the expected coolers took them, what is left out.

        With `whole`, sums marked otherwise, theirs come too, in the same statement: it costs more than what it reads.
        """
        asked = [self, whole] if whole else [self]
        parts = " UNION ALL ".join(one._reporting(number, self._cut.places) for number, one in enumerate(asked))
        self._parameters["expected"] = tuple(self._known.expected) or ("",)
        for one in asked:
            self._parameters |= one._parameters
        found: list[dict[str, Reporting]] = [{} for _ in asked]
        for row in self._rows(f"SELECT * FROM ({parts}) AS each LIMIT {MOST_GROUPS + 2} {SETTINGS}"):  # noqa: S608
            cut = asked[row["number"]]._cut.without_products()
            told = {name: row[name] for name in ("photos", "coolers", "in_part", "part_hours")}
            found[row["number"]][cut.key(self._values(cut, row))] = Reporting(**told)
        return found

    def _reporting(self, number: int, places: Sequence[str]) -> str:
        mine = self._cut.places
        named = [f"{self._place(one)} AS d_{one}" if one in mine else f"'' AS d_{one}" for one in places]
        bucket = "bucket" if self._cut.time else "NULL"
        whole = self._rows_of(PHOTO, self._inner, "toInt64(photos) AS n_whole", "toInt64(0) AS n_hours")
        part = self._rows_of(PART, self._inner, "toInt64(0) AS n_whole", "toInt64(hours) AS n_hours")
        # By cooler first: one that was seen whole at any time of the group is not one that was seen in part.
        return f"""
            SELECT {", ".join([f"{number} AS number", "of_bucket AS bucket", *(f"d_{one}" for one in places)])},
                sum(s_whole) AS photos, countIf(s_whole > 0 AND awaited) AS coolers,
                countIf(s_whole = 0 AND awaited) AS in_part, sumIf(s_hours, awaited) AS part_hours
            FROM (
                SELECT {", ".join([f"{bucket} AS of_bucket", *named])}, cooler AS of_cooler,
                    any(cooler IN %(expected)s) AS awaited, sum(n_whole) AS s_whole, sum(n_hours) AS s_hours
                FROM ({whole} UNION ALL {part}) AS one GROUP BY ALL
            ) AS each_cooler GROUP BY ALL
        """  # noqa: S608

    @property
    def _inner(self) -> tuple[str, ...]:
        # A cooler that moved is one cooler, unless outlets are told apart.
        of_outlets = any(one in OF_OUTLETS for one in self._cut.places)
        return ("bucket", "cooler", "outlet") if of_outlets else ("bucket", "cooler")

    def _summed(self, kind: Kind, keys: Sequence[str], *sums: str) -> str:
        named = ", ".join(keys)
        summed = ", ".join(f"sum({name}) AS {name}" for name in sums)
        # Named anew in an outer SELECT: ClickHouse takes a name within a sum for the sum of that name.
        return f"SELECT {named}, {summed} FROM ({self._rows_of(kind, keys, *sums)}) AS one GROUP BY {named}"  # noqa: S608

    def _rows_of(self, kind: Kind, keys: Sequence[str], *sums: str) -> str:
        named = [key for key in keys if key != "bucket"]
        return self._source.rows(kind, [f"{BUCKETS[self._cut.time]} AS bucket", *named, *sums])

    def _place(self, dimension: str) -> str:
        if dimension in ("cooler", "outlet"):
            return dimension
        outlets = self._known.outlets
        values = {one: self._known.outlet_value(dimension, one) for one in outlets}
        return self._source.mapped("outlet", dimension, values, "")

    def _kinds(self) -> _Kinds:
        told = dict.fromkeys((*(one for one in self._cut.products if one != "sku"), "group"))
        return _Kinds.of(self._known, tuple(told))

    def _rows(self, statement: str) -> list[dict[str, Any]]:
        return few_enough(self._facts.arrow(statement, self._parameters)).to_pylist()  # type: ignore[no-any-return]

    def _total(self, row: Mapping[str, Any], kind: Mapping[str, str]) -> Total:
        return Total(
            values=self._values(self._cut, row, kind),
            group=cast("Group", kind["group"]),
            inside=bool(row["inside"]),
            **{name: row[name] for name in ("units", "facings", "width", "coolers")},
            **{f"{name}_variance": row[f"{name}_variance"] for name in ("units", "facings", "width")},
        )

    def _values(self, cut: Cut, row: Mapping[str, Any], kind: Mapping[str, str] = _NO_KIND) -> dict[str, str]:
        named = (one for one in cut.dimensions if one != cut.time)
        values = {one: kind[one] if one in kind else str(row[f"d_{one}"]) for one in named}
        if cut.time:
            values[cut.time] = bucket_name(cut.time, row["bucket"])
        return values


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The products that a cut does not tell apart, by number: one number groups faster than several texts."""

    values: Sequence[Mapping[str, str]]
    """By number, then by dimension."""
    numbers: Mapping[str, int]
    """By SKU."""
    other: int
    """Of SKUs that the catalogue does not know."""

    @staticmethod
    def of(known: Known, dimensions: Sequence[str]) -> _Kinds:
        """The kinds that the dimensions of products, without the SKU, tell apart."""
        kinds: dict[tuple[str, ...], int] = {}

        def number(sku: str) -> int:
            return kinds.setdefault(tuple(known.product_value(one, sku) for one in dimensions), len(kinds))

        numbers, other = {sku: number(sku) for sku in known.products}, number("")
        return _Kinds([dict(zip(dimensions, kind, strict=True)) for kind in kinds], numbers, other)

    def code(self, source: Source) -> str:
        """An expression: the number of a line's SKU."""
        return source.mapped("sku", "kind", self.numbers, self.other)


def few_enough(found: pyarrow.Table) -> pyarrow.Table:
    """The groups of an answer.

    Raises:
        BadInputError: more than an answer may have.
    """
    if found.num_rows > MOST_GROUPS:
        raise BadInputError(
            f"this would be more than {MOST_GROUPS:,} rows: ask for a shorter period, fewer coolers or products, "
            "or fewer dimensions"
        )
    return found


def bucket_name(time: str, bucket: date | datetime) -> str:
    """A bucket as keys name it."""
    if isinstance(bucket, datetime):
        return hour_name(bucket)
    return bucket.isoformat()[:7] if time == "month" else bucket.isoformat()
