"""Draws flat price tags of many kinds, with the price that each one bears.

Stores write a price in many ways: `1.99`, `1,99 €`, `$1⁹⁹`, `¥128`, `1,500`. What the network shall read is the number,
with a point before its decimals. Names, contents (`330 ml`), prices of a litre and bars stand beside it, smaller.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from models.price_reader.faces import Colour, Face, Letters
from models.price_reader.letters import some_face

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Rng = np.random.Generator

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
_PAPER_ODDS = (0.2, 0.2, 0.16, 0.05, 0.15, 0.08, 0.05, 0.04, 0.03, 0.04)
_PATCHES: tuple[Colour, ...] = ((252, 226, 70), (120, 200, 235), (250, 180, 60), (255, 255, 255), (190, 230, 120))
_SCREENS: tuple[Colour, ...] = ((205, 212, 208), (180, 186, 184), (232, 236, 230), (224, 206, 200), (140, 144, 142))
_CURRENCIES = ("$", "€", "£", "¥", "kr", "R$", "zl", "Rs")
_CURRENCY_SHARE = 0.7


@dataclass(frozen=True, eq=False)
class Tag:
    """A picture, (H, W, 3) RGB, and the price on it.

    Attributes:
        text: digits with at most one point; empty where there is no price, or one of several units together.
        places: (letters of the text, 2) where each stands, x and y in pixels of the picture; a point that is not
            written stands between its neighbours.
        digits: how high the price's digits are, in parts of the picture's height.
    """

    pixels: Pixels
    text: str
    places: Floats
    digits: float


@dataclass(frozen=True)
class _Part:
    """Letters set in one size: `share` of the price's height, `down` from its top as a share of what that leaves.

    `means` has a letter of the text, or a blank, for each of `letters`; `over` stands above them, in half their size.
    """

    letters: str
    share: float = 1.0
    down: float = 0.0
    means: str = ""
    over: str = ""


def draw_tag(rng: Rng) -> Tag:
    """One tag; of ten one bears no price of a single unit."""
    width = int(HEIGHT * rng.uniform(1.15, 2.9))
    ground, ink = _PAPERS[int(rng.choice(len(_PAPERS), p=_PAPER_ODDS))]
    sheet = Image.new("RGB", (width, HEIGHT), _near(ground, rng))
    pen = ImageDraw.Draw(sheet)
    if rng.random() < 0.2:
        room, ink = _device(pen, width, rng), (28, 30, 32)
    else:
        room = _panel(pen, width, rng)
    kind, face = rng.random(), some_face(rng)
    text = "" if kind < 0.12 else _some_price(rng)
    parts = [] if kind < 0.04 else _of_several(rng) if kind < 0.12 else _parts(text, rng)
    lines = _lines(rng)
    high = HEIGHT * float(np.exp(rng.uniform(np.log(0.14), np.log(0.62))) if lines else rng.uniform(0.4, 0.85))
    top = float(rng.uniform(0.02, max(1 - high / HEIGHT - 0.02, 0.03))) * HEIGHT
    places, tall = _write_price(sheet, parts, (*room, top, high), face, ink, rng)
    _write_around(sheet, lines, (width, top, high), places, ink, rng)
    if rng.random() < 0.5:
        pen.rectangle((0, 0, width - 1, HEIGHT - 1), outline=_near((150, 150, 150), rng), width=int(rng.integers(1, 3)))
    return Tag(np.asarray(sheet, np.uint8), text, _with_point(text, places), tall / HEIGHT)


def _device(pen: ImageDraw.ImageDraw, width: int, rng: Rng) -> tuple[float, float]:
    """An electronic tag: a screen in its frame, which has a dark window at one side."""
    frame, screen = _near((232, 234, 234), rng), _near(_SCREENS[int(rng.integers(len(_SCREENS)))], rng)
    edge, side = float(rng.uniform(0.03, 0.09)) * HEIGHT, float(rng.uniform(0.05, 0.2)) * width
    pen.rectangle((0, 0, width, HEIGHT), fill=frame)
    pen.rectangle((edge, edge, width - side, HEIGHT - edge), fill=screen)
    if side > 0.1 * width:
        pen.rectangle((width - 0.65 * side, 0.4 * HEIGHT, width - 0.35 * side, 0.6 * HEIGHT), fill=(30, 32, 34))
    if rng.random() < 0.4:
        strip = float(rng.uniform(0.04, 0.09)) * width
        _bars(pen, (edge * 0.2, edge, edge * 0.2 + strip, HEIGHT - edge), upright=False, rng=rng)
        edge += strip
    return edge, width - side


def _panel(pen: ImageDraw.ImageDraw, width: int, rng: Rng) -> tuple[float, float]:
    """Now and then a side of the tag has another ground; returns from where to where the price may stand."""
    if rng.random() > 0.2 or width < 1.6 * HEIGHT:
        return 0.0, float(width)
    edge = float(rng.uniform(0.3, 0.5)) * width
    ground = _near(_PAPERS[int(rng.integers(len(_PAPERS)))][0], rng)
    if rng.random() < 0.75:
        pen.rectangle((0, 0, edge, HEIGHT), fill=ground)
        return edge, float(width)
    pen.rectangle((width - edge, 0, width, HEIGHT), fill=ground)
    return 0.0, width - edge


def _some_price(rng: Rng) -> str:
    """As shops price drinks and snacks: mostly under ten, often ending in nine; now and then hundreds without cents."""
    kind = rng.random()
    if kind < 0.8:
        whole = int(rng.integers(0, 10) if rng.random() < 0.75 else np.exp(rng.uniform(np.log(10), np.log(400))))
        cents = int(rng.integers(100)) if rng.random() < 0.6 else int(rng.choice([99, 49, 95, 50, 0, 79, 29, 89, 90]))
        return f"{whole}.{cents:02d}"
    if kind < 0.85:
        return f"{int(rng.integers(0, 40))}.{int(rng.integers(10))}"
    return str(int(np.exp(rng.uniform(np.log(1), np.log(30_000)))))


def _of_several(rng: Rng) -> list[_Part]:
    """The price of several units together, which is none of one."""
    price = str(rng.choice(["$", "€", ""])) + str(int(rng.integers(1, 13)))
    if rng.random() < 0.3:
        price += ".00"
    between = str(rng.choice(["/", " for ", "for", "/"]))
    return [_Part(str(int(rng.integers(2, 7)))), _Part(between, 0.6, 0.8), _Part(price)]


def _parts(text: str, rng: Rng) -> list[_Part]:
    """One of the ways in which a price is written."""
    whole, _, cents = text.partition(".")
    point = str(rng.choice([".", ","], p=[0.7, 0.3]))
    if whole == "0" and len(cents) == 2 and rng.random() < 0.4:
        if rng.random() < 0.5:
            return [_Part(point + cents, means="." + cents)]
        return [_Part(cents, means=cents), _Part("¢", float(rng.uniform(0.5, 1.0)))]
    if len(cents) == 2 and rng.random() < 0.35:
        small = float(rng.uniform(0.42, 0.68))
        raised = float(rng.choice([0.0, 0.0, 1.0]))
        parts = [_Part(whole, means=whole), *([_Part(point, means=".")] if rng.random() < 0.3 else [])]
        if rng.random() < 0.35:
            return [parts[0], _Part(cents, small, 1.0, cents, over=str(rng.choice(_CURRENCIES[:4])))]
        parts.append(_Part(cents, small, raised, cents))
    elif cents:
        parts = [_Part(whole + point + cents, means=text)]
    else:
        parts = [_thousands(whole, rng)]
    return _with_currency(parts, rng)


def _thousands(whole: str, rng: Rng) -> _Part:
    """A whole number, its thousands perhaps set apart."""
    if len(whole) < 4 or rng.random() < 0.4:
        return _Part(whole, means=whole)
    apart = str(rng.choice([",", ".", " "]))
    return _Part(f"{whole[:-3]}{apart}{whole[-3:]}", means=f"{whole[:-3]} {whole[-3:]}")


def _with_currency(parts: list[_Part], rng: Rng) -> list[_Part]:
    if rng.random() > _CURRENCY_SHARE:
        return (
            [*parts, _Part(str(rng.choice([".-", ",-", ":-"])))] if len(parts) == 1 and rng.random() < 0.05 else parts
        )
    small = rng.random() < 0.55
    sign = _Part(str(rng.choice(_CURRENCIES)), float(rng.uniform(0.35, 0.7)) if small else 1.0,
                 float(rng.choice([0.0, 0.0, 1.0])) if small else 0.0)  # fmt: skip
    return [sign, *parts] if rng.random() < 0.6 else [*parts, sign]


def _write_price(
    sheet: Image.Image,
    parts: list[_Part],
    place: tuple[float, float, float, float],
    face: Face,
    ink: Colour,
    rng: Rng,
) -> tuple[list[tuple[str, float, float]], float]:
    """Write the price between `place`'s left and right, from its top on and as high; returns where each letter of the
    text stands, by its middle, and how high the digits are."""
    left, right, top, high = place
    room = right - left
    size = _fitting(face, parts, room * 0.94, high)
    wide = sum(_wide(face, part, size) for part in parts)
    x = left + float(rng.uniform(0.02 * room, max(room * 0.98 - wide, 0.03 * room)))
    _, above_digits, _, under_digits = face.of_size(size).edges("0")
    tall, found = under_digits - above_digits, []
    if parts and rng.random() < 0.12 and sum(ink) < 300:
        ground = _near(_PATCHES[int(rng.integers(len(_PATCHES)))], rng)
        beside, above = float(rng.uniform(0.05, 0.4)) * tall, float(rng.uniform(0.05, 0.4)) * tall
        ImageDraw.Draw(sheet).rounded_rectangle(
            (x - beside, top - above, x + wide + beside, top + tall + above), 0.15 * tall, ground
        )
    for part in parts:
        letters = face.of_size(max(int(size * part.share), 4))
        begins = letters.edges(part.letters)[0]
        _, digit_top, _, digit_foot = letters.edges("0")
        y = top + part.down * tall * (1 - part.share)
        letters.write(sheet, (x - begins, y - digit_top), part.letters, ink)
        if part.over:
            signs = face.of_size(max(int(size * part.share * 0.6), 4))
            over = y - signs.edges("0")[1] - 0.62 * tall * part.share
            signs.write(sheet, (x + 0.2 * size * part.share, over), part.over, ink)
        for number, letter in enumerate(part.means):
            if letter != " ":
                ends = letters.length(part.letters[:number]) + letters.length(part.letters[: number + 1])
                found.append((letter, x - begins + ends / 2, y + (digit_foot - digit_top) / 2))
        x += _wide(face, part, size)
    return found, tall


def _with_point(text: str, places: list[tuple[str, float, float]]) -> Floats:
    """Where each letter of the text stands, also those that are not written: a point, and a nought before it."""
    written = iter(places)
    ahead: list[tuple[float, float] | None] = []
    one = next(written, None)
    for letter in text:
        if one is not None and one[0] == letter:
            ahead.append((one[1], one[2]))
            one = next(written, None)
        else:
            ahead.append(None)
    known = [number for number, place in enumerate(ahead) if place]
    if not known:
        return np.zeros((0, 2), np.float32)
    xs, ys = ([ahead[number][axis] for number in known] for axis in (0, 1))  # type: ignore[index]
    step = (xs[-1] - xs[0]) / max(len(xs) - 1, 1) or HEIGHT / 4
    numbers = np.arange(len(text))
    x = np.interp(numbers, known, xs) - np.clip(known[0] - numbers, 0, None) * 0.4 * step
    return np.stack([x, np.interp(numbers, known, ys)], 1).astype(np.float32)


def _fitting(face: Face, parts: list[_Part], width: float, high: float) -> int:
    """Size of the letters that makes digits `high`, or as much smaller as `width` demands."""
    _, top, _, foot = face.of_size(100).edges("0")
    size = int(100 * high / max(foot - top, 1))
    wide = sum(_wide(face, part, size) for part in parts)
    return max(min(size, int(size * width / max(wide, 1.0))), 6)


def _wide(face: Face, part: _Part, size: int) -> float:
    left, _, right, _ = face.of_size(max(int(size * part.share), 4)).edges(part.letters)
    return float(right - left + size * 0.05)


def _lines(rng: Rng) -> list[str]:
    """What stands beside a price, in small letters: names, contents, the price of a litre."""
    word = "".join(rng.choice(list(string.ascii_uppercase), int(rng.integers(3, 9))))
    some = [
        f"{word} {int(rng.integers(1, 9)) * 110} ml",
        word.title() + " " + "".join(rng.choice(list(string.ascii_lowercase), int(rng.integers(3, 9)))),
        f"{rng.choice(['', '€', '$'])}{rng.uniform(0.5, 9):.2f}/l",
        f"{rng.uniform(0.5, 9):.2f}",
        f"{int(rng.integers(100, 999))}{int(rng.integers(10_000, 99_999))}",
        f"{rng.choice([0.25, 0.33, 0.5, 1, 1.5, 2])} L",
    ]
    rng.shuffle(some)
    return some[: int(rng.integers(0, 4))]


def _write_around(
    sheet: Image.Image,
    lines: list[str],
    place: tuple[int, float, float],
    price: list[tuple[str, float, float]],
    ink: Colour,
    rng: Rng,
) -> None:
    """Small lines over, under and before the price, and now and then bars."""
    width, top, high = place
    face, pen = some_face(rng), ImageDraw.Draw(sheet)
    rooms = [(0.0, top), (top + high * 1.05, HEIGHT - top - high * 1.05)]
    for line, (y, room) in zip(lines, sorted(rooms, key=lambda one: -one[1]), strict=False):
        # What could be taken for the price is smaller than it; names may be as large.
        most = 0.55 * high if "." in line else HEIGHT * 0.3
        size = int(min(room * 0.8, most * rng.uniform(0.5, 1.0)))
        if size >= 5:
            _set(sheet, face.of_size(size), (float(rng.uniform(0.03, 0.3)) * width, y), line, ink)
    begins = min((x for _, x, _ in price), default=0.0) - 0.5 * high
    if len(lines) > 2 and begins > 0.25 * width:
        size = int(high * rng.uniform(0.2, 0.35))
        _set(sheet, face.of_size(max(size, 5)), (0.03 * width, top), lines[2][: int(begins / size)], ink)
    below, ends = HEIGHT - top - high, max((x for _, x, _ in price), default=width / 2) + 0.8 * high
    if rng.random() < 0.35 and below > 0.2 * HEIGHT:
        x = float(rng.uniform(0.03, 0.5)) * width
        _bars(pen, (x, HEIGHT - 0.7 * below, min(x + 0.4 * width, width), HEIGHT - 0.15 * below), upright=True, rng=rng)
    elif rng.random() < 0.5 and width - ends > 0.2 * width:
        tall = high * float(rng.uniform(0.7, 1.6))
        _bars(pen, (ends, top, width - 0.05 * (width - ends), min(top + tall, HEIGHT)), upright=True, rng=rng)


def _bars(pen: ImageDraw.ImageDraw, place: tuple[float, float, float, float], *, upright: bool, rng: Rng) -> None:
    """The bars of a code, from `place`'s left and top to its right and foot."""
    left, top, right, foot = place
    at, end = (left, right) if upright else (top, foot)
    while at < end:
        bar, apart = rng.uniform(0.6, 2, 2).tolist()
        to = min(at + bar, end)
        pen.rectangle((at, top, to, foot) if upright else (left, at, right, to), fill=(30, 30, 30))
        at += bar + apart + 0.6


def _set(sheet: Image.Image, letters: Letters, place: tuple[float, float], text: str, ink: Colour) -> None:
    """Set a text with the top of its ink at a place."""
    letters.write(sheet, (place[0], place[1] - letters.edges(text or "0")[1]), text, ink)


def _near(colour: Colour, rng: Rng) -> Colour:
    red, green, blue = (int(np.clip(channel + rng.normal(0, 8), 0, 255)) for channel in colour)
    return red, green, blue
