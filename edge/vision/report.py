"""Readings as tables for the terminal."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edge.vision.compare import Comparison
from edge.vision.reading import ReadingLine, ShelfReading

UNKNOWN = "unknown"
_VERDICT_STYLE = {"good": "green", "poor": "yellow", "unusable": "bold red"}


def photo_report(file: Path, reading: ShelfReading) -> RenderableType:
    """One photo: a headline on photo and quality, and a line per SKU."""
    quality = reading.quality
    headline = Text.assemble(
        (str(file), "bold"),
        f"  {reading.width} x {reading.height}  ",
        (quality.verdict, _VERDICT_STYLE[quality.verdict]),
        f"  brightness {quality.brightness:.2f}, contrast {quality.contrast:.2f}, sharpness {quality.sharpness:.0f}",
        no_wrap=True,
        overflow="ignore",
    )
    reasons = [Text(f"  {reason}", style=_VERDICT_STYLE[quality.verdict]) for reason in quality.reasons]
    if quality.verdict == "unusable":
        return Group(headline, *reasons, "  No reading is made of this photo.", "")
    place = f"{len(reading.products)} products in {reading.rows} rows, {_sights(reading)}"
    sure = f"confidence {reading.confidence:.0%}"
    return Group(headline, *reasons, f"  {place}, {sure}", _lines_table(reading.lines), "")


def together_report(files: list[Path], reading: ShelfReading) -> RenderableType:
    """Several photos of one cooler: what each shows, and the lines of all, in which each product counts once."""
    shown = Table(box=None, padding=(0, 2), show_edge=False)
    for name in ("photo", "size", "verdict", "products taken from it", "overlaps another"):
        shown.add_column(name, justify="right" if name == "products taken from it" else "left")
    for number, (file, view) in enumerate(zip(files, reading.views, strict=False)):
        taken = sum(product.view == number for product in reading.products)
        verdict = Text(view.quality.verdict, style=_VERDICT_STYLE[view.quality.verdict])
        linked = Text("yes") if view.linked else Text("no: all of it was added", style="yellow")
        shown.add_row(Text(file.name), f"{view.width} x {view.height}", verdict, str(taken), linked)
    reasons = [Text(f"  {reason}", style="yellow") for reason in reading.quality.reasons]
    total = f"{len(reading.products)} ± {reading.count_sd:.1f} products in {reading.rows} rows, {_sights(reading)}"
    headline = f"  {total}, confidence {reading.confidence:.0%}"
    return Group(shown, *reasons, headline, _lines_table(reading.lines), "")


def totals_table(readings: list[ShelfReading]) -> Table:
    """All photos together, a line per SKU; the errors of the counts add up as independent ones."""
    lines = defaultdict(list)
    for reading in readings:
        for line in reading.lines:
            lines[line.sku].append(line)
    usable = [reading for reading in readings if reading.quality.verdict != "unusable"]
    gaps = sum(len(reading.gaps) for reading in usable)
    table = Table(title=f"All photos: {len(usable)} read, {len(readings) - len(usable)} unusable, {gaps} gaps")
    for name in ("SKU", "units", "facings", "photos"):
        table.add_column(name, justify="left" if name == "SKU" else "right")
    for sku, of in sorted(lines.items(), key=lambda item: (item[0] is None, -sum(line.facings for line in item[1]))):
        sd = math.sqrt(sum(line.count_sd**2 for line in of))
        units, facings = sum(line.units for line in of), sum(line.facings for line in of)
        table.add_row(sku or UNKNOWN, f"{units} ± {sd:.1f}", str(facings), str(len(of)))
    return table


def comparison_table(compared: dict[Path, Comparison]) -> Table:
    """Products found against the labels, photo by photo."""
    table = Table(title="Products against the labels (matched at IoU 0.5)")
    for name in ("photo", "labelled", "found", "matched", "missed", "extra", "count error"):
        table.add_column(name, justify="left" if name == "photo" else "right")
    rows = [(file.name, comparison) for file, comparison in compared.items()]
    totals = [sum(getattr(c, name) for c in compared.values()) for name in ("labelled", "found", "matched")]
    for name, c in [*rows, ("all", Comparison(*totals))]:
        error = (c.found - c.labelled) / c.labelled if c.labelled else 0.0
        figures = (c.labelled, c.found, c.matched, c.missed, c.extra)
        table.add_row(Text(name), *map(str, figures), f"{error:+.1%}", end_section=name == rows[-1][0])
    return table


def _lines_table(lines: tuple[ReadingLine, ...]) -> Table:
    table = Table(box=None, padding=(0, 2), show_edge=False)
    for name in ("SKU", "units", "facings", "linear share", "confidence"):
        table.add_column(name, justify="left" if name == "SKU" else "right")
    for line in lines:
        table.add_row(
            Text(line.sku or UNKNOWN, style="" if line.sku else "dim"),
            f"{line.units} ± {line.count_sd:.1f}",
            str(line.facings),
            f"{line.linear_share:.1%}",
            f"{line.confidence:.0%}",
        )
    return table


def _gaps(reading: ShelfReading) -> str:
    if not reading.gaps:
        return "no gaps"
    by_row = ", ".join(f"row {row + 1}" for row in sorted({gap.row for gap in reading.gaps}))
    return f"{len(reading.gaps)} gap{'s' if len(reading.gaps) > 1 else ''} ({by_row})"


def _sights(reading: ShelfReading) -> str:
    return _gaps(reading) + _prices(reading)


def _prices(reading: ShelfReading) -> str:
    if not reading.price_tags:
        return ""
    tags, read = len(reading.price_tags), sum(tag.price is not None for tag in reading.price_tags)
    return f", {tags} price tag{'s' if tags > 1 else ''} ({read} read)"
