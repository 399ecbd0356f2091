"""What the form of a promotion offers to choose from: products, outlets, and the regions and classes these have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.catalog.models import Product
from cloud.outlets.models import Outlet
from cloud.web.loop import named
from cloud.web.promotion_form import PromotionForm


@dataclass(frozen=True)
class ProductChoice:
    """A product in the form; `margin` as typed, empty where the one of all holds."""

    sku: str
    name: str
    brand: str
    promoted: bool
    sister: bool
    margin: str


@dataclass(frozen=True)
class OutletChoice:
    """An outlet in the form."""

    id: str
    name: str
    region: str
    outlet_class: str
    chosen: bool


@dataclass(frozen=True)
class Kind:
    """A region or class, with how many outlets are of it."""

    name: str
    outlets: int
    chosen: bool


@dataclass(frozen=True)
class PromotionFormView:
    """The form as it is shown: what was typed, what there is to choose, and what is wrong by field."""

    form: PromotionForm
    complaints: Mapping[str, str]
    products: Sequence[ProductChoice]
    outlets: Sequence[OutletChoice]
    regions: Sequence[Kind]
    classes: Sequence[Kind]
    named: str
    """The promotion that is changed, as it is called until now; empty for a new one."""
    back: str
    """Where to go on without keeping anything."""


def form_view(
    session: Session,
    form: PromotionForm,
    language: str,
    complaints: Mapping[str, str],
    *,
    named_until_now: str,
    back: str,
) -> PromotionFormView:
    """The form; what is chosen stands first, so that it is seen among hundreds. `session` is of the caller's tenant."""
    products, margins = session.scalars(select(Product)), form.margins
    outlets = session.scalars(select(Outlet)).all()
    promoted, sisters, chosen = {*form.skus}, {*form.sisters}, {*form.outlets}
    products_first = sorted(
        products, key=lambda one: (one.sku not in promoted, one.sku not in sisters, not one.own, named(one, language))
    )
    outlets_first = sorted(outlets, key=lambda one: (one.id not in chosen, named(one, language)))
    return PromotionFormView(
        form=form,
        complaints=complaints,
        products=[
            ProductChoice(
                one.sku,
                named(one, language),
                one.brand,
                one.sku in promoted,
                one.sku in sisters,
                margins.get(one.sku, ""),
            )
            for one in products_first
        ],
        outlets=[
            OutletChoice(one.id, named(one, language), one.region, one.outlet_class, one.id in chosen)
            for one in outlets_first
        ],
        regions=_kinds((one.region for one in outlets), form.regions),
        classes=_kinds((one.outlet_class for one in outlets), form.outlet_classes),
        named=named_until_now,
        back=back,
    )


def _kinds(of_outlets: Iterable[str], chosen: Collection[str]) -> list[Kind]:
    """Those that outlets have, and those chosen before of which there are none any more."""
    tally = Counter(of_outlets)
    names = sorted({*tally, *chosen} - {""})
    return [Kind(name, tally[name], name in chosen) for name in names]
