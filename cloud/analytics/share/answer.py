"""Intrusions and changes of the share, as the API and the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from pydantic import BaseModel, Field

from cloud.analytics.coverage import AnswerCoverage
from cloud.analytics.present import Catalogue
from cloud.analytics.share import intrusions
from cloud.analytics.share.changes import Change, Explained, Why, explain
from cloud.analytics.share.intrusions import Spell
from cloud.analytics.share.models import Intrusion
from cloud.analytics.share.window import Window
from cloud.outlets.models import Cooler, Outlet
from facings.clock import UtcDatetime
from facings.messages import Estimate

MOST_CHANGES = 50


class IntrusionAnswer(BaseModel):
    """A competitor's product in a cooler of the brand's own."""

    id: int
    cooler: str
    outlet: str
    outlet_name: str
    outlet_name_zh: str
    sku: str
    name: str
    name_zh: str
    owner: str
    clear_at: UtcDatetime | None = Field(description="last photo without it before; null: there from the first photo")
    first_seen_at: UtcDatetime
    last_seen_at: UtcDatetime
    gone_at: UtcDatetime | None = Field(description="first photo without it again; null while it stands there")
    hours: Estimate
    facings: int = Field(description="the most on one photo")
    confidence: float


def intrusion_answers(
    rows: Iterable[Intrusion], catalogue: Catalogue, coolers: Mapping[str, Cooler], outlets: Mapping[str, Outlet]
) -> list[IntrusionAnswer]:
    """Intrusions as they are published, in their order."""
    answers = []
    for row in rows:
        outlet = outlets[coolers[row.cooler_id].outlet_id]
        name, name_zh = catalogue.names(row.sku)
        product = catalogue.products.get(row.sku)
        answers.append(
            IntrusionAnswer(
                id=row.id,
                cooler=row.cooler_id,
                outlet=outlet.id,
                outlet_name=outlet.name,
                outlet_name_zh=outlet.name_zh,
                sku=row.sku,
                name=name,
                name_zh=name_zh,
                owner=product.owner if product else "",
                clear_at=row.clear_at,
                first_seen_at=row.first_seen_at,
                last_seen_at=row.last_seen_at,
                gone_at=row.gone_at,
                hours=intrusions.hours(spell_of(row)),
                facings=row.facings,
                confidence=row.confidence,
            )
        )
    return answers


def spell_of(row: Intrusion) -> Spell:
    """The intrusion in a row."""
    return Spell(row.clear_at, row.first_seen_at, row.last_seen_at, row.facings, row.confidence, row.gone_at)


class EffectAnswer(BaseModel):
    """What a SKU or an outlet did to the own share of facings."""

    key: str
    name: str
    name_zh: str
    effect: float = Field(description="in parts of the share: 0.01 is one hundredth more")


class ChangeAnswer(BaseModel):
    """What one SKU in one outlet did to it."""

    outlet: str
    outlet_name: str
    outlet_name_zh: str
    sku: str | None
    name: str
    name_zh: str
    before: float = Field(description="facings of the mean photo")
    after: float
    why: Why
    effect: float


class ShareChangeAnswer(BaseModel):
    """The own share of facings in a period and in the one of the same length before, and what made the difference."""

    start: UtcDatetime
    end: UtcDatetime
    coverage: AnswerCoverage
    before: Estimate
    after: Estimate
    change: float = Field(description="of the outlets' effects, those that came and those that went added up")
    by_sku: list[EffectAnswer]
    by_outlet: list[EffectAnswer]
    changes: list[ChangeAnswer] = Field(description=f"the {MOST_CHANGES} greatest effects by outlet and SKU")
    others: float = Field(description="the effects of all others together")
    came: float = Field(description="effect of outlets watched only now")
    went: float = Field(description="effect of outlets watched only before")


def share_change(
    before: Window, after: Window, outlets: Mapping[str, Outlet], catalogue: Catalogue, coverage: AnswerCoverage
) -> ShareChangeAnswer | None:
    """Explain the own share of one period against that of the one before; None where one shows nothing."""
    own = {sku for sku, product in catalogue.products.items() if product.own}
    found = explain(before, after, own)
    if found is None:
        return None
    return _answer(found, after, outlets, catalogue, coverage)


def change_answers(
    found: Explained, outlets: Mapping[str, Outlet], catalogue: Catalogue
) -> tuple[list[ChangeAnswer], float]:
    """The greatest changes, and the effects of all others together."""

    def answer(one: Change) -> ChangeAnswer:
        (outlet_name, outlet_name_zh), (name, name_zh) = _outlet_names(one.outlet, outlets), catalogue.names(one.sku)
        return ChangeAnswer(
            outlet=one.outlet,
            outlet_name=outlet_name,
            outlet_name_zh=outlet_name_zh,
            sku=one.sku or None,
            name=name,
            name_zh=name_zh,
            before=round(one.before, 2),
            after=round(one.after, 2),
            why=one.why,
            effect=round(one.effect, 5),
        )

    greatest = [answer(one) for one in islice(found.changes, MOST_CHANGES)]
    return greatest, round(float(found.changes.effect[MOST_CHANGES:].sum()), 5)


def _outlet_names(outlet: str, outlets: Mapping[str, Outlet]) -> tuple[str, str]:
    return (outlets[outlet].name, outlets[outlet].name_zh) if outlet in outlets else (outlet, "")


def _answer(
    found: Explained, after: Window, outlets: Mapping[str, Outlet], catalogue: Catalogue, coverage: AnswerCoverage
) -> ShareChangeAnswer:
    def effect(key: str, value: float, names: tuple[str, str]) -> EffectAnswer:
        return EffectAnswer(key=key, name=names[0], name_zh=names[1], effect=round(value, 5))

    changes, others = change_answers(found, outlets, catalogue)
    return ShareChangeAnswer(
        start=after.start,
        end=after.end,
        coverage=coverage,
        before=found.before,
        after=found.after,
        change=round(found.change, 5),
        by_sku=[effect(sku, value, catalogue.names(sku)) for sku, value in found.changes.by_sku().items()],
        by_outlet=[effect(key, value, _outlet_names(key, outlets)) for key, value in found.changes.by_outlet().items()],
        changes=changes,
        others=others,
        came=round(found.came, 5),
        went=round(found.went, 5),
    )
