"""Catalogues of brands that exist nowhere: the demo's 24 SKUs, and random ones for training."""

from __future__ import annotations

import colorsys
from dataclasses import replace
from typing import get_args

import numpy as np

from datasets.products.artwork import mixed
from datasets.products.packs import Catalogue, Colour, Lettering, Look, Motif, Pack, PackType, gtin13

OWN_BRAND_OWNER = "northwind"

_SIZES: dict[PackType, dict[int, tuple[float, float]]] = {
    "can": {330: (66, 115), 440: (66, 150), 500: (66, 168)},
    "sleek-can": {250: (53, 134), 330: (58, 146)},
    "pet": {330: (59, 176), 500: (65, 226), 600: (70, 232), 1000: (81, 285)},
    "glass": {250: (58, 190), 330: (61, 226)},
    "carton": {250: (49, 128), 330: (56, 152), 1000: (72, 232)},
}
_PACK_WORDS: dict[PackType, tuple[str, str]] = {
    "can": ("can", "罐装"),
    "sleek-can": ("sleek can", "细罐"),
    "pet": ("bottle", "瓶装"),
    "glass": ("glass bottle", "玻璃瓶"),
    "carton": ("carton", "盒装"),
}
_SUFFIX: dict[PackType, str] = {"can": "can", "sleek-can": "sleek", "pet": "pet", "glass": "glass", "carton": "carton"}

_COLA: Colour = (44, 18, 10)
_WATER: Colour = (205, 226, 236)
_WHITE: Colour = (255, 255, 255)
_CREAM: Colour = (255, 250, 245)
_INK: Colour = (14, 16, 22)
_SILVER: Colour = (210, 213, 218)
_NAVY: Colour = (18, 58, 140)
_SKY: Colour = (90, 170, 235)
_ICE: Colour = (220, 236, 250)
_AZURE: Colour = (46, 128, 200)
_LIME: Colour = (140, 204, 50)
_LEAF: Colour = (40, 130, 70)
_SEA: Colour = (20, 140, 110)
_ORANGE: Colour = (244, 120, 20)
_LEMON: Colour = (246, 205, 30)
_PALE_LEMON: Colour = (238, 222, 120)
_BERRY: Colour = (188, 24, 92)
_GRAPE: Colour = (70, 30, 110)
_RED: Colour = (196, 20, 34)
_WINE: Colour = (120, 10, 60)
_PINK: Colour = (240, 140, 170)
_PEACH: Colour = (240, 150, 130)
_TEA: Colour = (200, 172, 76)


def _northwind(base: Colour, second: Colour, flavour: str, cap: Colour) -> Look:
    return Look(base, second, (240, 196, 84), _WHITE, "wave", "Northwind", flavour, cap=cap, liquid=_COLA)


def _solara(base: Colour, second: Colour, flavour: str, liquid: Colour) -> Look:
    fruit = mixed(base, _WHITE, 0.25)
    return Look(base, second, _WHITE, _WHITE, "burst", "Solara", flavour, fruit, "italic", False,
                cap=second, liquid=liquid, opacity=0.93)  # fmt: skip


def _glacia(base: Colour, second: Colour, flavour: str, cap: Colour) -> Look:
    return Look(base, second, mixed(second, _INK, 0.45), (18, 60, 120), "hills", "Glacia", flavour, lettering="uni",
                cap=cap, liquid=_WATER, opacity=0.45)  # fmt: skip


def _rubia(base: Colour, second: Colour, ink: Colour, flavour: str) -> Look:
    return Look(base, second, (230, 170, 60), ink, "circle", "Rubia", flavour, None, "italic", cap=base, liquid=_COLA)


def _lumaye(base: Colour, second: Colour, flavour: str, ink: Colour, fruit: Colour | None = None) -> Look:
    return Look(base, second, (235, 220, 150), ink, "leaf", "鹿鸣", flavour, fruit, "uni", True,
                cap=second, liquid=_TEA, opacity=0.9)  # fmt: skip


def _kestrel(base: Colour, second: Colour, flavour: str) -> Look:
    return Look(base, second, _SILVER, second, "chevron", "KESTREL", flavour, None, "italic", True)


_Item = tuple[str, str, str, str, PackType, int, float, Look]

