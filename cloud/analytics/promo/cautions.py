"""What speaks against taking a study at its word: a code and its values, so that pages can say it in their language."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Code = Literal[
    "outlets-left-out",
    "unmatched",
    "not-to-the-end",
    "nothing-after",
    "moved-coolers",
    "other-promotion",
    "alone",
    "sisters-unknown",
]

TEXTS: dict[Code, str] = {
    "outlets-left-out": "%(n)s outlets with sell-out unknown on over a quarter of the days are left out",
    "unmatched": "%(n)s promoted outlets have no match: they count as the others do, in proportion to what they sold "
    "before",
    "not-to-the-end": "the sell-out does not reach to the end of the promotion",
    "nothing-after": "nothing is known of the days after: a dip would not be seen, and the ROI is flattered",
    "moved-coolers": "%(n)s outlets between which coolers moved are left out of the comparison",
    "other-promotion": "%(n)s outlets with another promotion of these SKUs are left out of the comparison",
    "alone": "studied in the %(n)s outlets that had it alone, with their part of the cost by what they sold before: "
    "the other %(others)s had %(names)s too",
    "sisters-unknown": "no sell-out is known of the sister SKUs %(names)s",
}
"""In English, as the API says them; `n` and `others` are counts."""


class Caution(BaseModel):
    """One of them."""

    model_config = ConfigDict(frozen=True)

    code: Code
    n: int = 0
    others: int = 0
    names: list[str] = []
    """Of promotions or SKUs."""

    def said(self, text: str) -> str:
        """`text`, one of `TEXTS` or its translation, with the values.

        Example:
            >>> Caution(code="moved-coolers", n=2).said("%(n)s outlets")
            '2 outlets'
        """
        return text % {"n": self.n, "others": self.others, "names": ", ".join(self.names)}

    def __str__(self) -> str:
        return self.said(TEXTS[self.code])
