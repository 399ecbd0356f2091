"""Draws flat price tags of many kinds, with the price that each one bears.

Stores write a price in many ways: `1.99`, `1,99 €`, `$1⁹⁹`, `¥128`, `1,500`. What the network shall read is the number,
with a point before its decimals. Names, contents (`330 ml`), prices of a litre and bars stand beside it, smaller.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator
Colour = tuple[int, int, int]

HEIGHT = 96
"""Pixels of a drawn tag; cameras see them at a fifth to two thirds of it."""

_PAPERS: tuple[tuple[Colour, Colour], ...] = (
    ((247, 247, 244), (24, 24, 26)),
    ((255, 255, 255), (10, 10, 10)),
    ((252, 226, 70), (20, 20, 20)),
    ((250, 240, 120), (180, 20, 20)),
    ((228, 232, 226), (30, 34, 32)),
    ((255, 255, 255), (200, 24, 30)),
    ((206, 26, 34), (255, 255, 255)),
    ((30, 70, 150), (255, 255, 255)),
    ((20, 110, 60), (255, 240, 90)),
    ((30, 30, 32), (245, 245, 240)),
)
"""Ground and ink."""
_CURRENCIES = ("$", "€", "£", "¥", "kr", "R$", "zl", "Rs")
_CURRENCY_SHARE = 0.7
_FAMILIES = ("DejaVuSans", "DejaVuSans-*", "DejaVuSansMono*", "DejaVuSerif", "DejaVuSerif-*", "STIXGeneral*")


@dataclass(frozen=True, eq=False)
class Tag:
    """A picture, (H, W, 3) RGB, and the price on it: digits with at most one point; empty where there is none."""

    pixels: Pixels
    text: str


@lru_cache(maxsize=1)
def faces() -> tuple[Path, ...]:
    """The letters of the training environment: those of Matplotlib's that have digits and currencies."""
    import matplotlib as mpl  # noqa: PLC0415 - only the training environment has it

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return tuple(sorted(file for family in _FAMILIES for file in folder.glob(f"{family}.ttf")))


@lru_cache(maxsize=512)
def _font(face: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face), size)


def draw_tag(rng: Rng) -> Tag:
    """One tag; of twenty one bears no price at all."""
    width = int(HEIGHT * rng.uniform(1.15, 2.6))
    ground, ink = _PAPERS[int(rng.integers(len(_PAPERS)))]
    sheet = Image.new("RGB", (width, HEIGHT), _near(ground, rng))
    pen = ImageDraw.Draw(sheet)
    text = "" if rng.random() < 0.05 else _some_price(rng)
    lines = _lines(rng)
    high = HEIGHT * float(rng.uniform(0.3, 0.62) if lines else rng.uniform(0.5, 0.82))
    top = float(rng.uniform(0.02, max(1 - high / HEIGHT - 0.02, 0.03))) * HEIGHT
    left = _write_price(pen, text, (width, top, high), ink, rng) if text else (0.0, 0.0)
    _write_around(pen, lines, (width, top, high), left, ink, rng)
    if rng.random() < 0.5:
        pen.rectangle((0, 0, width - 1, HEIGHT - 1), outline=_near((150, 150, 150), rng), width=int(rng.integers(1, 3)))
    return Tag(np.asarray(sheet, np.uint8), text)


def _some_price(rng: Rng) -> str:
    """As shops price drinks and snacks: mostly under ten, often ending in nine; now and then hundreds without cents."""
    kind = rng.random()
    if kind < 0.78:
        whole = int(rng.integers(0, 10) if rng.random() < 0.75 else np.exp(rng.uniform(np.log(10), np.log(400))))
        cents = int(rng.integers(100)) if rng.random() < 0.6 else int(rng.choice([99, 49, 95, 50, 0, 79, 29, 89, 90]))
        return f"{whole}.{cents:02d}"
    if kind < 0.85:
        return f"{int(rng.integers(0, 40))}.{int(rng.integers(10))}"
    return str(int(np.exp(rng.uniform(np.log(1), np.log(30_000)))))


