"""What templates are given: typed, worked out, in the reader's language."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cloud.analytics.compliance.answer import ComplianceAnswer
from cloud.web.words import counted
from facings.messages import CoolerPart, Estimate, OverviewKpi, Share, Stockout

if TYPE_CHECKING:
    from cloud.web.shortages import ShortagesView

LONGEST_LISTED = 8
"""Stock-outs on the overview; overview.js lists as many."""


@dataclass(frozen=True)
class OverviewView:
    """The overview beside its message."""

    headline: str
    subline: str
    longest: Sequence[Stockout]
    outlets: Mapping[str, str]
    share_bar: Sequence[tuple[str, float, float]]

    @property
    def longest_hours(self) -> float:
        """The scale of the bars of hours."""
        return longest_of(self.longest)


def overview_view(
    kpi: OverviewKpi, stockouts: Sequence[Stockout], outlets: Mapping[str, str], texts: Mapping[str, Any], language: str
) -> OverviewView:
    """The overview of `kpi`; `texts` are the words of `language`."""
    headline, subline = _headline(kpi, texts["headline"], language)
    return OverviewView(headline, subline, stockouts[:LONGEST_LISTED], outlets, _share_bar(kpi.share))


# overview.js says the same of each message that comes later.
def _headline(kpi: OverviewKpi, texts: Mapping[str, Any], language: str) -> tuple[str, str]:
    hit = sum(1 for cooler in kpi.coolers if cooler.open_stockouts)
    if kpi.open_stockouts:
        headline = stockouts_in_coolers(kpi.open_stockouts, hit, texts, language)
    elif kpi.coverage.seen:
        headline = str(texts["fine" if kpi.occupancy else "unplanned"])
    else:
        headline = str(texts["dark"])
    counts = {
        "proposals": kpi.open_proposals,
        "orders": kpi.open_orders,
        "in_part": kpi.coverage.in_part,
        "silent": kpi.coverage.silent,
    }
    rest = [counted(texts[key], count, language) for key, count in counts.items() if count > 0]
    return headline, " ".join(rest) or str(texts["nothing"])


def stockouts_in_coolers(stockouts: int, coolers: int, texts: Mapping[str, Any], language: str) -> str:
    """`5 stock-outs in 3 coolers`; `texts` are the words of headlines."""
    where = counted(texts["where"], coolers, language)
    return counted(texts["out"], stockouts, language).replace("{where}", where)


def _share_bar(share: Share) -> list[tuple[str, float, float]]:
    """Group, start and width of each part of the bar, in hundredths."""
    parts, start = [], 0.0
    for group, estimate in (("own", share.own), ("competitor", share.competitor), ("unknown", share.unknown)):
        width = round(100 * estimate.value, 2)
        parts.append((group, round(start, 2), width))
        start += width
    return parts


def longest_of(stockouts: Sequence[Stockout]) -> float:
    """Hours of the longest, at most; never zero, as it is divided by."""
    return max((stockout.hours.high for stockout in stockouts), default=0) or 1


@dataclass(frozen=True)
class DrawnBox:
    """A rectangle on the photo, in its pixels."""

    x: int
    y: int
    w: int
    h: int
    sku: str = ""
    name: str = ""
    group: str = "unknown"
    confidence: float = 0
    front: bool = True


@dataclass(frozen=True)
class DrawnTag:
    """A price tag on the photo, in its pixels; `price` is None where it cannot be read."""

    x: int
    y: int
    w: int
    h: int
    price: float | None


@dataclass(frozen=True)
class Picture:
    """One photo and what was found on it; `camera` and the part that it `shows`, where there are several."""

    photo: uuid.UUID
    camera: str
    shows: CoolerPart
    stored: bool
    width: int
    height: int
    boxes: Sequence[DrawnBox]
    gaps: Sequence[DrawnBox]
    tags: Sequence[DrawnTag] = ()


@dataclass(frozen=True)
class Unseen:
    """A camera whose part of the cooler was not seen, and why."""

    camera: str
    shows: CoolerPart
    reasons: Sequence[str]


@dataclass(frozen=True)
class Shot:
    """What was found in a cooler at one moment, on one photo or on those of several cameras.

    `whole` says that all of the cooler was seen, `stacked` that the pictures hang above one another.
    """

    photo: uuid.UUID
    observation: uuid.UUID
    observed_at: datetime
    verdict: str
    reasons: Sequence[str]
    whole: bool
    pictures: Sequence[Picture]
    stacked: bool
    unseen: Sequence[Unseen]

    @property
    def products(self) -> int:
        """How many were found on all pictures."""
        return sum(len(picture.boxes) for picture in self.pictures)

    @property
    def gaps(self) -> int:
        """How many were found on all pictures."""
        return sum(len(picture.gaps) for picture in self.pictures)

    @property
    def tags(self) -> int:
        """Price tags that were found on all pictures."""
        return sum(len(picture.tags) for picture in self.pictures)


@dataclass(frozen=True)
class Unused:
    """The cooler's newest photos, where they changed no number, and why."""

    photo: uuid.UUID
    observed_at: datetime
    reasons: Sequence[str]
    unseen: Sequence[Unseen]


