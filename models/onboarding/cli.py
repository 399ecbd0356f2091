"""`facings models onboard`: a new customer's labelled photos become a gallery, and a detector where that helps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from edge.vision.chain import DETECTOR, EMBEDDER
from edge.vision.zoo import load_session, zoo_folder
from models.evaluation.truth import listed_skus, read_named
from models.onboarding.adapt import Training, can_train
from models.onboarding.onboard import Onboarding, onboard


def onboard_customer(
    images: Annotated[Path, typer.Option(help="Folder of the photos; twenty are a good start.")],
    labels: Annotated[Path, typer.Option(help="COCO file, or folder of a YOLO set; its categories become the SKUs.")],
    out: Annotated[Path, typer.Option(help="New folder for gallery/, onboarding.json, maybe product-detector/.")],
    per_sku: Annotated[int, typer.Option(min=1, help="Pictures of each SKU in the gallery, at most.")] = 12,
    set_aside: Annotated[float, typer.Option(min=0.05, max=0.5, help="Share of the photos that only judge.")] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="Which photos are set aside.")] = 0,
    detector_steps: Annotated[
        int, typer.Option(min=0, help="Steps of 8 views to train the detector on them, twice; 0: leave it as it is.")
    ] = 200,
    model: Annotated[Path | None, typer.Option(help="Folder of the detector; the shipped one by default.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
) -> None:
    """Make a gallery from labelled photos, tuned to the products on them, and train the detector, where that helps.

    The detector is trained only where torch is installed (`make setup-train`).
    """
    detector = load_session(model or zoo_folder() / DETECTOR, threads)
    embedder = load_session(zoo_folder() / EMBEDDER, threads)
    console = Console()
    training = Training(detector_steps, threads) if detector_steps and can_train() else None
    if detector_steps and training is None:
        console.print("The detector stays as it is: torch, which training needs, is not installed (make setup-train).")
    how = Onboarding(per_sku, set_aside, seed, training)
    report = onboard(read_named(labels, images), detector, embedder, out, how)
    _show(report, out, console)
    unseen = listed_skus(labels, images) - set(report["skus"])
    if unseen:
        console.print(f"No box, so not in the gallery: {', '.join(sorted(unseen))}", highlight=False, soft_wrap=True)


def _show(report: dict[str, Any], out: Path, console: Console) -> None:
    aside = report["set_aside"]
    title = f"On {len(aside['photos'])} photos set aside"
    if "own_detector" in report:
        console.print(_compared(title, aside["shipped_detector"], aside["trained_detector"], ("shipped", "trained")))
    console.print(_compared(title, aside["plain"], aside["tuned"], ("plain gallery", "tuned")))
    made = "tuned" if report["tuned"] else "plain: tuning did not help"
    console.print(f"{len(report['skus'])} SKUs, {report['pictures']} pictures in {out}/gallery ({made})")
    for line in _of_detector(report, out):
        console.print(line, highlight=False, soft_wrap=True)


def _of_detector(report: dict[str, Any], out: Path) -> Iterator[str]:
    """What became of the trained detector, and why; nothing if none was trained."""
    if "own_detector" not in report:
        return
    kept, reason = report["detector_trained"], report["own_detector"]["reason"]
    yield f"The trained detector is {f'in {out}/{DETECTOR}' if kept else 'not kept'}: {reason}"
    copy = report["eight_bit"]
    if copy:
        whole, small = copy["files"]["float32"], copy["files"]["int8"]
        yield f"Its 8-bit copy is {'beside it' if copy['kept'] else 'not kept'}: {copy['reason']}"
        for name, unit in (("ap50", ""), ("count_error", ""), ("milliseconds", " ms"), ("megabytes", " MB")):
            yield f"  {name} {whole[name]:g}{unit} in float32, {small[name]:g}{unit} in 8 bits"


def _compared(title: str, first: dict[str, float], second: dict[str, float], names: tuple[str, str]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("figure", *names):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, value in first.items():
        table.add_row(name, f"{value:g}", f"{second[name]:g}")
    return table
