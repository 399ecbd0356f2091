"""Outlets, coolers and planograms, as the API speaks of them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cloud.api.fields import Name, OptionalName, TimeZone, Word
from cloud.api.shapes import LARGEST_IMPORT, Answer, Body, RecordId
from facings.clock import UtcDatetime
from facings.ids import Slug


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
    cooler_type: Annotated[str, Field(max_length=40, description="as one-door, two-door, counter")] = ""
    gravity_feed: bool = Field(default=False, description="its units slide forward: a lane that looks empty is empty")
    planogram_id: RecordId | None = Field(
        default=None, description="the planogram its photos are judged by; null: the one of the planogram rules"
    )


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
    cooler_type: str
    gravity_feed: bool
    planogram_id: RecordId | None = Field(description="the one in force")
    planogram_by: Literal["hand", "rule"] = Field(description="who chose it")


class LaneBody(Body):
    """One place in front."""

    sku: Slug
    depth: Annotated[int, Field(ge=1, le=50, description="units that stand behind one another")] = 1


class PriorityBody(LaneBody):
    """A product of a priority list."""

    facings: Annotated[int, Field(ge=1, le=200, description="facings it shall have")] = 1


class PlanogramBody(Body):
    """How a cooler should look: either rows from the top and lanes from the left, or a list, most important first."""

    name: Name
    rows: Annotated[list[Annotated[list[LaneBody], Field(max_length=200)]], Field(max_length=50)] = Field(
        default=[], description="places: shelves from the top, lanes from the left"
    )
    priorities: Annotated[list[PriorityBody], Field(max_length=200)] = Field(
        default=[], description="a priority list: to be filled wherever there is room, most important first"
    )

    @model_validator(mode="after")
    def _one_of_the_two(self) -> PlanogramBody:
        if bool(self.rows) == bool(self.priorities):
            raise ValueError("give either `rows` or `priorities`")
        skus = [one.sku for one in self.priorities]
        if len(set(skus)) != len(skus):
            raise ValueError("a SKU comes twice in `priorities`")
        return self


class PlanogramAnswer(Answer):
    """One version of a planogram; it never changes."""

    id: int
    name: str
    version: int
    kind: Literal["places", "priority"] = Field(description="a priority list has one row, most important first")
    rows: list[list[LaneBody]]
    from_observation: uuid.UUID | None = Field(description="whose photo showed how it should look")
    created_at: UtcDatetime


class FromPhotoBody(Body):
    """A planogram as one photo shows it."""

    observation: uuid.UUID = Field(description="of a usable photo that shows how the cooler should look")
    name: Name
    unnamed: Literal["refuse", "leave-out"] = Field(
        default="refuse", description="what to do with facings that no gallery knows"
    )
    assign: bool = Field(default=True, description="have the cooler of the photo follow it, from that photo on")


class RuleBody(Body):
    """Which planogram coolers follow that have none of their own; an empty field stands for all."""

    outlet_class: Annotated[str, Field(max_length=40)] = ""
    cooler_type: Annotated[str, Field(max_length=40)] = ""
    planogram_id: RecordId


class RuleAnswer(Answer):
    """A planogram rule."""

    id: int
    outlet_class: str
    cooler_type: str
    planogram_id: int
    created_at: UtcDatetime


class Assignment(Body):
    """Which planogram a cooler follows from now on; null for the one of the planogram rules."""

    planogram_id: RecordId | None
