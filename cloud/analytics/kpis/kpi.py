"""What every KPI says of itself."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cloud.analytics.query.cut import ALL

DIMENSIONS = tuple(one for one in ALL if one != "hour")
"""Of what is known by business day."""
WITH_HOURS = ALL
"""Of what is known by photo."""


class Kpi(BaseModel):
    """What a KPI is."""

    name: str = Field(description="as in addresses and exports")
    title: str
    title_zh: str
    formula: str
    unit: str
    grain: str = Field(description="the finest thing it is known for")
    source: str
    by: tuple[str, ...] = Field(default=(), description="what /api/v1/kpis/{name} breaks it down by")
