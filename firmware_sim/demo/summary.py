"""`demo-summary.json`: what the run came to, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facings.files import write_atomic
from firmware_sim.demo.compare import Measured, PriceScore, StockoutScore
from firmware_sim.demo.people import LoopCounts


@dataclass(frozen=True)
class Counts:
    """Photos on their way: `stored` are different ones, `duplicated` those stored more than once."""

    sent: int
    stored: int
    duplicated: int

    @property
    def lost(self) -> int:
        """Sent and not stored."""
        return self.sent - self.stored

    @property
    def complete(self) -> bool:
        """Whether each photo was stored once and only once."""
        return self.lost == 0 and self.duplicated == 0


def write_summary(
    file: Path,
    counts: Counts,
    delay_p95_s: float | None,
    measured: Sequence[Measured],
    stockouts: StockoutScore,
    prices: PriceScore | None,
    loop: LoopCounts,
    **more: float,
) -> None:
    """Write the summary, whole or not at all."""
    document = {
        "observations_sent": counts.sent,
        "stored": counts.stored,
        "lost": counts.lost,
        "duplicated": counts.duplicated,
        "photo_to_page_p95_s": None if delay_p95_s is None else round(delay_p95_s, 3),
        "kpis": {
            **{kpi.name: _kpi(kpi) for kpi in measured},
            "stock_outs": _stockouts(stockouts),
            **({"wrong_prices": _prices(prices)} if prices else {}),
        },
        "loop": asdict(loop),
        **{name: round(value, 1) for name, value in more.items()},
    }
    write_atomic(file, json.dumps(document, indent=1) + "\n")


def _kpi(kpi: Measured) -> dict[str, Any]:
    figures = {"measured": kpi.measured, "true": kpi.true, "mean_absolute_error": kpi.mean_absolute_error}
    figures |= {"bias": kpi.bias, "exact_photos": kpi.exact}
    return {"unit": kpi.unit, **{name: round(value, 4) for name, value in figures.items() if value is not None}}


def _stockouts(score: StockoutScore) -> dict[str, Any]:
    return {
        "unit": "episodes",
        "measured": score.found,
        "true": score.true,
        "matched": score.matched,
        "false": score.false,
        "start_inside_interval": score.start_inside,
    }


def _prices(score: PriceScore) -> dict[str, Any]:
    return {
        "unit": "products of coolers",
        "measured": score.found,
        "true": score.true,
        "matched": score.matched,
        "false": score.false,
    }
