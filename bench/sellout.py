"""Is sell-out from photos without bias, and do its intervals hold the truth? Against the simulated world.

Run it with `python -m bench.sellout [outlets [days [case ...]]] [--seed WORLD]`; it prints JSON. Targets: bias within
2% where all stock is visible, within 5% where half is hidden and deliveries are known, of lost sales within 5% in both;
90% intervals hold the truth in 85% to 95%.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Annotated, Any

import numpy as np
import typer

from bench.parts.running import Count, run
from bench.parts.saying import say
from cloud.analytics.sellout.answer import FOLLOWING, ranged
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.records import FloatArray
from tests.support.sellout import SIGHTS, Known, View, Watched, watch, world_job

OUTLETS, DAYS, SEED = 500, 60, 11
TOGETHER = 20
"""Outlets estimated together."""
PROCESSES = 2


@dataclass(frozen=True)
class Case:
    """What the cameras see, what is known of refills, and how outlets are supplied."""

    view: View
    known: Known
    van: float


CASES = {
    "all visible, deliveries known": Case("all", "deliveries", 1.0),
    "half hidden, deliveries known": Case("half", "deliveries", 1.0),
    "front row only, deliveries known": Case("front", "deliveries", 1.0),
    "all visible, vans, nothing known": Case("all", "nothing", 1.0),
    "all visible, backrooms, doors known": Case("all", "doors", 0.0),
    "all visible, backrooms, nothing known": Case("all", "nothing", 0.0),
}


@dataclass(frozen=True)
class Found:
    """Of some coolers, (rows, days): truth and estimate; `drops` are the summed falls of the counts (rows,)."""

    outlet: list[str]
    sold: FloatArray
    mean: FloatArray
    variance: FloatArray
    shared: FloatArray
    following: FloatArray
    lost: FloatArray
    lost_mean: FloatArray
    lost_variance: FloatArray
    drops: FloatArray
    seconds: float


def study(case: Case, outlets: int, days: int, seed: int, first: int) -> Found:
    """Simulate some outlets and estimate them."""
    numbers = range(first, min(first + TOGETHER, outlets))
    watched = watch(world_job(outlets, days, seed, van=case.van), numbers, case.view, known=case.known)
    began = time.process_time()
    found = estimate([one.record for one in watched], Learning(sight=SIGHTS[case.view]))
    seconds = time.process_time() - began

    def put(name: str) -> FloatArray:
        return np.concatenate([getattr(one, name) for one in found])

    return Found(
        outlet=[one.record.outlet for one in watched for _ in one.record.skus],
        sold=np.concatenate([one.sold for one in watched]),
        mean=put("sold"),
        variance=put("sold_variance"),
        shared=put("sold_shared"),
        following=put("sold_following"),
        lost=np.concatenate([one.lost for one in watched]),
        lost_mean=put("lost"),
        lost_variance=put("lost_variance"),
        drops=np.concatenate([_drops(one) for one in watched]),
        seconds=seconds,
    )


def _drops(watched: Watched) -> FloatArray:
    falls: FloatArray = np.maximum(-np.diff(watched.record.counts, axis=0), 0).sum(axis=0).astype(float)
    return falls


def held(mean: FloatArray, variance: FloatArray, truth: FloatArray) -> float:
    """How often the interval holds the truth."""
    interval = ranged(mean, variance)
    return round(float(((interval.low <= truth) & (truth <= interval.high)).mean()), 3)


def score(parts: Sequence[Found]) -> dict[str, Any]:
    """All figures of a case."""

    def put(name: str) -> FloatArray:
        return np.concatenate([getattr(part, name) for part in parts])

    sold, mean, lost, lost_mean = (put(name) for name in ("sold", "mean", "lost", "lost_mean"))
    variance = put("variance") + put("shared") ** 2
    outlets = np.array([outlet for part in parts for outlet in part.outlet])
    day_mean, day_variance, day_shared, day_sold = (
        np.array(list(_by(outlets, each))) for each in (mean, put("variance"), put("shared"), sold)
    )
    return {
        "rows": len(sold),
        "units_sold": int(sold.sum()),
        "bias": round(float(mean.sum() / sold.sum() - 1), 4),
        "bias_of_summed_drops": round(float(put("drops").sum() / sold.sum() - 1), 4),
        "rmse_sku_day": round(float(np.sqrt(np.mean((mean - sold) ** 2))), 3),
        "held": {
            "outlet, SKU, day": held(mean, variance, sold),
            "outlet, day": held(day_mean, day_variance + day_shared**2, day_sold),
            **{f"outlet, SKU, {days} days": held(*_periods(put, days)) for days in (7, mean.shape[1])},
        },
        "lost": {
            "units": int(lost.sum()),
            "bias": round(float(lost_mean.sum() / max(lost.sum(), 1) - 1), 4),
            "held": held(lost_mean, put("lost_variance"), lost),
        },
        "cpu_seconds": round(sum(part.seconds for part in parts)),
    }


def _periods(put: Callable[[str], FloatArray], days: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, variance and truth of what was sold in each whole period of so many days, (rows, periods)."""
    mean, own, shared, following, sold = (put(name) for name in ("mean", "variance", "shared", "following", "sold"))
    starts = range(0, mean.shape[1] - days + 1, days)
    variance = [
        (own + shared**2)[:, at : at + days].sum(axis=1)
        + 2 * sum(following[:, at : at + days - lag, lag - 1].sum(axis=1) for lag in range(1, min(days, FOLLOWING + 1)))
        for at in starts
    ]
    sums = [np.array([each[:, at : at + days].sum(axis=1) for at in starts]) for each in (mean, sold)]
    return sums[0], np.maximum(variance, 0.0), sums[1]


def _by(outlets: np.ndarray[Any, Any], each: FloatArray) -> Iterator[FloatArray]:
    for outlet in np.unique(outlets):
        yield each[outlets == outlet].sum(axis=0)


def main(
    outlets: Count = OUTLETS,
    days: Count = DAYS,
    cases: Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(CASES)}; all without")] = None,
    seed: Annotated[int, typer.Option(help="of the world")] = SEED,
) -> None:
    """Measure and print."""
    if unknown := set(cases or ()) - set(CASES):
        raise typer.BadParameter(f"there is no case {', '.join(sorted(unknown))}: choose from {', '.join(CASES)}")
    names = [name for name in CASES if not cases or name in cases]
    result: dict[str, Any] = {"outlets": outlets, "days": days, "seed": seed, "photos_a_day": 4, "processes": PROCESSES}
    result["cases"] = {}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for name in names:
            began = time.perf_counter()
            parts = list(pool.map(partial(study, CASES[name], outlets, days, seed), range(0, outlets, TOGETHER)))
            result["cases"][name] = {**score(parts), "seconds": round(time.perf_counter() - began)}
    say(result)


if __name__ == "__main__":
    run(main)
