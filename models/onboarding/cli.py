"""`facings models onboard`: a new customer's labelled photos become a gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge.vision.chain import DETECTOR, EMBEDDER
from edge.vision.zoo import load_session, zoo_folder
from models.evaluation.truth import read_named
from models.onboarding.onboard import Onboarding, onboard


def onboard_customer(
    images: Annotated[Path, typer.Option(help="Folder of the photos; twenty are a good start.")],
    labels: Annotated[Path, typer.Option(help="COCO file of their boxes; its categories become the SKUs.")],
    out: Annotated[Path, typer.Option(help="New folder for gallery/ and onboarding.json.")],
    per_sku: Annotated[int, typer.Option(min=1, help="Pictures of each SKU in the gallery, at most.")] = 12,
    set_aside: Annotated[float, typer.Option(min=0.05, max=0.5, help="Share of the photos that only judge.")] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="Which photos are set aside.")] = 0,
    model: Annotated[Path | None, typer.Option(help="Folder of the detector; the shipped one by default.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
) -> None:
    """Make a gallery from labelled photos, tuned to the products on them where that helps."""
    detector = load_session(model or zoo_folder() / DETECTOR, threads)
    embedder = load_session(zoo_folder() / EMBEDDER, threads)
    report = onboard(read_named(labels, images), detector, embedder, out, Onboarding(per_sku, set_aside, seed))
    aside = report["set_aside"]
    table = Table(title=f"On {len(aside['photos'])} photos set aside", title_justify="left")
    for column in ("figure", "plain gallery", "tuned"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, value in aside["plain"].items():
        table.add_row(name, f"{value:g}", f"{aside['tuned'][name]:g}")
    console = Console()
    console.print(table)
    made = "tuned" if report["tuned"] else "plain: tuning did not help"
    console.print(f"{len(report['skus'])} SKUs, {report['pictures']} pictures in {out}/gallery ({made})")
