"""What the sums of a period leave out: photos of a part of a cooler, one of whose cameras was broken.

Their rollup is small, and of the other photos only those of its coolers are read: where every camera works, one look at
a table without rows is all that this costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cloud.analytics.query.source import SETTINGS
from cloud.analytics.query.sums import MOST_GROUPS, Sums
from cloud.analytics.rollups.kinds import PART, PHOTO


@dataclass(frozen=True, slots=True)
class InPart:
    """What is left out of a group."""

    coolers: int
    """Those of which there is no photo of the whole."""
    hours: int
    """With such photos, of all its coolers: also of those that were seen whole at other times."""


NOTHING_LEFT_OUT = InPart(0, 0)


@dataclass(frozen=True, slots=True)
class PartlySeen:
    """A cooler with photos of a part of it: whether others showed all, in how many hours, and the last of them."""

    cooler: str
    whole: bool
    hours: int
    last: datetime


class PartSums(Sums):
    """Of the same period, scope and cut as the sums that leave them out.

    For all but `ever`, narrow the scope to the coolers that have such photos first.
    """

    def ever(self) -> list[str]:
        """The coolers with such photos."""
        rows = self._source.rows(PART, ("cooler",))
        return [row["cooler"] for row in self._rows(f"SELECT DISTINCT cooler FROM ({rows}) AS one {SETTINGS}")]  # noqa: S608

    def coolers(self) -> list[PartlySeen]:
        """The coolers with such photos, those with the most hours first."""
        whole = self._source.rows(PHOTO, ("cooler", "1 AS seen_whole", "toInt64(0) AS hours", "last"))
        part = self._source.rows(PART, ("cooler", "0 AS seen_whole", "hours", "last"))
        found = self._rows(f"""
            SELECT cooler, max(seen_whole) AS whole, sum(hours) AS s_hours, maxIf(last, hours > 0) AS latest
            FROM ({whole} UNION ALL {part}) AS one GROUP BY cooler HAVING s_hours > 0 ORDER BY s_hours DESC, cooler
            LIMIT {MOST_GROUPS + 1} {SETTINGS}
        """)  # noqa: S608 (names of ours; values are bound)
        return [PartlySeen(row["cooler"], bool(row["whole"]), row["s_hours"], row["latest"]) for row in found]

    def groups(self) -> dict[str, InPart]:
        """By key of the cut without products."""
        cut = self._cut.without_products()
        names = ["bucket" if cut.time else "NULL AS bucket", *(f"{self._place(one)} AS d_{one}" for one in cut.places)]
        whole = self._rows_of(PHOTO, self._inner, "1 AS seen_whole", "toInt64(0) AS hours")
        part = self._rows_of(PART, self._inner, "0 AS seen_whole", "hours")
        found = self._rows(f"""
            SELECT {", ".join(["bucket", *(f"d_{one}" for one in cut.places)])},
                countIf(NOT ever_whole) AS coolers, sum(s_hours) AS hours
            FROM (
                SELECT {", ".join(names)}, cooler AS of_cooler, max(seen_whole) AS ever_whole, sum(hours) AS s_hours
                FROM ({whole} UNION ALL {part}) AS one GROUP BY ALL
            ) AS each GROUP BY ALL LIMIT {MOST_GROUPS + 1} {SETTINGS}
        """)  # noqa: S608
        return {cut.key(self._values(cut, row)): InPart(row["coolers"], row["hours"]) for row in found}
