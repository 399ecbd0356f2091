"""Outlets, coolers and planograms, as the API speaks of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cloud.api.fields import Name, OptionalName, TimeZone, Word
from cloud.api.shapes import Answer, Body, RecordId
from facings.clock import UtcDatetime
from facings.ids import Slug

LARGEST_IMPORT = 5000


class OutletBody(Body):
    """An outlet to add or change; what is left out takes its default."""

    name: Name
    name_zh: OptionalName = ""
    region: Word = ""
    outlet_class: Annotated[str, Field(max_length=40)] = ""
    timezone: TimeZone = "UTC"


class OutletRow(OutletBody):
    """An outlet of an import."""

    id: Slug


class OutletImport(Body):
    """Outlets to add or change, all or none."""

    outlets: Annotated[list[OutletRow], Field(max_length=LARGEST_IMPORT)]


class OutletAnswer(Answer):
    """An outlet."""

    id: str
    name: str
    name_zh: str
    region: str
    outlet_class: str
    timezone: str


class CoolerBody(Body):
    """A cooler to add or change; what is left out takes its default."""

    outlet_id: Slug
    name: Name
    name_zh: OptionalName = ""
    owned: bool = Field(default=True, description="by the brand, not by the shop")
    planogram_id: RecordId | None = Field(default=None, description="the planogram its photos are judged by")


class CoolerRow(CoolerBody):
    """A cooler of an import."""

    id: Slug


class CoolerImport(Body):
    """Coolers to add or change, all or none."""

    coolers: Annotated[list[CoolerRow], Field(max_length=LARGEST_IMPORT)]


class CoolerAnswer(Answer):
    """A cooler."""

    id: str
    outlet_id: str
    name: str
    name_zh: str
    owned: bool
    planogram_id: RecordId | None


class LaneBody(Body):
    """One place in front."""

    sku: Slug
    depth: Annotated[int, Field(ge=1, le=50, description="units that stand behind one another")] = 1


class PlanogramBody(Body):
    """How a cooler should look: rows from the top, lanes from the left."""

    name: Name
    rows: Annotated[list[Annotated[list[LaneBody], Field(max_length=200)]], Field(min_length=1, max_length=50)]


class PlanogramAnswer(Answer):
    """One version of a planogram; it never changes."""

    id: int
    name: str
    version: int
    rows: list[list[LaneBody]]
    created_at: UtcDatetime


class Assignment(Body):
    """Which planogram a cooler follows from now on; null for none."""

    planogram_id: RecordId | None
