"""The curves of a training run as a picture, from its log."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from facings.files import whole_path

CURVES_NAME = "curves.png"
_POINTS = 60


def draw_curves(log: Path, picture: Path) -> None:
    """Draw every figure of `log` (JSON lines with `step`) over the steps, each in a panel, as means of many steps."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - only the training environment has it
    from matplotlib.figure import Figure  # noqa: PLC0415

    figures = read_log(log)
    drawing = Figure(figsize=(4.5 * len(figures), 3.2), layout="constrained")
    for panel, (name, rows) in zip(drawing.subplots(1, len(figures), squeeze=False)[0], figures.items(), strict=True):
        steps, values = averaged(np.array(rows))
        panel.plot([step for step, _ in rows], [value for _, value in rows], color="0.8", linewidth=0.6)
        panel.plot(steps, values, color="tab:blue")
        panel.set_title(name)
        panel.set_xlabel("step")
        panel.set_ylim(bottom=0, top=1.2 * float(np.percentile([value for _, value in rows], 99)))
    with whole_path(picture) as part:
        FigureCanvasAgg(drawing).print_png(str(part))


def read_log(log: Path) -> dict[str, list[tuple[int, float]]]:
    """(step, value) pairs of each figure; of a step that was taken again after a stop, the later value."""
    figures: dict[str, dict[int, float]] = defaultdict(dict)
    for line in log.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for name, value in row.items():
            if name != "step":
                figures[name][row["step"]] = value
    return {name: sorted(values.items()) for name, values in figures.items()}


def averaged(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> tuple[list[float], list[float]]:
    """Means of steps and values of (N, 2) `rows` over at most 60 stretches of equal length."""
    parts = np.array_split(rows, min(_POINTS, len(rows)))
    return [float(part[:, 0].mean()) for part in parts], [float(part[:, 1].mean()) for part in parts]
