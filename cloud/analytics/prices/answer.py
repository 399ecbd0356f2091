"""Wrong prices as the API and the page show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from cloud.analytics.measures import Group
from cloud.analytics.present import Catalogue
from cloud.analytics.prices.wrong import WrongPrice, wrong_prices
from cloud.analytics.query.known import Known
from cloud.audits.facts import Facts
from facings.clock import UtcDatetime
from facings.ids import Slug


class WrongPriceAnswer(BaseModel):
    """A product whose tags in a cooler say a wrong price."""

    cooler: Slug
    outlet: Slug
    sku: Slug
    name: str
    name_zh: str
    group: Group
    said: float = Field(description="the price on the tag")
    ought: float = Field(description="the price of the catalogue, less a price cut that runs there")
    currency: str = Field(description="of the catalogue; tags are taken to be in the same")
    discount: float = Field(description="part by which a running price cut lowers it; 0: none runs")
    difference: float = Field(description="said / ought - 1")
    confidence: float = Field(description="mean probability that the tags were read rightly")
    tags: int = Field(description="tags that said so, over all photos of the period")
    since: UtcDatetime = Field(description="hour of the first photo of the period on which it was said")
    last_seen: UtcDatetime = Field(description="hour of the last one")


def wrong_price_answers(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime
) -> list[WrongPriceAnswer]:
    """The wrong prices among those said last between two moments, furthest from right first."""
    known, catalogue = Known(session), Catalogue(session)
    found = wrong_prices(session, facts, tenant, known, start, end)
    return [_answer(one, known, catalogue) for one in found]


def _answer(one: WrongPrice, known: Known, catalogue: Catalogue) -> WrongPriceAnswer:
    name, name_zh = catalogue.names(one.said.sku)
    return WrongPriceAnswer(
        cooler=one.said.cooler,
        outlet=known.coolers[one.said.cooler].outlet,
        sku=one.said.sku,
        name=name,
        name_zh=name_zh,
        group=catalogue.group(one.said.sku),
        said=one.said.price / 100,
        ought=one.ought / 100,
        currency=catalogue.products[one.said.sku].currency,
        discount=one.discount,
        difference=round(one.said.price / one.ought - 1, 4),
        confidence=round(one.said.confidence, 4),
        tags=one.said.tags,
        since=one.said.first,
        last_seen=one.said.last,
    )


def own_first(answers: Sequence[WrongPriceAnswer]) -> list[WrongPriceAnswer]:
    """Own products before those of others."""
    return sorted(answers, key=lambda one: one.group != "own")
