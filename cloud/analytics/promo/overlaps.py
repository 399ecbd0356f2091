"""Other promotions of the same SKUs in the same outlets and days: how one is told apart from them, if it can be.

By days where they are not the same: the study looks at none of the others' days, nor at the dip after them. By outlets
where some had this promotion alone, by SKUs where only this one promoted some. Where none of it is so, whatever the
figures say, nobody can tell which of them earned it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cloud.analytics.promo.answer import Overlap
from cloud.analytics.promo.evidence import Days
from cloud.analytics.promo.prepared import LEAST_BEFORE, Horizon
from cloud.analytics.promo.verdict import LEAST_ALONE


@dataclass(frozen=True, slots=True)
class Ran:
    """A promotion: of what, where and when."""

    name: str
    skus: frozenset[str]
    sisters: frozenset[str]
    outlets: frozenset[str]
    first: date
    last: date

    def within(self, days: Days) -> bool:
        """Whether any of its days is one of these."""
        return self.first <= days.last and self.last >= days.first


@dataclass(frozen=True, slots=True)
class Apart:
    """How a promotion is studied beside others.

    Attributes:
        days: of the study.
        outlets: the promoted ones that are studied.
        skus: the promoted ones that are studied.
        elsewhere: outlets with another promotion of these SKUs in the days of the study, studied ones left out.
        overlap: with what it ran together; None where with nothing.
    """

    days: Days
    outlets: frozenset[str]
    skus: frozenset[str]
    elsewhere: frozenset[str]
    overlap: Overlap | None


def told_apart(mine: Ran, others: Iterable[Ran], horizon: Horizon) -> Apart:
    """The days, outlets and SKUs by which a promotion is studied beside the others of its SKUs."""
    rivals = [one for one in others if one.skus & mine.skus]
    days = _days_apart(mine, rivals, horizon)
    rivals = [one for one in rivals if one.within(days)]
    elsewhere = frozenset[str]().union(*(one.outlets for one in rivals))
    shared = mine.outlets & elsewhere
    if not shared:
        return Apart(days, mine.outlets, mine.skus, elsewhere, None)
    together = [one for one in rivals if one.outlets & mine.outlets]
    names = [one.name for one in together]
    if len(alone := mine.outlets - shared) >= LEAST_ALONE:
        overlap = Overlap(promotions=names, apart_by="outlets", left_out=sorted(shared))
        return Apart(days, alone, mine.skus, elsewhere, overlap)
    if own := mine.skus.difference(*(one.skus | one.sisters for one in together)):
        overlap = Overlap(promotions=names, apart_by="skus", left_out=sorted(mine.skus - own))
        return Apart(days, mine.outlets, own, elsewhere - mine.outlets, overlap)
    overlap = Overlap(promotions=names, apart_by="nothing", left_out=[])
    return Apart(days, mine.outlets, mine.skus, elsewhere - mine.outlets, overlap)


def _days_apart(mine: Ran, rivals: Iterable[Ran], horizon: Horizon) -> Days:
    """The days around the promotion, without those on which another in its outlets ran or had its dip.

    One that ran until too short a time before cannot be left out so: then the days stay as they are.
    """
    first, last = mine.first - timedelta(days=horizon.before), mine.last + timedelta(days=horizon.after)
    latest = mine.first - timedelta(days=LEAST_BEFORE)
    for one in rivals:
        if one.outlets & mine.outlets and one.within(Days(first, last)):
            over = one.last + timedelta(days=horizon.after + 1)
            if over <= latest:
                first = max(first, over)
            elif one.first > mine.last:
                last = min(last, one.first - timedelta(days=1))
    return Days(first, last)
