"""What goes on in a cooler for a while, stock-outs and intrusions, as lists over HTTP narrow it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends
from sqlalchemy import ColumnElement, select

from cloud.analytics.models import StockoutEpisode
from cloud.analytics.share.models import Intrusion
from cloud.outlets.models import Cooler
from facings.ids import Slug


class EpisodeFilter:
    """What a request asks for: open or closed ones, of a cooler, an outlet or an SKU."""

    def __init__(
        self,
        state: Literal["open", "closed"] | None = None,
        cooler: Slug | None = None,
        outlet: Slug | None = None,
        sku: Slug | None = None,
    ) -> None:
        self.state = state
        self.cooler = cooler
        self.outlet = outlet
        self.sku = sku

    def of(
        self, table: type[StockoutEpisode] | type[Intrusion], still_open: ColumnElement[bool]
    ) -> list[ColumnElement[bool]]:
        """The conditions on rows of `table`; those withdrawn are never shown."""
        conditions: list[ColumnElement[bool]] = [table.withdrawn_at.is_(None)]
        if self.state:
            conditions.append(still_open if self.state == "open" else ~still_open)
        if self.cooler:
            conditions.append(table.cooler_id == self.cooler)
        if self.sku:
            conditions.append(table.sku == self.sku)
        if self.outlet:
            conditions.append(table.cooler_id.in_(select(Cooler.id).where(Cooler.outlet_id == self.outlet)))
        return conditions


EpisodeFilterDep = Annotated[EpisodeFilter, Depends()]
