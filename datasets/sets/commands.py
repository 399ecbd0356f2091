"""`facings datasets import`, `export`, `fetch`, `check`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from datasets.check import Report
    from datasets.sets.model import LabelledSet

console = Console(stderr=True)


class ReadFormat(StrEnum):
    """Formats that are read."""

    AUTO = "auto"
    COCO = "coco"
    YOLO = "yolo"
    VOC = "voc"
    FOLDER = "folder"
    SKU110K = "sku110k"


class WriteFormat(StrEnum):
    """Formats that are written."""

    COCO = "coco"
    YOLO = "yolo"


def import_set(
    source: Annotated[Path, typer.Argument(help="A folder of photos and labels, or a COCO file.")],
    out: Annotated[Path, typer.Option(help="New folder for images/, labels.coco.json and source.json.")],
    form: Annotated[ReadFormat, typer.Option("--format", help="How SOURCE is labelled.")] = ReadFormat.AUTO,
    names: Annotated[str, typer.Option(help="Names of YOLO's classes, by commas, where SOURCE has none.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence the photos are, as 'CC BY 4.0'.")] = "",
    licence_url: Annotated[str, typer.Option(help="Where that licence can be read.")] = "",
    attribution: Annotated[str, typer.Option(help="Whom to name.")] = "",
    url: Annotated[str, typer.Option(help="Where the photos are from.")] = "",
    leave_out_faults: Annotated[bool, typer.Option(help="Leave faulty photos and boxes out, not refuse the set.")] = (
        False
    ),
) -> None:
    """Take photos with labels of others over into our layout, checked photo by photo."""
    from datasets.sets.faults import sound, without_faults  # noqa: PLC0415 - numpy and OpenCV only when needed
    from datasets.sets.formats import Format, read_set  # noqa: PLC0415
    from datasets.sets.layout import write_set  # noqa: PLC0415
    from datasets.sets.model import Provenance  # noqa: PLC0415

    listed = [name.strip() for name in names.split(",") if name.strip()]
    read = read_set(source, Format(form.value), listed or None)
    read = read.with_source(Provenance("", licence, licence_url, attribution, url))
    labelled = without_faults(read) if leave_out_faults else sound(read)
    write_set(labelled, out)
    tell(labelled, out)


def export_set(
    folder: Annotated[Path, typer.Argument(help="A set in our layout (or in any format that import reads).")],
    out: Annotated[Path, typer.Option(help="New folder.")],
    form: Annotated[WriteFormat, typer.Option("--format", help="What to write.")],
) -> None:
    """Write a set as COCO or YOLO for other programs."""
    from datasets.sets.faults import sound  # noqa: PLC0415
    from datasets.sets.formats import read_set  # noqa: PLC0415
    from datasets.sets.layout import write_set, write_yolo  # noqa: PLC0415

    labelled = sound(read_set(folder))
    (write_set if form is WriteFormat.COCO else write_yolo)(labelled, out)
    tell(labelled, out)


def tell(labelled: LabelledSet, out: Path) -> None:
    """Say what was written, what was left out, and under which licence it is."""
    for note in labelled.notes:
        console.print("[yellow]note[/]", note, highlight=False, soft_wrap=True)
    boxes = sum(labelled.boxes_by_category().values())
    source = labelled.provenance
    console.print(f"{len(labelled.images)} photos, {boxes} boxes of {len(labelled.categories)} categories in {out}")
    if source.licence == "unknown":
        console.print("[yellow]note[/] the licence is unknown: say it with --licence before you train or share")
    else:
        console.print(f"licence: {source.licence}", highlight=False)


def check(
    path: Annotated[Path, typer.Argument(help="A replay.json or folder of some, or a set of labelled photos.")],
    form: Annotated[ReadFormat, typer.Option("--format", help="How the photos are labelled.")] = ReadFormat.AUTO,
    near: Annotated[int, typer.Option(min=0, max=256, help="Bits of 256 in which near-equal photos may differ.")] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="Write the reports as JSON.")] = False,
) -> None:
    """Check replay sets and sets of photos: files, boxes, duplicates, leaks between splits; exit 1 with findings."""
    from datasets.check import check_path  # noqa: PLC0415
    from datasets.sets.formats import Format  # noqa: PLC0415

    reports = check_path(path, Format(form.value), near)
    if as_json:
        typer.echo(json.dumps([report.to_json() for report in reports], ensure_ascii=False, indent=1))
    else:
        for report in reports:
            _show(report)
    if any(report.findings for report in reports):
        raise typer.Exit(1)


def _show(report: Report) -> None:
    for finding in report.findings:
        console.print(f"[red]{finding.kind}[/]", finding.text, highlight=False, soft_wrap=True)
    counts = report.statistics
    if report.kind == "replay" and counts:
        well = "all there and whole" if not report.findings else _count(report)
        console.print(f"{counts['cooler']}: {counts['photos']} photos, {well}", highlight=False, soft_wrap=True)
    elif counts:
        for key, value in counts.items():
            console.print(f"  {key.replace('_', ' ')}: {_brief(value)}", highlight=False, soft_wrap=True)
        console.print(f"{report.path}: {_count(report)}", highlight=False, soft_wrap=True)


def _count(report: Report) -> str:
    found = len(report.findings)
    return f"{found or 'no'} finding{'s' if found != 1 else ''}"


def _brief(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    shown = [f"{name} {count}" for name, count in list(value.items())[:12]]
    return ", ".join(shown) + (f" and {len(value) - 12} more" if len(value) > 12 else "")
