"""The photos that vision did worst on, drawn with what was missed, invented and misnamed, on one page."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from datasets.files import jpeg
from edge.vision.annotate import FONT, Colour, Pixels
from edge.vision.detections import FloatArray
from facings.files import write_atomic
from models.detector.photoset import read_pixels
from models.evaluation.finding import hits_of
from models.evaluation.judged import JudgedPhoto

PHOTOS = 24
_SHOWN_SIDE = 1400
_RIGHT: Colour = (90, 170, 60)
_MISSED: Colour = (40, 40, 230)
_INVENTED: Colour = (220, 60, 200)
_MISNAMED: Colour = (0, 150, 255)

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Worst photos</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:1500px;color:#1d2430;background:#f6f7f9}}
figure{{margin:0 0 2.5rem;background:#fff;padding:1rem;border-radius:10px}}img{{max-width:100%}}
figcaption{{font-weight:600}}b{{padding:0 .5em;border-radius:4px;color:#fff}}</style>
<h1>Worst photos</h1><p>Of {total}, the {shown} with the most mistakes.
<b style="background:#3caa5a">right</b> <b style="background:#e62828">missed</b>
<b style="background:#c83cdc">found where no label is</b> <b style="background:#ff9600">wrong name</b></p>
{figures}</html>
"""


def mistakes(photo: JudgedPhoto, threshold: float) -> int:
    """Products missed, found where no label is, and misnamed."""
    sure = photo.scores >= threshold
    missed = int((~hits_of(photo, threshold)).sum())
    return missed + int((photo.of[sure] < 0).sum()) + sum(_misnamed(photo, n) for n in np.flatnonzero(sure).tolist())


def write_page(photos: Sequence[JudgedPhoto], threshold: float, out: Path) -> None:
    """Writes index.html and its pictures under `out`."""
    worst = sorted(photos, key=lambda photo: -mistakes(photo, threshold))[:PHOTOS]
    figures = []
    for number, photo in enumerate(worst, start=1):
        name = f"{number:02d}.jpg"
        write_atomic(out / name, jpeg(draw(photo, threshold), 85))
        caption = f"{photo.path.name}: {mistakes(photo, threshold)} mistakes in {len(photo.truth_skus)} products"
        figures.append(f'<figure><figcaption>{html.escape(caption)}</figcaption><img src="{name}" alt=""></figure>')
    page = _PAGE.format(total=len(photos), shown=len(worst), figures="\n".join(figures))
    write_atomic(out / "index.html", page.encode())


def draw(photo: JudgedPhoto, threshold: float) -> Pixels:
    """The photo with its mistakes; the names of misnamed products stand beside them."""
    pixels = read_pixels(photo.path)
    scale = _SHOWN_SIDE / max(pixels.shape[:2])
    canvas = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8).copy()
    for box, hit in zip(photo.truth_boxes, hits_of(photo, threshold), strict=True):
        if not hit:
            _box(canvas, box * scale, _MISSED, 3)
    for number in np.flatnonzero(photo.scores >= threshold).tolist():
        box = photo.boxes[number] * scale
        if photo.of[number] < 0:
            _box(canvas, box, _INVENTED, 2)
        elif _misnamed(photo, number):
            _box(canvas, box, _MISNAMED, 2)
            _write(canvas, box, photo.nearest[number] or "")
        else:
            _box(canvas, box, _RIGHT, 1)
    return canvas


def _misnamed(photo: JudgedPhoto, number: int) -> bool:
    named = photo.nearest[number] if photo.accepted[number] else None
    return named is not None and photo.of[number] >= 0 and named != photo.truth_skus[photo.of[number]]


def _box(canvas: Pixels, box: FloatArray, colour: Colour, thick: int) -> None:
    x1, y1, x2, y2 = box.round().astype(int).tolist()
    cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, thick, cv2.LINE_AA)


def _write(canvas: Pixels, box: FloatArray, text: str) -> None:
    corner = (int(box[0]) + 2, int(box[1]) + 14)
    cv2.putText(canvas, text, corner, FONT, 0.4, (255, 255, 255), 3, cv2.LINE_AA)
    cv2.putText(canvas, text, corner, FONT, 0.4, _MISNAMED, 1, cv2.LINE_AA)
