"""`facings models ...`: train, evaluate and export the models of the zoo."""

from __future__ import annotations

import typer

from models.detector.cli import app as detector
from models.detector.cli import evaluate_detector
from models.embedder.cli import app as embedder

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and export the models of the zoo.")
app.add_typer(detector, name="detector")
app.add_typer(embedder, name="embedder")
app.command("eval")(evaluate_detector)
