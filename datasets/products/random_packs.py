"""Random catalogues for training: families of brands by chance, in every type of pack."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, get_args

import numpy as np

from datasets.products.house.reading import Format, bundled, formats
from datasets.products.packs import (
    Catalogue,
    Colour,
    Edition,
    Foil,
    Form,
    Layout,
    Lettering,
    Look,
    Mark,
    Motif,
    Pack,
    PackType,
    Picture,
    gtin13,
)

_SYLLABLES = ("ka", "lo", "mi", "ver", "so", "tan", "bru", "fi", "zen", "ora", "nu", "pel", "dra", "vi", "cho", "lum")
_CHINESE = "清泉青山乐果甘露沁茶鹿云溪柚麦月冰岚橙禾"
_FLAVOURS = ("COLA", "ZERO", "LEMON", "MINT", "PEACH", "LIGHT", "GRAPE", "APPLE", "GINGER", "MANGO", "茶", "汽水", "")
_FLAVOURS_ZH = ("可乐", "柠檬", "薄荷", "蜜桃", "葡萄", "苹果", "芒果", "绿茶", "")
_CLAIMS = ("", "", "", "ZERO SUGAR", "LIGHT", "无糖", "0% FAT", "NO SUGAR")
_WATER: Colour = (205, 226, 236)
_PET_FORMS: tuple[Form, ...] = ("petaloid", "ribbed", "hot-fill")

_T = TypeVar("_T")

_CARRIED_ML = 12_000
"""More than six units are sold together where they hold no more."""


@dataclass(frozen=True)
class Assortment:
    """What a random catalogue is made of: the share of each type of pack, and how many units its multipacks hold."""

    shares: dict[PackType, float]
    bundles: tuple[int, ...]


OF_A_COOLER = Assortment(
    {
        "can": 0.2, "sleek-can": 0.12, "pet": 0.36, "glass": 0.08, "carton": 0.1, "pouch": 0.04, "cup": 0.05,
        "multipack": 0.05,
    }, bundles=(4, 6),
)  # fmt: skip
IN_MULTIPACKS = Assortment(
    {"can": 0.16, "sleek-can": 0.06, "pet": 0.24, "glass": 0.04, "carton": 0.08, "pouch": 0.02, "multipack": 0.4},
    bundles=(4, 6, 6, 6, 8, 10, 12, 12, 15, 24),
)
"""As in coolers and on displays of supermarkets, where packs of the same units stand beside these."""


def random_catalogue(rng: np.random.Generator, count: int, assortment: Assortment = OF_A_COOLER) -> Catalogue:
    """`count` SKUs of invented brands; each brand is a family of up to five that look alike."""
    packs: list[Pack] = []
    family = 0
    while len(packs) < count:
        family += 1
        members = min(int(rng.integers(1, 6)), count - len(packs))
        packs.extend(_random_family(rng, assortment, family, members, len(packs)))
    return Catalogue(tuple(packs))


def _random_family(
    rng: np.random.Generator, assortment: Assortment, family: int, members: int, first: int
) -> list[Pack]:
    brand = "".join(rng.choice(_SYLLABLES, int(rng.integers(2, 4)))).capitalize()
    brand = brand.upper() if rng.random() < 0.4 else brand
    house = _random_look(rng, brand)
    packs = []
    for member in range(members):
        fresh = _random_look(rng, brand)
        kept = rng.random(4) < 0.5
        look = replace(
            house,
            base=house.base if kept[0] else fresh.base,
            second=house.second if kept[1] else fresh.second,
            fruit=house.fruit if kept[2] else fresh.fruit,
            liquid=house.liquid if kept[3] else fresh.liquid,
            flavour=str(rng.choice(_FLAVOURS)),
            flavour_zh=str(rng.choice(_FLAVOURS_ZH)),
            claim=fresh.claim,
            edition=fresh.edition,
        )
        packs.append(_random_pack(rng, assortment, f"brand{family:03d}-item{member}", look, first + member))
    return packs


def _random_pack(rng: np.random.Generator, assortment: Assortment, sku: str, look: Look, number: int) -> Pack:
    shares = assortment.shares
    pack_type = list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]
    if pack_type == "multipack":
        single = _single(rng, sku, look, number, _one(rng, ("can", "sleek-can", "pet")))
        carried = [count for count in assortment.bundles if count <= 6 or count * single.size_ml <= _CARRIED_ML]
        pack = bundled(single, int(rng.choice(carried)), str(rng.choice(["film", "sleeve"])))
        return replace(pack, sku=sku)
    return _single(rng, sku, look, number, pack_type)


def _single(rng: np.random.Generator, sku: str, look: Look, number: int, pack_type: PackType) -> Pack:
    made = _one(rng, [made for made in formats().values() if made.pack_type == pack_type])
    width, height, depth = _stretched(rng, made)
    name = f"{look.word} {look.flavour.title()} {made.size_ml} ml"
    form = _one(rng, _PET_FORMS) if pack_type == "pet" else made.form
    price = round(float(rng.uniform(1.5, 9)), 1)
    return Pack(sku, name, name, look.word, look.word.lower(), pack_type, made.size_ml, width, height, depth, price,
                gtin13(1000 + number), look, form)  # fmt: skip


def _stretched(rng: np.random.Generator, made: Format) -> tuple[float, float, float]:
    """Width, height and depth; only cans are the same size everywhere."""
    if made.pack_type in {"can", "sleek-can"}:
        return made.width_mm, made.height_mm, made.depth_mm
    wide, tall, deep = rng.uniform(0.92, 1.1, 3)
    deep = deep if made.pack_type in {"carton", "pouch"} else wide
    return float(made.width_mm * wide), float(made.height_mm * tall), float(made.depth_mm * deep)


def _random_look(rng: np.random.Generator, word: str) -> Look:
    base, second, accent = (_random_colour(rng) for _ in range(3))
    light = sum(base) > 380
    ink: Colour = (int(rng.integers(0, 60)),) * 3 if light else (255, 255, 255)
    water = rng.random() < 0.25
    layout: Layout = _one(rng, get_args(Layout))
    mark: Mark = _one(rng, get_args(Mark))
    picture: Picture = _one(rng, get_args(Picture))
    foil: Foil = _one(rng, ("", "", "gold", "silver"))
    edition: Edition = _one(rng, ("", "", "", "", *get_args(Edition)))
    motif: Motif = _one(rng, get_args(Motif))
    lettering: Lettering = _one(rng, get_args(Lettering))
    return Look(
        base, second, accent,
        ink=ink if rng.random() < 0.7 else _random_colour(rng),
        motif=motif,
        word=word,
        fruit=_random_colour(rng) if rng.random() < 0.45 else None,
        lettering=lettering,
        upright=layout == "upright",
        cap=_random_colour(rng) if rng.random() < 0.6 else base,
        liquid=_WATER if water else _random_colour(rng, dark=bool(rng.random() < 0.4)),
        opacity=float(rng.uniform(0.35, 0.6) if water else rng.uniform(0.85, 0.98)),
        word_zh="".join(rng.choice(list(_CHINESE), 2)) if rng.random() < 0.5 else "",
        layout=layout, mark=mark, picture=picture, foil=foil, edition=edition,
        claim=str(rng.choice(_CLAIMS)),
    )  # fmt: skip


def _one(rng: np.random.Generator, choices: Sequence[_T]) -> _T:
    return choices[int(rng.integers(len(choices)))]


def _random_colour(rng: np.random.Generator, dark: bool = False) -> Colour:
    hue = rng.random()
    saturation = rng.uniform(0.5, 1.0) if rng.random() < 0.75 else rng.uniform(0.0, 0.25)
    value = rng.uniform(0.05, 0.3) if dark or rng.random() < 0.12 else rng.uniform(0.45, 1.0)
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)
