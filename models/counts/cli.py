"""`facings models counts`: learn how wrong counts may be, and judge what is stated."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from edge.vision.chain import DETECTOR, EMBEDDER
from edge.vision.counts import FILE, FOLDER, read_count_errors
from edge.vision.zoo import load_session, zoo_folder
from facings.files import write_atomic
from models.counts.config import PhotoSet, read_config
from models.counts.samples import CountedPhoto, CountingEyes, see_set
from models.evaluation.truth import NamedPhoto

CONFIG = Path("models/configs/count-errors.toml")

app = typer.Typer(no_args_is_help=True, help="Learn how wrong counts may be.")
console = Console(stderr=True)


@app.command("fit")
def fit_counts(
    config: Annotated[Path, typer.Option(help="The sets of labelled photos.")] = CONFIG,
    out: Annotated[Path | None, typer.Option(help="File to write; the zoo's by default.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
) -> None:
    """Learn the errors of the shipped models' counts, and judge them on photos never learned from."""
    from models.counts.fit import fit, judged  # noqa: PLC0415 - scipy, which the training environment does without

    sets = read_config(config)
    eyes = _eyes(threads)
    seen = [_look(photos, eyes) for photos in sets.fit]
    errors = fit(seen, eyes.detector.original, eyes.embedder.original)
    target = out or zoo_folder() / FOLDER / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, (errors.model_dump_json(indent=2) + "\n").encode())
    figures = {photos.name: judged(of, errors) for photos, of in zip(sets.fit, seen, strict=True)}
    _show(figures, "learned from")
    held = {photos.name: judged(_look(photos, eyes), errors) for photos in sets.judge}
    _report(held, json_out)


@app.command("judge")
def judge_counts(
    config: Annotated[Path, typer.Option(help="The sets of labelled photos; those to `judge` are looked at.")] = CONFIG,
    json_out: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
) -> None:
    """Judge the shipped errors of counts."""
    from models.counts.fit import judged  # noqa: PLC0415 - scipy, which the training environment does without

    eyes, errors = _eyes(threads), read_count_errors(zoo_folder())
    _report({photos.name: judged(_look(photos, eyes), errors) for photos in read_config(config).judge}, json_out)


def _eyes(threads: int) -> CountingEyes:
    return CountingEyes(load_session(zoo_folder() / DETECTOR, threads), load_session(zoo_folder() / EMBEDDER, threads))


def _look(photos: PhotoSet, eyes: CountingEyes) -> list[CountedPhoto]:
    def along(named: Iterable[NamedPhoto]) -> Iterable[NamedPhoto]:
        return track(named, photos.name, console=console)

    return see_set(photos, eyes, along)


def _report(figures: dict[str, Any], json_out: Path | None) -> None:
    _show(figures, "judged on")
    if json_out is not None:
        write_atomic(json_out, (json.dumps(figures, indent=2) + "\n").encode())


def _show(figures: dict[str, Any], title: str) -> None:
    table = Table(title=title, title_justify="left")
    columns = ("photos", "of", "counts", "exact", "rms error", "stated", "ratio", "within 90%", "plain ratio")
    for name in columns:
        table.add_column(name, justify="left" if name in {"photos", "of"} else "right")
    for name, said in figures.items():
        for of in ("line", "photo"):
            if of in said:
                own, plain = said[of], said["plain"]["rms_to_stated"] if of == "line" else ""
                cells = (own["rms_error"], own["stated"], own["rms_to_stated"], f"{own['within_90']:.0%}", plain)
                table.add_row(name, of, str(own["counts"]), f"{own['exact']:.0%}", *map(str, cells))
    Console(width=140).print(table)
