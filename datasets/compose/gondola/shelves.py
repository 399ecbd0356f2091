"""Paints the shelves of a gondola and notes where each pack stands."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from datasets.compose.gondola.goods import Good
from datasets.products.arrays import FloatArray, Pixels


@dataclass(frozen=True)
class Standing:
    """A pack on the canvas.

    Attributes:
        good: what it is.
        row, column, level: shelf row from the top, place from the left, place in its stack.
        front: nothing stands before it.
        corners: (4, 2), from top left clockwise, pixels of the canvas.
    """

    good: str
    row: int
    column: int
    level: int
    front: bool
    corners: FloatArray


@dataclass
class Gondola:
    """A canvas (H, W, 3) BGR, what stands on it, and (H, W) the number of the pack each pixel shows, 0 for none."""

    canvas: Pixels
    standing: list[Standing] = field(default_factory=list)
    shown: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def __post_init__(self) -> None:
        if not self.shown.size:
            self.shown = np.zeros(self.canvas.shape[:2], np.float32)


def paint_gondola(rng: np.random.Generator, goods: tuple[Good, ...], width: int, height: int) -> Gondola:
    """A gondola of four to nine shelves, from above its top to below its foot."""
    canvas = _room(rng, width, height)
    gondola = Gondola(canvas)
    top, foot = int(height * rng.uniform(-0.06, 0.18)), int(height * rng.uniform(0.84, 1.06))
    rows = int(rng.integers(4, 10))
    heights = rng.uniform(0.7, 1.3, rows)
    edges = top + np.concatenate([[0], np.cumsum(heights / heights.sum())]) * (foot - top)
    back = rng.uniform(18, 190) * np.array([1, 1, 1]) + rng.normal(0, 8, 3)
    board = max(int(height * rng.uniform(0.012, 0.03)), 6)
    for row in range(rows):
        low, high = int(edges[row]), int(edges[row + 1])
        _paint_back(gondola.canvas, low, high, back)
        _fill_row(rng, gondola, goods, row, low + board, high - board)
        _paint_board(rng, gondola, high - board, high)
        if rng.random() < 0.12:
            _paint_wire(rng, gondola, high - board - int((high - low) * 0.35), high - board)
    return gondola


def _room(rng: np.random.Generator, width: int, height: int) -> Pixels:
    tone = np.linspace(rng.uniform(90, 245), rng.uniform(40, 200), height, dtype=np.float32)[:, None, None]
    room = np.clip(tone + rng.normal(0, 6, (1, 1, 3)), 0, 255) * np.ones((1, width, 1), np.float32)
    image: Pixels = np.ascontiguousarray(room.astype(np.uint8))
    for _ in range(int(rng.integers(0, 5))):
        start = (int(rng.uniform(0, width)), 0)
        end = (int(rng.uniform(0, width)), int(height * rng.uniform(0.05, 0.2)))
        cv2.line(image, start, end, (250, 250, 245), int(rng.integers(4, 22)), cv2.LINE_AA)
    return image


def _paint_back(canvas: Pixels, low: int, high: int, back: FloatArray) -> None:
    """The shelf's back: darkest under the shelf above."""
    low, high = max(low, 0), min(high, canvas.shape[0])
    if high > low:
        share = np.linspace(0.35, 0.95, high - low, dtype=np.float32)[:, None, None]
        canvas[low:high] = np.clip(back * share, 0, 255).astype(np.uint8)


