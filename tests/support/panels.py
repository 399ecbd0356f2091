"""Panels with a known effect, and their files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cloud.analytics.promo.panel import Panel

COLUMNS = ("--unit", "shop", "--time", "week", "--outcome", "sold", "--treated", "promo")


def panel(outcome: Sequence[Sequence[float]], treated: Sequence[Sequence[int]]) -> Panel:
    """Units u0, u1, ... in periods 0, 1, ..."""
    values = np.array(outcome, dtype=float)
    units, periods = values.shape
    return Panel(
        tuple(f"u{unit}" for unit in range(units)),
        tuple(str(period) for period in range(periods)),
        values,
        np.array(treated, dtype=bool),
    )


def noisy_panel(
    seed: int, units: int = 30, periods: int = 20, starts: Sequence[int | None] = (12,) * 8, effect: float = 3.0
) -> Panel:
    """Unit levels, common shocks and noise; unit i is treated from `starts[i]` on, the others never.

    The effect of a unit treated at `start` is `effect` plus a tenth of it for each later period of the start than the
    first one, so that two-way fixed effects are biased.
    """
    rng = np.random.default_rng(seed)
    outcome = rng.normal(20, 3, units)[:, None] + rng.normal(0, 1, periods) + rng.normal(0, 1, (units, periods))
    treated = np.zeros((units, periods), dtype=bool)
    for unit, start in enumerate(starts):
        if start is not None:
            treated[unit, start:] = True
    return panel(outcome + effect * treated, treated)


def write_csv(file: Path, made: Panel, delimiter: str = ",", extra: bool = False) -> Path:
    """In long form, a missing outcome as an empty cell."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, delimiter=delimiter)
        writer.writerow(["shop", "week", "sold", "promo", *(["note"] if extra else [])])
        for unit, name in enumerate(made.units):
            for period, time in enumerate(made.times):
                value = made.outcome[unit, period]
                cells = [name, time, "" if np.isnan(value) else repr(float(value)), int(made.treated[unit, period])]
                writer.writerow([*cells, *(["x, y"] if extra else [])])
    return file