def _write_price(
    pen: ImageDraw.ImageDraw, text: str, place: tuple[int, float, float], ink: Colour, rng: Rng
) -> tuple[float, float]:
    """Write the price; returns where it begins and ends, across."""
    width, top, high = place
    face = faces()[int(rng.integers(len(faces())))]
    whole, _, cents = text.partition(".")
    raised = bool(cents) and len(cents) == 2 and rng.random() < 0.3
    currency = str(rng.choice(_CURRENCIES)) if rng.random() < _CURRENCY_SHARE else ""
    before, small = rng.random() < 0.6, rng.random() < 0.5
    point = str(rng.choice([".", ","], p=[0.7, 0.3]))
    if raised:
        parts = [
            (whole, 1.0, 0.0),
            (point if rng.random() < 0.3 else "", 1.0, 0.0),
            (cents, float(rng.uniform(0.45, 0.65)), 0.0),
        ]
    else:
        number = whole if not cents else whole + point + cents
        if not cents and len(whole) > 3 and rng.random() < 0.6:
            number = f"{whole[:-3]}{rng.choice([',', '.', ' '])}{whole[-3:]}"
        parts = [(number, 1.0, 0.0)]
    if currency:
        sign = (
            currency,
            float(rng.uniform(0.4, 0.7)) if small else 1.0,
            float(rng.choice([0.0, 0.4])) if small else 0.0,
        )
        parts = [sign, *parts] if before else [*parts, sign]
    if currency == "" and not cents and rng.random() < 0.3:
        parts.append((str(rng.choice([".-", ",-", ":-"])), 1.0, 0.0))
    size = _fitting(pen, face, parts, width * 0.94, high)
    wide = _wide(pen, face, parts, size)
    x = begins = float(rng.uniform(0.02 * width, max(width * 0.98 - wide, 0.03 * width)))
    for letters, share, down in parts:
        if letters:
            font = _font(face, max(int(size * share), 4))
            box = pen.textbbox((0, 0), letters, font=font)
            y = top + down * high * (1 - share)
            base = box[1] if not set(letters) <= set(".,:- ") else pen.textbbox((0, 0), "0", font=font)[1]
            pen.text((x - box[0], y - base), letters, font=font, fill=ink)
            x += box[2] - box[0] + size * 0.05
    return begins, x


def _fitting(
    pen: ImageDraw.ImageDraw, face: Path, parts: list[tuple[str, float, float]], width: float, high: float
) -> int:
    """Size of the letters that makes digits `high`, or as much smaller as `width` demands."""
    box = pen.textbbox((0, 0), "0", font=_font(face, 100))
    size = int(100 * high / max(box[3] - box[1], 1))
    return max(min(size, int(size * width / max(_wide(pen, face, parts, size), 1.0))), 6)


def _wide(pen: ImageDraw.ImageDraw, face: Path, parts: list[tuple[str, float, float]], size: int) -> float:
    total = 0.0
    for letters, share, _ in parts:
        if letters:
            box = pen.textbbox((0, 0), letters, font=_font(face, max(int(size * share), 4)))
            total += box[2] - box[0] + size * 0.05
    return total


def _lines(rng: Rng) -> list[str]:
    """What stands beside a price, in small letters: names, contents, the price of a litre."""
    word = "".join(rng.choice(list(string.ascii_uppercase), int(rng.integers(3, 9))))
    some = [
        f"{word} {int(rng.integers(1, 9)) * 110} ml",
        word.title() + " " + "".join(rng.choice(list(string.ascii_lowercase), int(rng.integers(3, 9)))),
        f"{rng.uniform(0.5, 9):.2f}/l",
        f"{int(rng.integers(100, 999))}{int(rng.integers(10_000, 99_999))}",
        f"{rng.choice([0.25, 0.33, 0.5, 1, 1.5, 2])} L",
    ]
    rng.shuffle(some)
    return some[: int(rng.integers(0, 4))]


def _write_around(pen: ImageDraw.ImageDraw, lines: list[str], place: tuple[int, float, float],
                  taken: tuple[float, float], ink: Colour, rng: Rng) -> None:  # fmt: skip
    """Small lines over and under the price, and now and then bars."""
    width, top, high = place
    face = faces()[int(rng.integers(len(faces())))]
    rooms = [(0.0, top), (top + high * 1.05, HEIGHT - top - high * 1.05)]
    for line, (y, room) in zip(lines, sorted(rooms, key=lambda one: -one[1]), strict=False):
        size = int(min(room * 0.8, high * rng.uniform(0.25, 0.5)))
        if size >= 5:
            pen.text((float(rng.uniform(0.03, 0.3)) * width, y), line, font=_font(face, size), fill=ink)
    if len(lines) > 2 and taken[0] > 0.25 * width:
        size = int(high * rng.uniform(0.2, 0.35))
        pen.text((0.03 * width, top), lines[2][:6], font=_font(face, max(size, 5)), fill=ink)
    below = HEIGHT - top - high
    if rng.random() < 0.35 and below > 0.2 * HEIGHT:
        x = float(rng.uniform(0.03, 0.5)) * width
        for _ in range(int(rng.integers(10, 30))):
            bar = float(rng.uniform(1, 3))
            pen.rectangle((x, HEIGHT - 0.7 * below, x + bar * 0.6, HEIGHT - 0.15 * below), fill=(30, 30, 30))
            x += bar + float(rng.uniform(1, 3))


def _near(colour: Colour, rng: Rng) -> Colour:
    red, green, blue = (int(np.clip(channel + rng.normal(0, 8), 0, 255)) for channel in colour)
    return red, green, blue
