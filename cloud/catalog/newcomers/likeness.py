"""What a newcomer may be after all: a product of the catalogue of which coolers saw poor views and refused a name.

A device says of each product that it refuses which SKU it resembles, where that is likely. One such word is easily
wrong, as of a can in the shade beside another flavour; so all views of a newcomer are heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

WORTH_A_WORD = 1 / 3
"""Share of a newcomer's views from which on it is told what they resemble, if more of them than any other product."""

AGREED = 3 / 4
"""Share of the views that resemble a product at all from which on they agree on one, so that its name is suggested.
Below, the crops are often of two products gathered into one."""


@dataclass(frozen=True)
class Likeness:
    """The product that a newcomer looks like.

    Attributes:
        sku: the product.
        views: how many views of the newcomer resemble it.
        others: how many resemble another product.
        of: how many views there are.
    """

    sku: str
    views: int
    others: int
    of: int

    @property
    def agreed(self) -> bool:
        """Whether to suggest the name: most views resemble the product, and few another one."""
        return self.views > self.of / 2 and self.views >= AGREED * (self.views + self.others)


def likeness(told: Sequence[str | None], products: Collection[str]) -> Likeness | None:
    """The product that more views of a newcomer resemble than any other; None where too few do.

    Args:
        told: the SKU that each view resembles, or None.
        products: SKUs of the catalogue; a SKU that it does not have is no answer.

    Example:
        >>> likeness(["cola", "cola", "lime", None], {"cola", "lime"})
        Likeness(sku='cola', views=2, others=1, of=4)
    """
    counted = Counter(sku for sku in told if sku is not None)
    ranked = Counter({sku: views for sku, views in counted.items() if sku in products}).most_common(2)
    if not ranked or ranked[0][1] < WORTH_A_WORD * len(told) or len({views for _, views in ranked}) < len(ranked):
        return None
    sku, views = ranked[0]
    return Likeness(sku, views, counted.total() - views, len(told))
