"""`facings models eval --record`: figures of a model go into its manifest, with the command that measured them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.vision.manifest import MetricSpec, read_manifest
from models.turns import alone_in

RECORDED = ("ap50", "recall_max", "recall", "precision", "count_error", "count_bias")
"""What of the figures goes into a model's manifest."""


def own_command() -> str:
    """The command line of this process, to be run again."""
    return shlex.join(["facings", *sys.argv[1:]])


def record_figures(figures: Mapping[str, Any], photos: str, command: str, folder: Path) -> None:
    """Write figures to the manifest of the model in `folder`, in the place of earlier ones of the same `photos`.

    Evaluations that run at once take turns, so that each one's figures stay.

    Raises:
        UnavailableError: there is no model in `folder`.
        BadInputError: its manifest is not valid.
    """
    with alone_in(folder):
        manifest = read_manifest(folder)
        others = tuple(metric for metric in manifest.metrics if metric.photos != photos)
        own = tuple(MetricSpec(name=n, value=figures[n], photos=photos, command=command) for n in RECORDED)
        manifest.model_copy(update={"metrics": others + own}).save(folder)
