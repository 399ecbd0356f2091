"""The form of a promotion: what a browser sends, as the body of the API, and back; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionBody
from cloud.retail.promotions.service import PromotionRefusedError
from cloud.web.i18n import N_, translations

MARGIN_OF = "margin."
"""Begins the names of the fields of margins; a SKU follows."""


class PromotionForm(BaseModel):
    """A promotion as the form holds it: texts as typed, and beside these fields one `margin.SKU` for each product."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)

    name: str = ""
    mechanic: str = "price-cut"
    discount: str = ""
    """In percent."""
    first: str = ""
    last: str = ""
    skus: list[str] = []
    sisters: list[str] = []
    margin: str = ""
    """Of each product without a margin of its own."""
    where: str = "rule"
    """`rule`, or `names` for outlets by name; what was chosen in the other way is kept, but does not count."""
    regions: list[str] = []
    outlet_classes: list[str] = []
    outlets: list[str] = []
    cost: str = ""
    currency: str = "USD"
    least_facings: str = "1"

    @classmethod
    def of(cls, row: Promotion) -> PromotionForm:
        """The form of a promotion that is there."""
        alike = len(set(row.margins.values())) == 1
        own = {} if alike else {MARGIN_OF + sku: f"{margin:.10g}" for sku, margin in row.margins.items()}
        fields = {name: getattr(row, name) for name in (*_LISTS, "name", "mechanic", "currency")}
        return cls(
            **fields,
            **own,
            discount="" if row.discount is None else f"{100 * row.discount:.10g}",
            first=row.first.isoformat(),
            last=row.last.isoformat(),
            margin=f"{next(iter(row.margins.values())):.10g}" if alike else "",
            where="names" if row.outlets else "rule",
            cost=f"{row.cost:f}",
            least_facings=str(row.least_facings),
        )

    @property
    def margins(self) -> dict[str, str]:
        """The margins of their own, by SKU, as typed."""
        sent = (self.model_extra or {}).items()
        own = {name.removeprefix(MARGIN_OF): str(text).strip() for name, text in sent if name.startswith(MARGIN_OF)}
        return {sku: text for sku, text in own.items() if text}

    def body(self) -> PromotionBody:
        """What the API takes.

        Raises:
            ValidationError: it is no promotion; `complaints` tells why.
        """
        margins = dict.fromkeys((*self.skus, *self.sisters), self.margin) | self.margins
        chosen = {*self.skus, *self.sisters}
        by_rule = self.where != "names"
        fields: dict[str, object] = {name: getattr(self, name) for name in _AS_TYPED} | {
            "discount": _part(self.discount),
            "currency": self.currency.upper(),
            "margins": {sku: text for sku, text in margins.items() if text and sku in chosen},
            "regions": self.regions if by_rule else [],
            "outlet_classes": self.outlet_classes if by_rule else [],
            "outlets": [] if by_rule else self.outlets,
        }
        return PromotionBody.model_validate(fields)

    def complaints(self, error: ValidationError | PromotionRefusedError, language: str) -> dict[str, str]:
        """What to say beside which field of the form, in the order of the form."""
        said = translations(language).gettext
        found: dict[str, str] = {}
        for place, rule, values in self._broken(error):
            text = _RULES.get(rule) or _FIELDS.get(place) or _FIELDS["margin"]
            found.setdefault(place, said(text) % values if values else said(text))
        order = list(_FIELDS)
        return dict(sorted(found.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order)))

    def _broken(self, error: ValidationError | PromotionRefusedError) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        """Field of the form, name of the rule that it breaks, and what the rule's text names."""
        if isinstance(error, PromotionRefusedError):
            yield _PLACES.get(error.field, error.field), error.rule, {}
            return
        for item in error.errors(include_url=False):
            field, *rest = (str(part) for part in item["loc"])
            place = _PLACES.get(field, field)
            if field == "margins":
                place = MARGIN_OF + rest[0] if rest and rest[0] in self.margins else "margin"
            names_skus = item["type"] == "promoted-and-sister"
            yield place, item["type"], {"skus": item["ctx"]["skus"]} if names_skus else {}


_LISTS = ("skus", "sisters", "regions", "outlet_classes", "outlets")
_AS_TYPED = ("name", "mechanic", "first", "last", "skus", "sisters", "cost", "least_facings")

_PLACES = {"outlets": "where", "regions": "where", "outlet_classes": "where"}
"""Where the form says what is wrong with a field of the body, if not beside a field of the same name."""

_FIELDS = {
    "name": N_("Give it a name, of 200 letters at most."),
    "mechanic": N_("Choose one of the list."),
    "discount": N_("Give a number over 0 and under 100, or leave it empty."),
    "first": N_("Give its first day."),
    "last": N_("Give its last day."),
    "margin": N_("Give what one unit more earns, as in 0.40: here, or at each product chosen."),
    "skus": N_("Choose 1 to 200 products."),
    "sisters": N_("Choose 200 sister products at most."),
    "where": N_("Choose a region or a class at least, or outlets by name."),
    "cost": N_("Give an amount over 0, as in 1500 or 1500.50."),
    "currency": N_("Give three letters, as in USD."),
    "least_facings": N_("Give a whole number from 1 to 1000."),
}
"""What to say of a field, in the order of the form."""

_RULES = {
    "last-before-first": N_("It lies before the first day."),
    "too-long": N_("A promotion lasts a year at most: split it."),
    "promoted-and-sister": N_("Promoted and sister product at once: %(skus)s."),
    "unknown": N_("Some of these are there no longer: choose anew."),
    "fits-no-outlet": N_("No outlet is of these regions and classes at once: choose others."),
}
"""What to say of the rules that have a name of their own."""


def _part(percent: str) -> float | str | None:
    """A part of the whole; as it was typed where it is no number, for the body to refuse."""
    if not percent:
        return None
    try:
        return float(percent) / 100
    except ValueError:
        return percent