def _fill_row(rng: np.random.Generator, gondola: Gondola, goods: tuple[Good, ...], row: int, low: int, floor: int
              ) -> None:  # fmt: skip
    clear, width = floor - low, gondola.canvas.shape[1]
    if clear < 24:
        return
    wanted = rng.uniform(0.3, 0.95)
    x, column = float(rng.uniform(-0.1, 0.02) * width), 0
    while x < width:
        good = goods[int(rng.integers(len(goods)))]
        levels = int(rng.integers(1, max(int(1 / wanted * rng.uniform(0.9, 2.2)), 1) + 1)) if good.stacked else 1
        levels = max(levels, 2) if good.stacked and rng.random() < 0.5 else levels
        tall = min(clear * min(wanted * rng.uniform(0.85, 1.15), 0.97), clear * 0.97 / levels)
        if tall < 14 or tall * good.aspect < 12:
            wanted = rng.uniform(0.5, 0.95)
            x += 4
            continue
        facings = int(rng.integers(1, max(int(9 / levels), 2) + 1))
        x, column = _fill_group(rng, gondola, good, row, column, (x, floor), (tall, levels, facings))
        x += float(rng.choice([0.0, 1.0, 3.0, 0.15 * clear, 0.6 * clear], p=[0.35, 0.3, 0.2, 0.1, 0.05]))
        if rng.random() < 0.25:
            wanted = rng.uniform(0.25, 0.95)


def _fill_group(rng: np.random.Generator, gondola: Gondola, good: Good, row: int, column: int,
                foot: tuple[float, int], size: tuple[float, int, int]) -> tuple[float, int]:  # fmt: skip
    """Facings of one good side by side, in stacks; where the next may begin, and its column."""
    (x, floor), (tall, levels, facings) = foot, size
    wide, apart = tall * good.aspect, float(rng.uniform(0, 0.06) * tall)
    tone = float(rng.uniform(0.75, 1.1))
    rise = max((floor / gondola.canvas.shape[0] - 0.35) * 0.5, 0.0)
    for _ in range(facings):
        here = levels - int(rng.random() < 0.25) * int(rng.integers(0, levels))
        if here < levels or rng.random() < 0.2:
            behind = (x, floor - here * tall * 1.01)
            _behind(rng, gondola, Standing(good.name, row, column, here, False, _rising(rng, behind, wide, tall)), good)
        if rise and good.shape == "carton":
            _lid(gondola, good, (x, floor - here * tall * 1.01), (wide, tall * rise), tone)
        for level in range(here):
            left = x + float(rng.normal(0, 0.012 * wide))
            corners = _corners(rng, left, floor - level * tall * 1.01, wide, tall)
            gondola.standing.append(Standing(good.name, row, column, level, True, corners))
            _paste(gondola, good, corners, tone * float(rng.uniform(0.93, 1.04)), len(gondola.standing))
        x, column = x + wide + apart, column + 1
    return x, column


def _corners(rng: np.random.Generator, x: float, foot: float, wide: float, tall: float) -> FloatArray:
    lean = float(rng.normal(0, 0.008) if rng.random() < 0.9 else rng.normal(0, 0.06)) * tall
    flat = [(x + lean, foot - tall), (x + wide + lean, foot - tall), (x + wide, foot), (x, foot)]
    return np.array(flat, np.float32) + rng.normal(0, 0.006 * tall, (4, 2)).astype(np.float32)


def _rising(rng: np.random.Generator, foot: tuple[float, float], wide: float, tall: float) -> FloatArray:
    """Corners of a pack further back, of which less than half rises above what stands before it."""
    (x, y), inset, rise = foot, 0.06 * wide, float(rng.uniform(0.12, 0.45)) * tall
    low = y - rise + tall * 0.95
    flat = [(x + inset, y - rise), (x + wide - inset, y - rise), (x + wide - inset, low), (x + inset, low)]
    return np.array(flat, np.float32)


def _behind(rng: np.random.Generator, gondola: Gondola, pack: Standing, good: Good) -> None:
    gondola.standing.append(pack)
    _paste(gondola, good, pack.corners, float(rng.uniform(0.25, 0.55)), len(gondola.standing))


