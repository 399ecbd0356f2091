"""What a newcomer may be after all: a product of the catalogue of which coolers saw poor views and refused a name.

A device says of each product that it refuses which SKU it resembles, where that is likely. One such word is easily
wrong, as of a can in the shade beside another flavour; so a newcomer looks like what most of its views say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

MOST = 1 / 2
"""A newcomer looks like a product where more than this share of its views say so."""

AGREED = 2 / 3
"""Share of the views from which on they agree, so that naming it so is suggested and not only mentioned."""


@dataclass(frozen=True)
class Likeness:
    """The product that a newcomer looks like, by `views` of its `of` views."""

    sku: str
    views: int
    of: int

    @property
    def agreed(self) -> bool:
        """Whether its views agree well enough to suggest the name."""
        return self.views >= AGREED * self.of


def likeness(told: Sequence[str | None], products: Collection[str]) -> Likeness | None:
    """The product that most views of a newcomer resemble; None where there is no such product.

    Args:
        told: the SKU that each view resembles, or None; a view without a word counts against all SKUs.
        products: SKUs of the catalogue; a SKU that it does not have is no answer.

    Example:
        >>> likeness(["cola", "cola", None], {"cola"})
        Likeness(sku='cola', views=2, of=3)
    """
    counted = Counter(sku for sku in told if sku in products)
    sku, views = max(counted.items(), key=lambda item: item[1], default=("", 0))
    return Likeness(str(sku), views, len(told)) if views > MOST * len(told) else None
