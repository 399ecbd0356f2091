"""Coolers that photos showed only in part, as one of their cameras was broken: what the sums of a period leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cloud.analytics.query.source import SETTINGS
from cloud.analytics.query.sums import MOST_GROUPS, Sums
from cloud.analytics.rollups.kinds import PART


@dataclass(frozen=True, slots=True)
class PartlySeen:
    """A cooler with photos of a part of it: in how many hours, and the last of them."""

    cooler: str
    hours: int
    last: datetime


class PartSums(Sums):
    """Of the same period and scope as the sums that leave them out; their rollup holds these coolers alone."""

    def coolers(self) -> list[PartlySeen]:
        """Those with the most hours first."""
        rows = self._source.rows(PART, ("cooler", "hours", "last"))
        found = self._rows(f"""
            SELECT cooler, sum(hours) AS s_hours, max(last) AS latest FROM ({rows}) AS one
            GROUP BY cooler ORDER BY s_hours DESC, cooler LIMIT {MOST_GROUPS + 1} {SETTINGS}
        """)  # noqa: S608 (names of ours; values are bound)
        return [PartlySeen(row["cooler"], row["s_hours"], row["latest"]) for row in found]
