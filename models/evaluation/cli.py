"""`facings models eval`: how good vision is on labelled photos."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from edge.vision.acceptance import FALSE_ACCEPT
from edge.vision.chain import DETECTOR, EMBEDDER
from edge.vision.gallery import read_gallery
from edge.vision.zoo import Precision, load_session, zoo_folder
from facings.errors import BadInputError
from facings.files import write_atomic
from models.coco import LEAST_VISIBLE
from models.detector.scenes import read_labelled
from models.evaluation.classes import other_classes
from models.evaluation.counting import counting
from models.evaluation.finding import finding, recall_by_size, recall_by_stress, recall_by_view
from models.evaluation.judged import Eyes, JudgedPhoto, judge
from models.evaluation.naming import naming
from models.evaluation.page import write_page
from models.evaluation.record import own_command, record_figures
from models.evaluation.truth import read_named

console = Console(stderr=True)


def evaluate(
    images: Annotated[Path, typer.Option(help="Folder of the photos.")],
    labels: Annotated[Path, typer.Option(help="COCO file, or folder of a YOLO set; its categories are the SKUs.")],
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of pictures per SKU, or what `models onboard` made: names are judged.")
    ] = None,
    class_agnostic: Annotated[bool, typer.Option("--class-agnostic", help="Take every category as product.")] = False,
    model: Annotated[
        Path | None, typer.Option(help="Folder of the detector; the gallery's, or the shipped one.")
    ] = None,
    int8: Annotated[bool, typer.Option("--int8", help="Judge the models' 8-bit copies, as coolers use them.")] = False,
    long_side: Annotated[int | None, typer.Option(help="Pixels of the photo's long side; the manifest's.")] = None,
    visible_from: Annotated[
        float, typer.Option(min=0, max=1, help="Products that show less, where labels tell, are left out.")
    ] = LEAST_VISIBLE,
    false_accept: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the products of no SKU in the gallery that may be named.")
    ] = FALSE_ACCEPT,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    json_out: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    page: Annotated[Path | None, typer.Option(help="Folder for a page of the worst photos.")] = None,
    record: Annotated[str | None, typer.Option(help="Write the figures to the manifest, under this name.")] = None,
) -> None:
    """Find, name and count the products of labelled photos, and say how right that was."""
    photos = read_named(labels, images, visible_from)
    precision: Precision = "int8" if int8 else "float32"
    eyes = open_eyes(model, gallery, threads, long_side, false_accept, precision, named=not class_agnostic)
    if eyes.gallery is None and not class_agnostic and len({sku for photo in photos for sku in photo.skus}) > 1:
        raise BadInputError(f"{labels} has boxes of several SKUs: add --gallery to judge names, or --class-agnostic.")
    judged = [judge(photo, eyes) for photo in track(photos, "Looking", console=console)]
    figures = figures_of(judged, eyes) | {"other_classes": other_classes(read_labelled(labels, images), eyes.detector)}
    show(figures, str(labels))
    if json_out is not None:
        write_atomic(json_out, (json.dumps(figures, indent=2) + "\n").encode())
    if page is not None:
        write_page(judged, eyes.threshold, page)
    if record is not None:
        assert eyes.detector.folder is not None
        record_figures(figures, record, own_command(), eyes.detector.folder)


def open_eyes(
    model: Path | None,
    gallery: Path | None,
    threads: int,
    long_side: int | None = None,
    false_accept: float = FALSE_ACCEPT,
    precision: Precision = "float32",
    named: bool = True,
) -> Eyes:
    """The models that look; what `models onboard` made brings its own detector, if it needed one.

    Without a gallery, or where nothing is to be `named`, it is a detector alone.

    Raises:
        BadInputError: no detector, or no usable gallery.
        UnavailableError: a model is missing.
    """
    onboarded = gallery is not None and (gallery / "gallery").is_dir()
    pictures = gallery / "gallery" if gallery and onboarded else gallery
    own = gallery / DETECTOR if gallery and onboarded and (gallery / DETECTOR).is_dir() else None
    detector = load_session(model or own or zoo_folder() / DETECTOR, threads, precision)
    if pictures is None or not named:
        return Eyes(detector, long_side=long_side)
    embedder = load_session(zoo_folder() / EMBEDDER, threads, precision)
    opened = read_gallery(pictures, embedder, false_accept)
    if not opened.skus:
        raise BadInputError(f"The gallery {pictures} holds no picture: give one with a folder per SKU.")
    return Eyes(detector, embedder, opened, long_side)


def figures_of(judged: Sequence[JudgedPhoto], eyes: Eyes) -> dict[str, Any]:
    """Every figure, as JSON.

    Raises:
        BadInputError: no category of the labels is a SKU of the gallery.
    """
    threshold = eyes.threshold
    labelled = {sku for photo in judged for sku in photo.truth_skus}
    found = finding(judged, threshold)
    figures: dict[str, Any] = {
        "photos": len(judged),
        "products": sum(len(photo.truth_skus) for photo in judged),
        "threshold": threshold,
        "map50": found["ap50"],
        "map50_95": found["ap50_95"],
        **found,
    }
    if eyes.gallery is not None:
        skus = frozenset(eyes.gallery.skus)
        if labelled and not labelled & skus:
            raise BadInputError(f"none of the labels' SKUs ({_some(labelled)}) is in the gallery ({_some(skus)}): "
                                "name the gallery's folders after the categories")  # fmt: skip
        figures |= naming(judged, threshold, skus) | counting(judged, threshold, skus)
        figures["skus_not_in_gallery"] = sorted(labelled - skus)
    figures = {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
    return figures | {
        "recall_by_size": recall_by_size(judged, threshold),
        "recall_by_stress": recall_by_stress(judged, threshold),
        "recall_by_view": recall_by_view(judged, threshold),
    }


def _some(skus: set[str] | frozenset[str]) -> str:
    first = sorted(skus)[:3]
    return ", ".join(first) + (", ..." if len(skus) > len(first) else "")


def show(figures: dict[str, Any], title: str) -> None:
    """The figures that are single numbers, as a table, those by view and class, and the pairs confused most."""
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        if isinstance(value, (int, float)):
            table.add_row(name, f"{value:g}")
    out = Console()
    out.print(table)
    for name, figure in (figures.get("recall_by_view", {}) | figures.get("other_classes", {})).items():
        out.print(f"  {name}: " + ", ".join(f"{key} {value:.4g}" for key, value in figure.items()), highlight=False)
    for pair in figures.get("confusion_pairs", [])[:8]:
        out.print(f"  {pair['sku']} named {pair['named']}: {pair['products']} of {pair['of']}", highlight=False)
