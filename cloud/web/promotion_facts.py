"""What a promotion is, as its page tells it: products, outlets, money, and what is left to compare with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.outlets.models import Outlet
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.service import promoted_outlets
from cloud.web.i18n import Formats, translations
from cloud.web.loop import named, product_names

MOST_NAMED = 12
"""Outlets or products named in one fact."""


def facts_of(session: Session, promotion: Promotion, language: str) -> Sequence[tuple[str, str]]:
    """Pairs of what it is called and what it is."""
    _, numbers = translations(language).gettext, Formats(language)
    names = product_names(session, {*promotion.skus, *promotion.sisters}, language)

    def products(skus: Iterable[str]) -> str:
        priced = [f"{names.get(sku, sku)} ({promotion.margins[sku]:.10g} {promotion.currency})" for sku in skus]
        return _first(priced, numbers, _)

    outlets = promoted_outlets(session, promotion)
    return [
        (_("Promoted products, with the margin of a unit"), products(promotion.skus)),
        (_("Sister products"), products(promotion.sisters) if promotion.sisters else _("none")),
        (_("Outlets"), f"{numbers.integer(len(outlets))}: {_where(promotion, outlets, language)}"),
        (_("Left to compare with"), _left(session, outlets, numbers, _)),
        (_("Price cut"), numbers.percent(promotion.discount) if promotion.discount else _("none")),
        (_("Facings that show it"), numbers.integer(promotion.least_facings)),
    ]


def _where(promotion: Promotion, outlets: Sequence[Outlet], language: str) -> str:
    _, numbers = translations(language).gettext, Formats(language)
    if promotion.outlets:
        return _first([named(one, language) for one in outlets], numbers, _)
    kinds = (promotion.regions, promotion.outlet_classes)
    return " · ".join(numbers.listing(kind) for kind in kinds if kind)


def _left(session: Session, promoted: Collection[Outlet], numbers: Formats, _: Callable[[str], str]) -> str:
    """Outlets without it, of the regions and classes of those with it."""
    cells = {(one.region, one.outlet_class) for one in promoted}
    rest = {one.id for one in session.scalars(select(Outlet)) if (one.region, one.outlet_class) in cells}
    left = len(rest - {one.id for one in promoted})
    if not left:
        return _("none: leave out some of each region and class")
    return _("outlets of the same regions and classes: %(n)s") % {"n": numbers.integer(left)}


def _first(names: Sequence[str], numbers: Formats, _: Callable[[str], str]) -> str:
    """The first names; where there are more, how many."""
    if len(names) <= MOST_NAMED:
        return numbers.listing(names)
    rest = _("and %(n)s more") % {"n": numbers.integer(len(names) - MOST_NAMED)}
    return f"{', '.join(names[:MOST_NAMED])} {rest}"
