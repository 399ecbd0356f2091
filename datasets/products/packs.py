"""`Pack`: one product for sale, its size in millimetres and how its label looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

PackType = Literal["can", "sleek-can", "pet", "glass", "carton", "pouch", "cup", "multipack"]
Form = Literal[
    "", "petaloid", "ribbed", "hot-fill", "brick", "gable", "prism", "spout", "crimped", "straw", "foil",
]  # fmt: skip
"""The shape among those of its type: PET bottles are petaloid, ribbed or hot-fill, cartons brick, gable or prism,
pouches have a spout or crimped edges, cups a straw or a foil lid; "" is the commonest of its type."""

Motif = Literal["plain", "stripes", "wave", "circle", "chevron", "burst", "hills", "bubbles", "diagonal", "leaf"]
Lettering = Literal["sans", "italic", "uni"]
Layout = Literal["classic", "badge", "medal", "band", "split", "arch", "upright"]
"""Where brand, flavour and picture stand on a label; one per brand."""

Mark = Literal[
    "", "wave", "sun", "peak", "crown", "moon", "star", "antler", "leaf", "bolt", "gate", "bird", "bean", "drop",
    "grain", "palm",
]  # fmt: skip
"""The brand's sign, of its own drawing."""

Picture = Literal["", "fruit", "slice", "drops", "bubbles", "leaves", "milk", "splash", "beans", "halftone"]
Edition = Literal["", "festive", "summer", "new-recipe"]
Foil = Literal["", "gold", "silver"]


@dataclass(frozen=True)
class Look:
    """The artwork of a label and the colours of the pack around it.

    Attributes:
        base, second, accent, ink: ground, motif, small shapes, letters.
        fruit: colour of the fruit drawn on it, or None.
        word, flavour: the two lines of text; `word_zh` and `flavour_zh` are the same in the other script.
        upright: letters run up the pack instead of around it.
        liquid, opacity: what shows through the bottle and how much it hides, 0 to 1.
        layout, mark, picture: what the brand's labels share: arrangement, sign, what is drawn.
        foil: metal that frames and letters are printed in.
        edition, claim: what sets a variant apart from its sisters: a flash, a line such as ZERO SUGAR.
    """

    base: Colour
    second: Colour
    accent: Colour
    ink: Colour
    motif: Motif
    word: str
    flavour: str = ""
    fruit: Colour | None = None
    lettering: Lettering = "sans"
    upright: bool = False
    cap: Colour = (235, 235, 235)
    liquid: Colour = (40, 18, 10)
    opacity: float = 0.97
    word_zh: str = ""
    flavour_zh: str = ""
    layout: Layout = "classic"
    mark: Mark = ""
    picture: Picture = ""
    foil: Foil = ""
    edition: Edition = ""
    claim: str = ""


@dataclass(frozen=True)
class Bundle:
    """What a multipack holds: equal units in `columns` side by side and `rows` behind each other, and around them
    shrink film or a printed carton sleeve."""

    unit: Pack
    columns: int
    rows: int
    wrap: Literal["film", "sleeve"]

    @property
    def count(self) -> int:
        """How many units."""
        return self.columns * self.rows


@dataclass(frozen=True)
class Pack:
    """One SKU: identity, size and look. `size_ml` of a multipack is that of all its units; only it has a `bundle`."""

    sku: str
    name: str
    name_zh: str
    brand: str
    owner: str
    pack_type: PackType
    size_ml: int
    width_mm: float
    height_mm: float
    depth_mm: float
    price: float
    gtin: str
    look: Look
    form: Form = ""
    bundle: Bundle | None = None

    @property
    def volume(self) -> str:
        """What it holds, as printed on it."""
        size = self.bundle.unit.size_ml if self.bundle else self.size_ml
        text = f"{size / 1000:g} L" if size >= 1000 else f"{size} ml"
        return f"{self.bundle.count} x {text}" if self.bundle else text


class Catalogue:
    """Packs by SKU, in a fixed order."""

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self._packs = {pack.sku: pack for pack in packs}

    def __getitem__(self, sku: str) -> Pack:
        return self._packs[sku]

    def __iter__(self) -> Iterator[Pack]:
        return iter(self._packs.values())

    def __len__(self) -> int:
        return len(self._packs)

    def skus(self) -> tuple[str, ...]:
        """Every SKU."""
        return tuple(self._packs)


def gtin13(number: int) -> str:
    """The GTIN-13 of the internal range 020 with this item number (0 to 999,999,999).

    Example:
        >>> gtin13(1)
        '0200000000011'
    """
    body = f"020{number:09d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-weighted % 10}"