def _lid(gondola: Gondola, good: Good, foot: tuple[float, float], size: tuple[float, float], tone: float) -> None:
    (x, y), (wide, deep) = foot, size
    inset = 0.3 * deep
    corners = np.array([(x + inset, y - deep), (x + wide - inset, y - deep), (x + wide, y), (x, y)])
    colour = tuple(float(min(part * tone * 1.1, 255)) for part in good.lid)
    cv2.fillConvexPoly(gondola.canvas, np.round(corners).astype(np.int32), colour, cv2.LINE_AA)
    cv2.fillConvexPoly(gondola.shown, np.round(corners).astype(np.int32), 0.0)


def _paste(gondola: Gondola, good: Good, corners: FloatArray, tone: float, number: int) -> None:
    height, width = good.front.shape[:2]
    low = np.floor(corners.min(0)).astype(int).clip(0)
    high = (np.ceil(corners.max(0)).astype(int) + 1).clip(0, gondola.canvas.shape[1::-1])
    if (high - low < 2).any():
        return
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    warp = cv2.getPerspectiveTransform(flat, (corners - low).astype(np.float32))
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    shrunk = max(height / max(size[1], 1), 1.0)
    front = cv2.GaussianBlur(good.front, (0, 0), 0.4 * shrunk) if shrunk > 1.6 else good.front
    face = cv2.warpPerspective(front, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpPerspective(good.cover, warp, size, flags=cv2.INTER_LINEAR)
    there = gondola.canvas[low[1] : high[1], low[0] : high[0]]
    edge = 0.72 + 0.28 * cv2.blur(share, (3, 3))  # the dark seam between packs
    there[:] = np.clip(there * (1 - share[..., None]) + face * (share * edge * tone)[..., None], 0, 255)
    shown = gondola.shown[low[1] : high[1], low[0] : high[0]]
    shown[share >= 0.5] = number


def _paint_board(rng: np.random.Generator, gondola: Gondola, low: int, high: int) -> None:
    canvas = gondola.canvas
    height, width = canvas.shape[:2]
    if high <= 0 or low >= height:
        return
    tone = rng.uniform(60, 235)
    cv2.rectangle(canvas, (0, low), (width, high), (tone, tone, tone), -1)
    gondola.shown[max(low, 0) : high] = 0
    x = float(rng.uniform(0, 60))
    tall = (high - low) * rng.uniform(0.7, 1.7)
    ground = [(240, 240, 240), (70, 220, 245), (220, 150, 60), (60, 60, 220)][int(rng.integers(4))]
    while x < width and rng.random() < 0.97:
        wide = tall * rng.uniform(1.1, 2.2)
        corner = (int(x), int(low + 2)), (int(x + wide), int(low + 2 + tall))
        cv2.rectangle(canvas, *corner, ground, -1)
        cv2.putText(canvas, f"{rng.uniform(0.5, 20):.2f}", (int(x + 2), int(low + tall * 0.8)),
                    cv2.FONT_HERSHEY_SIMPLEX, float(tall / 40), (20, 20, 20), 1, cv2.LINE_AA)  # fmt: skip
        _nobody(gondola.shown, corner)
        x += wide + float(rng.exponential(80))


def _nobody(shown: FloatArray, corner: tuple[tuple[int, int], tuple[int, int]]) -> None:
    cv2.rectangle(shown, *corner, 0.0, -1)


def _paint_wire(rng: np.random.Generator, gondola: Gondola, low: int, high: int) -> None:
    """A wire fence at the shelf's edge: it hides little, so what it crosses still shows."""
    width = gondola.canvas.shape[1]
    tone = float(rng.uniform(120, 240))
    for y in np.linspace(low, high, int(rng.integers(2, 5))):
        cv2.line(gondola.canvas, (0, int(y)), (width, int(y)), (tone, tone, tone), int(rng.integers(1, 4)), cv2.LINE_AA)
    for x in np.arange(0, width, float(rng.uniform(20, 70))):
        cv2.line(gondola.canvas, (int(x), low), (int(x), high), (tone, tone, tone), 1, cv2.LINE_AA)
