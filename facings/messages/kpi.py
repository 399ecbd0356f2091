"""The live numbers: what the cloud publishes, retained, to pages and third parties."""

from __future__ import annotations

import uuid
from typing import ClassVar, Literal

from pydantic import Field

from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages.base import Message, Part
from facings.messages.observation import Fraction, Quality


class Estimate(Part):
    """A number and how sure it is: the truth lies in low..high nine times of ten."""

    value: float
    low: float
    high: float


class Coverage(Part):
    """What a KPI rests on: coolers that reported in the window out of coolers expected to."""

    reporting: int = Field(ge=0)
    expected: int = Field(ge=0)


class CoolerCoverage(Coverage):
    """The same, with the coolers of which only a part was seen, as one of their cameras was broken.

    Each cooler is in one of three: it reported, it was seen in part, or it was silent.
    """

    reporting: int = Field(ge=0, description="coolers of which a usable photo showed all")
    in_part: int = Field(default=0, ge=0, description="coolers of which photos showed a part alone")

    @property
    def seen(self) -> int:
        """Coolers of which a usable photo came, of all or a part."""
        return self.reporting + self.in_part

    @property
    def silent(self) -> int:
        """Coolers of which none came."""
        return max(self.expected - self.seen, 0)


class Share(Part):
    """Share of facings by group; the three values add up to 1 where there is any facing."""

    own: Estimate
    competitor: Estimate
    unknown: Estimate


class KpiLine(Part):
    """One SKU in one cooler, latest photo."""

    sku: Slug | None = Field(default=None, description="absent: products that no gallery knows")
    name: str
    name_zh: str = ""
    group: Literal["own", "competitor", "unknown"]
    units: Estimate
    facings: int
    share: Fraction = Field(description="of the cooler's facings")
    confidence: Fraction
    planned_facings: int | None = None


class Stockout(Part):
    """A stock-out episode. Start and end lie between photos: hours are lower, mid, upper."""

    id: int
    cooler: Slug
    outlet: Slug
    outlet_name: str
    outlet_name_zh: str = ""
    sku: Slug
    name: str
    name_zh: str = ""
    last_seen_at: UtcDatetime | None = Field(default=None, description="last photo with the SKU")
    first_missed_at: UtcDatetime = Field(description="first photo without it")
    last_missed_at: UtcDatetime
    back_at: UtcDatetime | None = Field(default=None, description="first photo with it again; absent while open")
    hours: Estimate
    confidence: Fraction
    proposal: int | None = Field(default=None, description="replenishment proposal made for it")
    order: int | None = None


class CoolerKpi(Message):
    """One cooler, after its latest observation."""

    SCHEMA: ClassVar[str] = "facings/kpi-cooler/1"
    at: UtcDatetime = Field(description="when the cloud published this, by its wall clock")
    cooler: Slug
    outlet: Slug
    name: str
    name_zh: str = ""
    observed_at: UtcDatetime = Field(description="captured_at of the observation behind the numbers")
    observation: uuid.UUID
    photo: uuid.UUID
    due_at: UtcDatetime = Field(
        description="wall clock of the device when the photo was due: photo-to-page starts here"
    )
    quality: Quality
    confidence: Fraction
    units: Estimate
    facings: int
    share: Share
    occupancy: Estimate | None = Field(
        default=None, description="units / planned capacity in front; absent: no planogram"
    )
    gaps: int
    lines: tuple[KpiLine, ...]
    stockouts: tuple[Stockout, ...] = Field(description="open ones of this cooler")


class CoolerSummary(Part):
    """A cooler's row in the overview."""

    cooler: Slug
    outlet: Slug
    name: str
    name_zh: str = ""
    region: str = ""
    observed_at: UtcDatetime | None = None
    state: Literal["online", "stopped", "offline", "never"]
    units: float | None = None
    facings: int | None = None
    own_share: float | None = None
    occupancy: float | None = None
    open_stockouts: int = 0
    photo: uuid.UUID | None = None
    in_part: bool = Field(default=False, description="its latest photos show a part alone: a camera is broken")


class OverviewKpi(Message):
    """The whole tenant now."""

    SCHEMA: ClassVar[str] = "facings/kpi-overview/2"
    at: UtcDatetime
    coverage: CoolerCoverage
    units: Estimate
    facings: int
    share: Share
    occupancy: Estimate | None = None
    open_stockouts: int
    open_proposals: int
    open_orders: int
    observations: int = Field(description="stored so far")
    coolers: tuple[CoolerSummary, ...]


class StockoutList(Message):
    """The open stock-outs, longest first, at most 200; `total` counts all."""

    SCHEMA: ClassVar[str] = "facings/kpi-stockouts/1"
    at: UtcDatetime
    total: int
    stockouts: tuple[Stockout, ...]