# brand, flavour (id), flavour name, flavour in Chinese, pack, ml, price in yuan, look
_DEMO: tuple[_Item, ...] = (
    ("Northwind", "cola", "Cola", "可乐", "can", 330, 2.8, _northwind(_NAVY, _ICE, "COLA", _NAVY)),
    ("Northwind", "zero", "Cola Zero", "零度可乐", "can", 330, 2.8, _northwind(_INK, _SKY, "ZERO", _INK)),
    ("Northwind", "lime", "Cola Lime", "青柠可乐", "can", 330, 3.0, _northwind(_NAVY, _LIME, "LIME", _LIME)),
    ("Northwind", "cola", "Cola", "可乐", "pet", 500, 3.5, _northwind(_NAVY, _ICE, "COLA", _NAVY)),
    ("Northwind", "zero", "Cola Zero", "零度可乐", "pet", 500, 3.5, _northwind(_INK, _SKY, "ZERO", _INK)),
    ("Northwind", "cola", "Cola", "可乐", "glass", 250, 4.0, _northwind(_NAVY, _ICE, "COLA", _SILVER)),
    ("Solara", "orange", "Orange", "橙味", "can", 330, 2.8, _solara(_ORANGE, _LEAF, "ORANGE", _ORANGE)),
    ("Solara", "lemon", "Lemon", "柠檬味", "can", 330, 2.8, _solara(_LEMON, _LEAF, "LEMON", _PALE_LEMON)),
    ("Solara", "orange", "Orange", "橙味", "pet", 500, 3.5, _solara(_ORANGE, _LEAF, "ORANGE", _ORANGE)),
    ("Solara", "lemon", "Lemon", "柠檬味", "pet", 500, 3.5, _solara(_LEMON, _LEAF, "LEMON", _PALE_LEMON)),
    ("Solara", "berry", "Berry", "莓果味", "pet", 500, 3.5, _solara(_BERRY, _GRAPE, "BERRY", (150, 20, 60))),
    ("Glacia", "still", "Still Water", "纯净水", "pet", 500, 2.0, _glacia(_ICE, _AZURE, "STILL", _AZURE)),
    ("Glacia", "sparkling", "Sparkling Water", "气泡水", "pet", 500, 3.0,
     _glacia((206, 240, 226), _SEA, "SPARKLING", _SEA)),
    ("Glacia", "still", "Still Water", "纯净水", "pet", 330, 1.5, _glacia((128, 190, 236), _NAVY, "STILL", _WHITE)),
    ("Rubia", "cola", "Cola", "可乐", "can", 330, 2.9, _rubia(_RED, _CREAM, _RED, "COLA")),
    ("Rubia", "light", "Cola Light", "轻怡可乐", "can", 330, 2.9, _rubia(_SILVER, _RED, _WHITE, "LIGHT")),
    ("Rubia", "cola", "Cola", "可乐", "pet", 500, 3.6, _rubia(_RED, _CREAM, _RED, "COLA")),
    ("Rubia", "cherry", "Cherry", "樱桃味", "sleek-can", 330, 3.4, _rubia(_WINE, _PINK, (90, 5, 40), "CHERRY")),
    ("Lumaye", "green", "Green Tea", "绿茶", "pet", 500, 3.0, _lumaye(_LEAF, _LIME, "绿茶", _CREAM)),
    ("Lumaye", "jasmine", "Jasmine Tea", "茉莉花茶", "pet", 500, 3.0,
     _lumaye((236, 226, 190), (60, 130, 90), "茉莉", (30, 80, 50))),
    ("Lumaye", "peach", "Peach Tea", "蜜桃茶", "carton", 250, 2.5, _lumaye(_PEACH, _RED, "蜜桃", _CREAM, _PINK)),
    ("Kestrel", "energy", "Energy", "能量", "sleek-can", 250, 5.5, _kestrel(_INK, (60, 220, 110), "ENERGY")),
    ("Kestrel", "zero", "Energy Zero", "无糖能量", "sleek-can", 250, 5.5, _kestrel(_SILVER, _AZURE, "ZERO")),
    ("Kestrel", "mango", "Energy Mango", "芒果能量", "sleek-can", 250, 5.5, _kestrel(_INK, (255, 170, 20), "MANGO")),
)  # fmt: skip
_OWNERS = {"Northwind": "northwind", "Solara": "northwind", "Glacia": "northwind",
           "Rubia": "redfern", "Lumaye": "redfern", "Kestrel": "halden"}  # fmt: skip
_BRANDS_ZH = {"Northwind": "北风", "Solara": "日曜", "Glacia": "冰川", "Rubia": "红宝", "Lumaye": "鹿鸣",
              "Kestrel": "红隼"}  # fmt: skip


def demo_catalogue() -> Catalogue:
    """The 24 SKUs of the demo: six brands of three owners; `northwind` is the brand that runs the coolers."""
    return Catalogue(tuple(_demo_pack(number, item) for number, item in enumerate(_DEMO, start=1)))


