"""The columns between the fronts: nutrition table, ingredients, barcode, recycling marks."""

from __future__ import annotations

import cv2
import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork.lettering import Style, set_text
from datasets.products.artwork.paint import BLACK, WHITE, bgr, family_chance, lay, mixed, polygon
from datasets.products.packs import Colour, Look

_ROWS = ("Energy 能量", "Fat 脂肪", "Carbs 碳水", "Sugars 糖", "Protein 蛋白", "Salt 钠")
_LINES = (
    "Ingredients: water, sugar, carbon",
    "dioxide, acidity regulator, natural",
    "flavourings. Serve chilled. Keep",
    "配料：水、白砂糖、食品添加剂",
    "贮存条件：置于阴凉干燥处",
    "保质期：十二个月 生产日期见罐底",
    "cool and dry. Best before: see base.",
    "Shake gently. Once opened keep cold",
    "and drink within two days.",
)
_FINE = Style(weight=500)
_FINE_ZH = Style("uni", weight=500)


def table_column(look: Look, width: int, height: int) -> Pixels:
    """A column of a label: nutrition table above, barcode below."""
    column, ink = _ground(look, width, height)
    top, row = 0.1 * height, min(0.055 * height, 0.15 * width)
    set_text(column, "Nutrition / 营养成分 100 ml", (width / 2, top), 0.6 * row, 0.86 * width, ink, _FINE_ZH)
    rng = family_chance(look, "table")
    for number, name in enumerate(_ROWS):
        y = top + (number + 1) * row
        cv2.line(column, (int(0.06 * width), round(y - row / 2)), (int(0.94 * width), round(y - row / 2)), bgr(ink), 1)
        set_text(column, name, (0.32 * width, y), 0.55 * row, 0.5 * width, ink, _FINE_ZH)
        set_text(column, f"{rng.integers(0, 120) / 10} g", (0.78 * width, y), 0.55 * row, 0.3 * width, ink, _FINE)
    tall = min(0.3 * height, 0.62 * width)
    _barcode(column, look, (0.1 * width, 0.94 * height - tall, 0.8 * width, tall))
    return column


def text_column(look: Look, width: int, height: int) -> Pixels:
    """A column of a label: ingredients in both scripts, recycling marks and makers below."""
    column, ink = _ground(look, width, height)
    row = min(0.052 * height, 0.12 * width)
    set_text(column, look.word_zh or look.word, (width / 2, 0.08 * height), 1.2 * row, 0.8 * width, ink, _FINE_ZH)
    for number, line in enumerate(_LINES):
        y = 0.16 * height + number * row
        if y < 0.72 * height:
            set_text(column, line, (width / 2, y), 0.62 * row, 0.88 * width, ink, _FINE_ZH)
    for place in range(3):
        _recycling(column, ((0.22 + 0.28 * place) * width, 0.84 * height), min(0.1 * width, 0.08 * height), ink, place)
    return column


def _ground(look: Look, width: int, height: int) -> tuple[Pixels, Colour]:
    base = mixed(look.base, look.ink, 0.06)
    ink = look.ink if abs(sum(look.ink) - sum(look.base)) > 150 else (WHITE if sum(look.base) < 380 else BLACK)
    column: Pixels = np.full((height, width, 3), bgr(base), np.uint8)
    return column, mixed(base, ink, 0.85)


def _barcode(column: Pixels, look: Look, box: tuple[float, float, float, float]) -> None:
    left, top, width, height = box
    x0, y0, x1, y1 = round(left), round(top), round(left + width), round(top + height)
    if x1 - x0 < 8 or y1 - y0 < 6:
        return
    cv2.rectangle(column, (x0, y0), (x1, y1), (248, 248, 248), -1)
    rng = family_chance(look, "barcode")
    bars = np.repeat(rng.random(64) < 0.5, np.maximum(rng.integers(1, 3, 64), 1))[:95]
    strip = np.where(bars, 24, 248).astype(np.uint8)[None]
    inner = (max(round(0.9 * width), 1), max(round(0.72 * height), 1))
    code = cv2.resize(strip, inner, interpolation=cv2.INTER_AREA)
    at = (x0 + round(0.05 * width), y0 + round(0.06 * height))
    column[at[1] : at[1] + inner[1], at[0] : at[0] + inner[0]] = code[..., None]
    digits = "".join(str(digit) for digit in rng.integers(0, 10, 13))
    set_text(column, digits, (left + width / 2, top + 0.88 * height), 0.14 * height, 0.8 * width, (20, 20, 20), _FINE)


def _recycling(column: Pixels, centre: tuple[float, float], radius: float, ink: Colour, kind: int) -> None:
    """Three arrows around, a bin crossed out, a glass and fork: drawn as plain shapes."""
    middle = np.array(centre)
    if kind == 0:
        for turn in range(3):
            angle = 2 * np.pi * turn / 3 - np.pi / 2 + np.array([0.15, 1.5, 1.5, 0.15])
            far = radius * np.array([1.0, 1.0, 0.62, 0.62])
            lay(column, polygon(column, middle + np.stack([far * np.cos(angle), far * np.sin(angle)], 1)), ink)
    elif kind == 1:
        frame = np.array([(-0.7, -0.9), (0.7, -0.9), (0.5, 0.9), (-0.5, 0.9)])
        lay(column, polygon(column, middle + radius * frame), ink)
        lay(
            column, polygon(column, middle + 0.72 * radius * frame), mixed(ink, WHITE if sum(ink) < 380 else BLACK, 0.8)
        )
    else:
        lay(
            column, polygon(column, middle + radius * np.array([(-0.8, -1), (0.8, -1), (0.12, 0.2), (-0.12, 0.2)])), ink
        )
        lay(column, polygon(column, middle + radius * np.array([(-0.6, 0.8), (0.6, 0.8), (0.6, 1), (-0.6, 1)])), ink)
