"""What the product has stored and told, asked of it over REST."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from firmware_sim.demo.api import Api
from firmware_sim.demo.compare import Episode

_PAGE = 500


def count_observations(api: Api, coolers: Iterable[str]) -> tuple[int, int]:
    """Photos stored, and how many of them are stored more than once."""
    times = Counter(
        (cooler, found["captured_at"])
        for cooler in coolers
        for found in api.list(f"/coolers/{cooler}/observations", next_as="to", limit=_PAGE)
    )
    return len(times), sum(count > 1 for count in times.values())


def told_episodes(api: Api) -> list[Episode]:
    """Every stock-out the product told of, open or over."""
    return [
        Episode(
            cooler=found["cooler"],
            sku=found["sku"],
            last_seen_at=_moment(found.get("last_seen_at")),
            first_missed_at=datetime.fromisoformat(found["first_missed_at"]),
            back_at=_moment(found.get("back_at")),
        )
        for found in api.list("/stockouts", limit=_PAGE)
    ]


def told_prices(api: Api, start: datetime, end: datetime) -> tuple[float, list[tuple[str, str]]]:
    """The share of own price tags that are right between two moments, and the coolers and SKUs with wrong ones."""
    period = {"from": start.isoformat(), "to": end.isoformat()}
    points = api.get("/kpis/price-compliance", by="all", **period)["points"]
    wrong = [(one["cooler"], one["sku"]) for one in api.get("/prices/wrong", days=400)]
    return (points[0]["value"]["value"] if points else 0.0), wrong


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