def _demo_pack(number: int, item: _Item) -> Pack:
    brand, flavour, title, title_zh, pack_type, size_ml, price, look = item
    word, word_zh = _PACK_WORDS[pack_type]
    width, height = _SIZES[pack_type][size_ml]
    return Pack(
        sku=f"{brand.lower()}-{flavour}-{_SUFFIX[pack_type]}{size_ml}",
        name=f"{brand} {title} {size_ml} ml {word}",
        name_zh=f"{_BRANDS_ZH[brand]}{title_zh} {size_ml}毫升{word_zh}",
        brand=brand,
        owner=_OWNERS[brand],
        pack_type=pack_type,
        size_ml=size_ml,
        width_mm=width,
        height_mm=height,
        depth_mm=width * (0.8 if pack_type == "carton" else 1.0),
        price=price,
        gtin=gtin13(number),
        look=look,
    )


_SYLLABLES = ("ka", "lo", "mi", "ver", "so", "tan", "bru", "fi", "zen", "ora", "nu", "pel", "dra", "vi", "cho", "lum")
_FLAVOURS = ("COLA", "ZERO", "LEMON", "MINT", "PEACH", "LIGHT", "GRAPE", "APPLE", "GINGER", "MANGO", "茶", "汽水", "")


def random_catalogue(rng: np.random.Generator, count: int) -> Catalogue:
    """`count` SKUs in families of one to five that share a design and differ in colour, flavour or size."""
    packs: list[Pack] = []
    family = 0
    while len(packs) < count:
        family += 1
        packs.extend(_random_family(rng, family, min(int(rng.integers(1, 6)), count - len(packs)), len(packs)))
    return Catalogue(tuple(packs))


def _random_family(rng: np.random.Generator, family: int, members: int, first: int) -> list[Pack]:
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
        )
        packs.append(_random_pack(rng, f"brand{family:03d}-item{member}", brand, look, first + member))
    return packs


def _random_pack(rng: np.random.Generator, sku: str, brand: str, look: Look, number: int) -> Pack:
    shapes: list[PackType] = ["can", "sleek-can", "pet", "pet", "pet", "glass", "carton"]
    pack_type = shapes[int(rng.integers(len(shapes)))]
    size_ml = int(rng.choice(list(_SIZES[pack_type])))
    width, height = _SIZES[pack_type][size_ml]
    stretch = rng.uniform(0.92, 1.1, 2) if pack_type not in {"can", "sleek-can"} else np.ones(2)
    width, height = float(width * stretch[0]), float(height * stretch[1])
    price = round(float(rng.uniform(1.5, 9)), 1)
    name = f"{brand} {look.flavour.title()} {size_ml} ml"
    depth = width * (float(rng.uniform(0.7, 1.2)) if pack_type == "carton" else 1.0)
    return Pack(sku, name, name, brand, brand.lower(), pack_type, size_ml, width, height, depth, price,
                gtin13(1000 + number), look)  # fmt: skip


def _random_look(rng: np.random.Generator, word: str) -> Look:
    motifs: tuple[Motif, ...] = get_args(Motif)
    letterings: tuple[Lettering, ...] = get_args(Lettering)
    base, second, accent = (_random_colour(rng) for _ in range(3))
    light = sum(base) > 380
    ink: Colour = (int(rng.integers(0, 60)),) * 3 if light else (255, 255, 255)
    water = rng.random() < 0.25
    return Look(
        base, second, accent,
        ink=ink if rng.random() < 0.7 else _random_colour(rng),
        motif=motifs[int(rng.integers(len(motifs)))],
        word=word,
        fruit=_random_colour(rng) if rng.random() < 0.45 else None,
        lettering=letterings[int(rng.integers(len(letterings)))],
        upright=bool(rng.random() < 0.3),
        cap=_random_colour(rng) if rng.random() < 0.6 else base,
        liquid=_WATER if water else _random_colour(rng, dark=bool(rng.random() < 0.4)),
        opacity=float(rng.uniform(0.35, 0.6) if water else rng.uniform(0.85, 0.98)),
    )  # fmt: skip


def _random_colour(rng: np.random.Generator, dark: bool = False) -> Colour:
    hue = rng.random()
    saturation = rng.uniform(0.5, 1.0) if rng.random() < 0.75 else rng.uniform(0.0, 0.25)
    value = rng.uniform(0.05, 0.3) if dark or rng.random() < 0.12 else rng.uniform(0.45, 1.0)
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)
