"""Reads the owners' TOML files into packs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from datasets.products.packs import Bundle, Colour, Form, Look, Pack, PackType, gtin13

OWNERS = ("northwind", "redfern", "halden", "meridale")

_COLOURS = ("base", "second", "accent", "ink", "fruit", "cap", "liquid")
_NAMES = ("sku", "title", "zh")
_COLUMNS = {4: 2, 6: 3, 8: 4, 10: 5, 12: 4, 15: 5, 24: 6}
_FILM_MM = 1.6


@dataclass(frozen=True)
class Format:
    """A kind of pack that brands fill: its type and form, what it holds and its size in mm."""

    key: str
    pack_type: PackType
    form: Form
    size_ml: int
    width_mm: float
    height_mm: float
    depth_mm: float
    word: str
    word_zh: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """Every format by its key, the end of a SKU such as `can330`."""
    return {
        key: Format(key, row["type"], row.get("form", ""), row["ml"], row["width"], row["height"],
                    row.get("depth", row["width"]), row["word"], row["zh"])
        for key, row in _read("formats.toml").items()
    }  # fmt: skip


def owner_packs(owner: str) -> tuple[tuple[Pack, ...], tuple[Pack, ...]]:
    """The packs of an owner that are sold in the demo, and its others."""
    demo, others = [], []
    for brand in _read(f"{owner}.toml")["brands"]:
        shown = brand.get("demo", {"first_item": 0, "packs": []})
        demo += [_pack(owner, brand, line, shown["first_item"] + at) for at, line in enumerate(shown["packs"])]
        others += [_pack(owner, brand, line, brand["first_item"] + at) for at, line in enumerate(brand["packs"])]
    return tuple(demo), tuple(others)


def _pack(owner: str, brand: dict[str, Any], line: str, item: int) -> Pack:
    """One line `variant format price`, as `cola can330 2.8` or `cola 6xcan330/film 15.8`."""
    variant, wanted, price = line.split()
    count, _, rest = wanted.rpartition("x") if "x" in wanted else ("", "", wanted)
    key, _, wrap = rest.partition("/")
    single = _single(owner, brand, variant, formats()[key], (float(price), item))
    if not count:
        return single
    return bundled(single, int(count), "sleeve" if wrap == "sleeve" else "film")


def _single(owner: str, brand: dict[str, Any], variant: str, made: Format, sale: tuple[float, int]) -> Pack:
    kind = brand["variants"][variant]
    price, item = sale
    own = {key: value for key, value in kind.items() if key not in _NAMES}
    look: dict[str, Any] = brand["look"] | own | brand.get("overrides", {}).get(f"{variant}-{made.key}", {})
    return Pack(
        sku=f"{brand['name'].lower()}-{kind.get('sku', variant)}-{made.key}",
        name=f"{brand['name']} {kind['title']} {made.size_ml} ml {made.word}",
        name_zh=f"{brand['zh']}{kind['zh']} {made.size_ml}毫升{made.word_zh}",
        brand=brand["name"],
        owner=owner,
        pack_type=made.pack_type,
        size_ml=made.size_ml,
        width_mm=made.width_mm,
        height_mm=made.height_mm,
        depth_mm=made.depth_mm,
        price=price,
        gtin=gtin13(item),
        look=Look(**look | {key: _colour(look[key]) for key in _COLOURS if key in look}),
        form=brand.get("pet", "") if made.pack_type == "pet" else made.form,
    )


def bundled(single: Pack, count: int, wrap: str) -> Pack:
    """A multipack of `count` of a pack, under `film` or in a `sleeve`; its price and GTIN are those given to it."""
    bundle = Bundle(single, _COLUMNS[count], count // _COLUMNS[count], "sleeve" if wrap == "sleeve" else "film")
    stem, _, key = single.sku.rpartition("-")
    return Pack(
        sku=f"{stem}-{count}x{key}",
        name=single.name.replace(f"{single.size_ml} ml", f"{count} x {single.size_ml} ml"),
        name_zh=single.name_zh.replace(f"{single.size_ml}毫升", f"{count}×{single.size_ml}毫升"),
        brand=single.brand,
        owner=single.owner,
        pack_type="multipack",
        size_ml=single.size_ml * count,
        width_mm=bundle.columns * single.width_mm + _FILM_MM,
        height_mm=single.height_mm + _FILM_MM,
        depth_mm=bundle.rows * single.depth_mm + _FILM_MM,
        price=single.price,
        gtin=single.gtin,
        look=single.look,
        bundle=bundle,
    )


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue
