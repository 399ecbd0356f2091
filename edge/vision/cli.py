"""`facings audit`: read photos offline and say what stands on the shelf."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.console import Console
from rich.markup import escape

from edge.vision.annotate import annotate
from edge.vision.chain import VisionChain
from edge.vision.compare import Comparison, compare, read_labels
from edge.vision.decode import decode_photo
from edge.vision.gallery_folder import SUFFIXES
from edge.vision.photo import Photo
from edge.vision.reading import ShelfReading
from edge.vision.report import comparison_table, photo_report, together_report, totals_table
from facings.errors import BadInputError
from facings.files import write_atomic

app = typer.Typer(add_completion=False)
out = Console()
err = Console(stderr=True)


@app.command()
def audit(
    photos: Annotated[list[Path], typer.Argument(metavar="PHOTO...", help="JPEG or PNG files, or folders of them.")],
    gallery: Annotated[
        Path | None, typer.Option(help="Folder with a folder of pictures per SKU; without it all products are unknown.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array, an object per photo.")] = False,
    annotated: Annotated[
        Path | None, typer.Option("--annotate", help="Draw the result: a file for one photo, a folder for several.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="COCO labels to compare the products found with.")] = None,
    zoo: Annotated[Path | None, typer.Option(help="Folder of models; the shipped ones by default.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads per photo.")] = 1,
    merged: Annotated[
        bool, typer.Option("--merge", help="The photos show one cooler at one time: count each product once.")
    ] = False,
) -> None:
    """Find, name and count the products on photos, offline."""
    files = _files(photos)
    if merged and labels:
        raise BadInputError("--labels are of single photos: leave --merge out to compare with them.")
    truth = read_labels(labels) if labels else {}
    chain = VisionChain(gallery, zoo, threads, tells_looks=merged)
    chain.load()
    _warn(gallery, chain)
    if merged:
        _audit_together(files, chain, as_json, annotated)
        return
    readings: dict[Path, ShelfReading] = {}
    for file in files:
        try:
            photo = _decode(file)
            readings[file] = chain.read(photo)
            if annotated:
                _draw(photo, readings[file], _target(annotated, file, files))
        except BadInputError as error:
            err.print(f"[bold red]{escape(str(file))}[/]: {escape(str(error))}", highlight=False, soft_wrap=True)
            continue
        if not as_json:
            out.print(photo_report(file, readings[file]))
    compared = {f: compare(r, truth[f.name]) for f, r in readings.items() if f.name in truth}
    if as_json:
        typer.echo(json.dumps([_as_dict(f, r, compared.get(f)) for f, r in readings.items()], ensure_ascii=False))
    else:
        _summarise(readings, compared)
    if len(readings) < len(files):
        raise typer.Exit(1)


def _audit_together(files: list[Path], chain: VisionChain, as_json: bool, annotated: Path | None) -> None:
    """One reading of all photos; a file that cannot be read ends it, as the count would not be the cooler's."""
    photos = []
    for file in files:
        try:
            photos.append(_decode(file))
        except BadInputError as error:
            raise BadInputError(f"{file}: {error}") from error
    reading = chain.read_together(photos)
    if annotated:
        for view, (file, photo) in enumerate(zip(files, photos, strict=True)):
            _draw(photo, reading, _target(annotated, file, files), view)
    if as_json:
        typer.echo(json.dumps({"files": [str(file) for file in files], **asdict(reading)}, ensure_ascii=False))
    else:
        out.print(together_report(files, reading))


def _files(photos: list[Path]) -> list[Path]:
    files = []
    for path in photos:
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
            if not found:
                raise BadInputError(f"{path} holds no JPEG or PNG file.")
            files += found
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def _decode(file: Path) -> Photo:
    try:
        return decode_photo(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"The file cannot be read ({error.strerror}).") from error


def _target(annotated: Path, file: Path, files: list[Path]) -> Path:
    """Where the annotated photo goes; photos of one name in several folders are kept apart by a number."""
    if len(files) == 1:
        return annotated
    shared = sum(other.stem == file.stem for other in files) > 1
    return annotated / (f"{file.stem}-{files.index(file) + 1}.jpg" if shared else f"{file.stem}.jpg")


def _draw(photo: Photo, reading: ShelfReading, target: Path, view: int = 0) -> None:
    """Write the annotated photo, whole or not at all; the suffix of `target` says JPEG or PNG."""
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInputError(f"--annotate {target}: name a .jpg or .png file.")
    _, encoded = cv2.imencode(suffix, annotate(photo, reading, view))
    try:
        write_atomic(target, encoded.tobytes())
    except OSError as error:
        raise BadInputError(f"--annotate {target} cannot be written ({error.strerror}).") from error


def _warn(gallery: Path | None, chain: VisionChain) -> None:
    if gallery is None:
        err.print("[yellow]No gallery given: every product is unknown.[/] Name SKUs with --gallery DIR.")
    elif not chain.skus:
        err.print(f"[yellow]The gallery {escape(str(gallery))} holds no picture: every product is unknown.[/]")
    for problem in chain.gallery_problems:
        err.print(f"[yellow]gallery:[/] {escape(problem)}", highlight=False, soft_wrap=True)


def _summarise(readings: dict[Path, ShelfReading], compared: dict[Path, Comparison]) -> None:
    if len(readings) > 1:
        out.print(totals_table(list(readings.values())))
    if compared:
        out.print(comparison_table(compared))


def _as_dict(file: Path, reading: ShelfReading, comparison: Comparison | None) -> dict[str, object]:
    entry: dict[str, object] = {"file": str(file), **asdict(reading)}
    if comparison:
        entry["labels"] = {**asdict(comparison), "missed": comparison.missed, "extra": comparison.extra}
    return entry
