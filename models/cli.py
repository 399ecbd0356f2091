"""`facings models ...`: train, evaluate and export the models of the zoo."""

from __future__ import annotations

import typer

from models.card import card
from models.classifier.cli import app as classifier
from models.commands import export, quantise, train
from models.counts.cli import app as counts
from models.detector.cli import app as detector
from models.embedder.cli import app as embedder
from models.evaluation.cli import evaluate
from models.golden import renew_golden
from models.onboarding.cli import onboard_customer
from models.price_reader.cli import app as price_reader

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and export the models of the zoo.")
app.add_typer(detector, name="detector")
app.add_typer(embedder, name="embedder")
app.add_typer(classifier, name="classifier")
app.add_typer(price_reader, name="price-reader")
app.add_typer(counts, name="counts")
app.command("train")(train)
app.command("export")(export)
app.command("quantise")(quantise)
app.command("eval")(evaluate)
app.command("onboard")(onboard_customer)
app.command("card")(card)
app.command("golden")(renew_golden)
