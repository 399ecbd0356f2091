"""What the product measured beside what the scenes really held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from facings.messages import CoolerKpi
from firmware_sim.demo.week import PhotoTruth, StockoutTruth, Week

PhotoKey = tuple[str, datetime]

RIGHT_WITHIN = 0.01
"""Of a price: a tag that says so much more or less is right, as the product has it."""


@dataclass(frozen=True)
class Measured:
    """A KPI over the whole week: measured and true, with what is known about the error photo by photo."""

    name: str
    unit: str
    measured: float
    true: float
    mean_absolute_error: float | None = None
    bias: float | None = None
    exact: float | None = None
    """Share of photos on which it was exactly right."""

    @property
    def error(self) -> float | None:
        """Relative error of the total; None where the truth is zero."""
        return (self.measured - self.true) / self.true if self.true else None


@dataclass(frozen=True)
class Episode:
    """A stock-out as the product tells it."""

    cooler: str
    sku: str
    last_seen_at: datetime | None
    first_missed_at: datetime
    back_at: datetime | None


@dataclass(frozen=True)
class StockoutScore:
    """Stock-outs found against those that at least one photo could show."""

    true: int
    found: int
    matched: int
    start_inside: int
    """Of the matched: how many truly began between the two photos that the product names."""

    @property
    def false(self) -> int:
        """Told, but not so."""
        return self.found - self.matched


@dataclass(frozen=True)
class PriceScore:
    """Products of coolers whose tags say a wrong price, as told, beside those that truly do."""

    true: int
    found: int
    matched: int

    @property
    def false(self) -> int:
        """Told, but right."""
        return self.found - self.matched


def compare_photos(week: Week, kpis: Mapping[PhotoKey, CoolerKpi]) -> list[Measured]:
    """The KPIs of every photo that reached the page, beside its truth."""
    pairs = [(kpis[key], week.photos[key], week.planned[key[0]]) for key in sorted(kpis.keys() & week.photos.keys())]
    if not pairs:
        return []

    def series(measured: Callable[..., float], true: Callable[..., float]) -> list[tuple[float, float]]:
        return [(measured(kpi), true(truth, planned)) for kpi, truth, planned in pairs]

    def own_share(truth: PhotoTruth, _planned: Any) -> float:
        return _share(truth.facings, week.own)

    def competitor_share(truth: PhotoTruth, planned: Any) -> float:
        return 1 - own_share(truth, planned) if any(truth.facings.values()) else 0.0

    return [
        _total("units", "units", series(lambda k: k.units.value, lambda t, _: sum(t.units.values()))),
        _total("facings", "facings", series(lambda k: k.facings, lambda t, _: sum(t.facings.values()))),
        _mean("share_own", series(lambda k: k.share.own.value, own_share)),
        _mean("share_competitor", series(lambda k: k.share.competitor.value, competitor_share)),
        _mean("occupancy", series(lambda k: k.occupancy.value if k.occupancy else 0.0, _occupancy)),
        _naming(pairs),
    ]


def compare_stockouts(week: Week, episodes: Iterable[Episode]) -> StockoutScore:
    """Each true stock-out is matched with at most one told of the same cooler and SKU that overlaps it."""
    told = sorted(episodes, key=lambda episode: episode.first_missed_at)
    visible = [stockout for stockout in week.stockouts if _was_photographed(week, stockout)]
    matched = inside = 0
    for stockout in visible:
        match = next((episode for episode in told if _overlap(episode, stockout)), None)
        if match is None:
            continue
        matched += 1
        told.remove(match)
        inside += _begins_inside(match, stockout)
    return StockoutScore(len(visible), matched + len(told), matched, inside)


def compare_prices(week: Week, compliance: float, wrong: Iterable[tuple[str, str]]) -> tuple[Measured, PriceScore]:
    """The share of own tags with the right price, and which of all are `wrong` (cooler and SKU), beside the truth."""
    tags: dict[tuple[str, str], float] = {}
    for (cooler, _), photo in week.photos.items():
        tags |= {(cooler, sku): price for sku, price in photo.prices.items()}
    truly = {key for key, price in tags.items() if abs(price / week.catalogue_prices[key[1]] - 1) > RIGHT_WITHIN}
    own = {key for key in tags if key[1] in week.own}
    told = set(wrong)
    true = 1 - len(own & truly) / len(own) if own else 0.0
    return Measured("price_compliance", "share", compliance, true), PriceScore(len(truly), len(told), len(told & truly))


def _share(facings: Mapping[str, int], group: frozenset[str]) -> float:
    total = sum(facings.values())
    return sum(count for sku, count in facings.items() if sku in group) / total if total else 0.0


def _occupancy(truth: PhotoTruth, planned: Mapping[str, int]) -> float:
    filled = sum(count for sku, count in truth.facings.items() if sku in planned)
    return filled / sum(planned.values())


def _total(name: str, unit: str, pairs: list[tuple[float, float]]) -> Measured:
    errors = [measured - true for measured, true in pairs]
    return Measured(
        name,
        unit,
        measured=sum(measured for measured, _ in pairs),
        true=sum(true for _, true in pairs),
        mean_absolute_error=fmean(map(abs, errors)),
        bias=fmean(errors),
        exact=sum(abs(error) < 0.5 for error in errors) / len(errors),
    )


def _mean(name: str, pairs: list[tuple[float, float]]) -> Measured:
    errors = [measured - true for measured, true in pairs]
    return Measured(
        name,
        "share",
        measured=fmean(measured for measured, _ in pairs),
        true=fmean(true for _, true in pairs),
        mean_absolute_error=fmean(map(abs, errors)),
        bias=fmean(errors),
    )


def _naming(pairs: Sequence[tuple[CoolerKpi, PhotoTruth, Mapping[str, int]]]) -> Measured:
    """Of the units that are there and were seen, the share that was given the right SKU; at best 1."""
    right = possible = 0.0
    for kpi, truth, _ in pairs:
        told = {line.sku: line.units.value for line in kpi.lines if line.sku}
        right += sum(min(units, truth.units.get(sku, 0)) for sku, units in told.items())
        possible += min(kpi.units.value, sum(truth.units.values()))
    return Measured("sku_naming", "share", measured=right / possible if possible else 0.0, true=1.0)


def _was_photographed(week: Week, stockout: StockoutTruth) -> bool:
    return any(
        stockout.start <= entry.at and (stockout.end is None or entry.at < stockout.end)
        for entry in week.manifests[stockout.cooler].entries
    )


def _overlap(episode: Episode, stockout: StockoutTruth) -> bool:
    same = (episode.cooler, episode.sku) == (stockout.cooler, stockout.sku)
    ended_before = episode.back_at is not None and episode.back_at <= stockout.start
    begun_after = stockout.end is not None and episode.first_missed_at >= stockout.end
    return same and not ended_before and not begun_after


def _begins_inside(episode: Episode, stockout: StockoutTruth) -> bool:
    after = episode.last_seen_at is None or episode.last_seen_at <= stockout.start
    return after and stockout.start <= episode.first_missed_at