@dataclass(frozen=True)
class TagPrice:
    """What the tags of a product say, and what they ought to; None where the catalogue has no price."""

    said: float
    ought: float | None
    wrong: bool


@dataclass(frozen=True)
class LineRow:
    """A product of the shelf: seen, planned, or both."""

    sku: str | None
    name: str
    group: str
    units: Estimate
    facings: float
    planned: int
    share: float
    confidence: float
    price: TagPrice | None = None

    @property
    def shelf(self) -> str:
        """`missing`, `short` or `filled`, against the plan."""
        if self.planned and not self.facings:
            return "missing"
        return "short" if self.facings < self.planned else "filled"


@dataclass(frozen=True)
class Tile:
    """A headline figure."""

    label: str
    value: str
    note: str = ""


class HistorySeries(BaseModel):
    """Units of one product on each photo of the history."""

    name: str
    name_zh: str = ""
    units: list[int]


class History(BaseModel):
    """Units per product, photo by photo."""

    times: list[datetime] = []
    zone: str = "UTC"
    series: list[HistorySeries] = []


@dataclass(frozen=True)
class CoolerView:
    """The page of one cooler."""

    cooler: str
    name: str
    cooler_type: str
    outlet_id: str
    outlet: str
    region: str
    timezone: str
    state: str
    shot: Shot | None = None
    is_latest: bool = True
    previous: uuid.UUID | None = None
    next: uuid.UUID | None = None
    unused: Unused | None = None
    planned: bool = False
    compliance: ComplianceAnswer | None = None
    may_plan: bool = False
    tiles: Sequence[Tile] = ()
    lines: Sequence[LineRow] = ()
    episodes: Sequence[Stockout] = ()
    history: History = field(default_factory=History)


@dataclass(frozen=True)
class ProposalRow:
    """A proposal as a person decides on it."""

    id: int
    outlet_name: str
    cooler: str
    cooler_name: str
    product: str
    units: int
    cases: int
    reason: str
    held_back: str
    based_on: datetime


@dataclass(frozen=True)
class OrderedProduct:
    """One line of an order."""

    product: str
    ordered: int
    delivered: int


@dataclass(frozen=True)
class OrderRow:
    """An order as a person follows it."""

    id: int
    number: str
    outlet_name: str
    state: str
    since: datetime
    lines: Sequence[OrderedProduct]


@dataclass(frozen=True)
class LoopView:
    """Stock-outs, the proposals they made, and the orders those became."""

    headline: str
    proposals: Sequence[ProposalRow]
    orders: Sequence[OrderRow]
    closed: Sequence[OrderRow]
    stockouts: Sequence[Stockout]
    total: int
    may_act: bool
    shortages: ShortagesView | None = None
    """On the whole page only: a part of its own brings them up to date."""

    @property
    def longest_hours(self) -> float:
        """The scale of the bars of hours."""
        return longest_of(self.stockouts)
