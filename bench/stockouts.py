"""Are stock-outs told when they happen, and only then? Photos of the simulated world against its ledger.

Run it with `python -m bench.stockouts [outlets [days]] [--seed 11] [--perfect]`; it prints JSON. Targets: true start
and end inside the stated interval in 95% of the episodes, none of over an hour missed, under 1% of what is told false.

The photos are read with the errors that were measured of vision (`firmware_sim/fleet/errors.json`); some are not taken,
blurred, or half hidden by a person. They go through the rules of the cloud (`cloud.analytics`), without its databases.

A stock-out counts as missed if it lasted over an hour, a usable photo was taken while it did, and nothing that was told
overlaps it: what came and went between two photos, no camera can see. It counts as told falsely if the SKU was in the
cooler all the time; `out of sight` of these stood behind another SKU, in its lane, or behind three empty places or more
of its own. `alerts` says when somebody is alerted, and what later photos make of it. `lanes` gives what photos show of
a lane by what is in it: the chances in `cloud.analytics.absence`.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Annotated, Any

import typer

from bench.parts.running import Count, run
from bench.parts.saying import say
from cloud.analytics.absence import Reading
from cloud.analytics.places import Places, Shown, Sight, Spot, places_of, sight_of
from cloud.analytics.refills import Holes, holes_in, refilled
from cloud.analytics.stockouts import Episode, SkuWatch, fold
from cloud.outlets.models import Lane
from datasets.products.stock import Lane as StockedLane
from firmware_sim.fleet.errors import PERFECT, VisionErrors, read_errors
from firmware_sim.fleet.seeing import Eye, Seen
from firmware_sim.fleet.shelves import FleetCooler
from firmware_sim.world.history import NONE, CoolerHistory
from firmware_sim.world.job import WorldJob
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.plan import plan_world
from firmware_sim.world.settings import PromotionSettings, WorldSettings
from firmware_sim.world.state import ShelfState

OUTLETS, DAYS, SEED, PHOTOS_A_DAY = 500, 60, 11, 4
NOT_TAKEN, BLURRED, IN_THE_WAY = 0.01, 0.01, 0.01
"""Shares of the photos: no photo, an unusable one, one on which a person hides a part of the shelves."""
PUSHED_BACK = 3
"""Empty places before a lane's first unit from which on vision often sees neither it nor an empty lane."""
PROCESSES = 2
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class TrueEpisode:
    """A stock-out of the ledger; `photos` are the usable ones taken while it lasted."""

    begins: datetime
    ends: datetime
    lasts_on: bool
    photos: int

    @property
    def counts(self) -> bool:
        """Whether it must be found."""
        return self.photos > 0 and self.ends - self.begins > HOUR


@dataclass
class Tally:
    """What came of some coolers."""

    photos: int = 0
    true: int = 0
    photographed: int = 0
    found_or_missed: Counter[str] = field(default_factory=Counter)
    told: int = 0
    false: int = 0
    out_of_sight: int = 0
    starts_inside: int = 0
    ends_inside: int = 0
    ended: int = 0
    sliding: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    lanes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: float = 0.0

    def __iadd__(self, other: Tally) -> Tally:
        for name, value in vars(other).items():
            if name == "lanes":
                for truth, spots in value.items():
                    self.lanes[truth].update(spots)
            elif isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)
        return self


class Camera:
    """Takes the photos of one cooler, as well and as badly as the real ones."""

    def __init__(self, eye: Eye, chance: random.Random) -> None:
        self._eye, self._chance = eye, chance

    def sight(self, state: ShelfState) -> tuple[Sight, Seen] | None:
        """What a photo shows; None where there is none, or no usable one."""
        seen = self._eye.look(state)
        if self._chance.random() < NOT_TAKEN + BLURRED:
            return None
        sight = sight_of(seen)
        if self._chance.random() < IN_THE_WAY:
            left = self._chance.uniform(-0.1, 0.8)
            sight = _beside(sight, left, left + 0.3)
        return sight, seen


def _beside(sight: Sight, left: float, right: float) -> Sight:
    """What is seen of it beside a person who stands from `left` to `right`."""
    seen = [one for one in range(len(sight.skus)) if sight.right[one] < left or sight.left[one] > right]
    skus, row_of = tuple(sight.skus[one] for one in seen), tuple(sight.row_of[one] for one in seen)
    begins, ends = tuple(sight.left[one] for one in seen), tuple(sight.right[one] for one in seen)
    return Sight(sight.rows, skus, row_of, begins, ends)


def study(job: WorldJob, errors: VisionErrors, number: int) -> Tally:
    """All coolers of one outlet, seen with `errors`."""
    tally, began = Tally(), time.process_time()
    catalogue = plan_world(job).catalogue
    widths = {pack.sku: pack.width_mm for pack in catalogue}
    outlet = simulate_outlet(job, number)
    for history in outlet.coolers:
        chance = random.Random(f"{job.seed}/{history.cooler.id}")
        camera = Camera(Eye(catalogue, errors, chance), chance)
        cooler = FleetCooler(history.cooler.id, outlet.outlet, history, ())
        states = cooler.photos(job.settings.start, job.days, PHOTOS_A_DAY, job.seed)
        _judge(history, places_of(_lanes(history), widths), camera, states, tally)
    tally.seconds = time.process_time() - began
    return tally


def _judge(history: CoolerHistory, places: Places, camera: Camera, states: Iterator[ShelfState], tally: Tally) -> None:
    readings: dict[str, list[Reading]] = {sku: [] for sku in places.of}
    in_sight: dict[str, set[datetime]] = defaultdict(set)
    holes: Holes = {}
    gravity = history.cooler.gravity
    for state in states:
        tally.photos += 1
        if taken := camera.sight(state):
            sight, seen = taken
            shown = sight.over(places)
            _note_lanes(tally.lanes, state, shown)
            spots = {sku: tuple(shown.at(sku, places)) for sku in places.of} if shown else {}
            for sku, reading in _readings(state.at, seen, spots, places, refilled(holes, spots), gravity):
                readings[sku].append(reading)
            holes = {sku: holes_in(found) for sku, found in spots.items()} or holes
            for planned in {lane.planned for row in state.rows for lane in row if _in_sight(lane)}:
                in_sight[planned or ""].add(state.at)
    for sku, of_sku in readings.items():
        true = list(_true(history, sku, [reading.at for reading in of_sku]))
        _compare(true, fold(of_sku)[0], in_sight[sku], tally, gravity)
        _note_alerts(of_sku, tally.alerts)


def _readings(
    at: datetime,
    seen: Seen,
    spots: Mapping[str, tuple[Spot, ...]],
    places: Places,
    filled_up: float,
    gravity_feed: bool,
) -> Iterator[tuple[str, Reading]]:
    lines = {line.sku: line for line in seen.lines}
    for sku, lanes in places.of.items():
        line = lines.get(sku)
        units, sure = (line.units, line.confidence) if line else (0, seen.confidence)
        yield sku, Reading(at, units, sure, spots=spots.get(sku, ()), lanes=len(lanes), refilled=filled_up,
                           gravity_feed=gravity_feed)  # fmt: skip


def _true(history: CoolerHistory, sku: str, photos: Sequence[datetime]) -> Iterator[TrueEpisode]:
    """The stock-outs of the ledger, but for those that the world began with: what was never there cannot run out."""
    number = history.skus.index(sku)
    for out in history.stock_outs:
        if out.sku == number and out.begins > history.begins:
            begins = datetime.fromtimestamp(out.begins, UTC)
            ends = datetime.fromtimestamp(history.ends if out.ends == NONE else out.ends, UTC)
            yield TrueEpisode(begins, ends, out.ends == NONE, sum(begins <= at < ends for at in photos))


def _in_sight(lane: StockedLane) -> bool:
    """Whether the planned SKU stands first in its lane, and not so far back that vision often overlooks it."""
    first = next((depth for depth, unit in enumerate(lane.places) if unit), None)
    unit = None if first is None else lane.places[first]
    return unit is not None and unit.sku == lane.planned and (first or 0) < PUSHED_BACK


def _compare(
    true: Sequence[TrueEpisode], told: Sequence[Episode], in_sight: Set[datetime], tally: Tally, gravity: bool
) -> None:
    """`in_sight` are the photos at which the SKU truly stood in the front part of one of its lanes."""
    tally.true += len(true)
    tally.photographed += sum(one.photos > 0 for one in true)
    for one in true:
        if one.counts:
            found = any(_overlap(one, other) for other in told)
            taken = f"{one.photos} photo" + "s" * (one.photos > 1) if one.photos < 3 else "3 or more"
            tally.found_or_missed[f"{taken}, {'found' if found else 'missed'}"] += 1
            tally.sliding.update({"over an hour": gravity, "missed": gravity and not found})
    for episode in told:
        tally.told += 1
        behind = [one for one in true if _overlap(one, episode)]
        tally.false += not behind
        shown = any(episode.first_missed_at <= at <= episode.last_missed_at for at in in_sight)
        tally.out_of_sight += not behind and not shown
        tally.sliding.update({"told": gravity, "false": gravity and not behind})
        tally.sliding["false, in sight"] += gravity and not behind and shown
        if behind:
            _inside(behind, episode, tally)


def _note_alerts(readings: Sequence[Reading], noted: Counter[str]) -> None:
    """When somebody would be alerted of each episode, and whether a photo refutes it."""
    watch, alerted = SkuWatch(), ""
    for reading in readings:
        before = watch.missing
        watch, ended = watch.after(reading)
        if (missing := watch.missing) and not missing.doubtful:
            alerted = alerted or ("at once" if missing.photos == 1 else "after another photo")
        elif before and not missing:
            noted[f"{alerted or 'never'}, {'ended' if ended else 'refuted'}"] += 1
            alerted = ""
    if watch.missing:
        noted[f"{alerted or 'never'}, lasts on"] += 1


def _inside(true: Sequence[TrueEpisode], told: Episode, tally: Tally) -> None:
    """`true` are those that it overlaps: a refill that sold out again between two photos makes one of two."""
    tally.starts_inside += told.last_seen_at < true[0].begins <= told.first_missed_at
    if told.back_at and not true[-1].lasts_on:
        tally.ended += 1
        tally.ends_inside += told.last_missed_at <= true[-1].ends <= told.back_at
        tally.hours["true"] += sum((one.ends - one.begins) / HOUR for one in true)  # type: ignore[assignment]
        low, high = told.last_missed_at - told.first_missed_at, told.back_at - told.last_seen_at
        tally.hours["told"] += (low + high) / 2 / HOUR  # type: ignore[assignment]


def _overlap(true: TrueEpisode, told: Episode) -> bool:
    return true.begins <= told.last_missed_at and told.first_missed_at < true.ends


def _note_lanes(noted: Mapping[str, Counter[str]], state: ShelfState, shown: Shown | None) -> None:
    """What is seen of each lane, by what is in it."""
    for number, row in enumerate(state.rows if shown else ()):
        for lane, truth in enumerate(row):
            first = next((depth for depth, unit in enumerate(truth.places) if unit), None)
            unit = None if first is None else truth.places[first]
            if unit is None or first is None:
                what = "empty"
            elif unit.sku != truth.planned:
                what = "another SKU"
            else:
                what = "in sight" if first < PUSHED_BACK else "pushed back"
            noted[what][shown.spot(number, lane, truth.planned or "")] += 1  # type: ignore[union-attr]


def _lanes(history: CoolerHistory) -> list[list[Lane]]:
    rows = history.installed[0].planogram.rows
    return [[{"sku": lane.sku, "depth": lane.depth} for lane in row] for row in rows]


def score(tally: Tally) -> dict[str, Any]:
    """The figures."""
    missed = sum(number for what, number in tally.found_or_missed.items() if what.endswith("missed"))
    matched = tally.told - tally.false
    return {
        "photos": tally.photos,
        "true": tally.true,
        "photographed": tally.photographed,
        "photographed, over an hour": sum(tally.found_or_missed.values()),
        "missed": missed,
        "missed share": round(missed / max(sum(tally.found_or_missed.values()), 1), 4),
        "by photos taken meanwhile": dict(sorted(tally.found_or_missed.items())),
        "told": tally.told,
        "false": tally.false,
        "out of sight": tally.out_of_sight,
        "false share": round(tally.false / max(tally.told, 1), 4),
        "false share, in sight": round((tally.false - tally.out_of_sight) / max(tally.told, 1), 4),
        "where units slide forward": dict(tally.sliding),
        "alerts": dict(sorted(tally.alerts.items())),
        "start inside": round(tally.starts_inside / max(matched, 1), 4),
        "end inside": round(tally.ends_inside / max(tally.ended, 1), 4),
        "hours": {name: round(value) for name, value in tally.hours.items()},
        "lanes": {
            what: {spot: round(number / spots.total(), 5) for spot, number in spots.most_common()}
            for what, spots in sorted(tally.lanes.items())
        },
        "cpu_seconds": round(tally.seconds),
    }


def main(
    outlets: Count = OUTLETS,
    days: Count = DAYS,
    seed: Annotated[int, typer.Option(help="of the world")] = SEED,
    perfect: Annotated[bool, typer.Option("--perfect", help="vision that sees every front, and no more")] = False,
) -> None:
    """Measure and print."""
    job = WorldJob(seed, outlets, days, settings=WorldSettings(promotions=PromotionSettings(count=0)))
    errors = PERFECT if perfect else read_errors()
    whole = Tally()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for tally in pool.map(partial(study, job, errors), range(outlets)):
            whole += tally
    say(
        {
            "outlets": outlets,
            "days": days,
            "photos_a_day": PHOTOS_A_DAY,
            "seed": seed,
            "perfect": perfect,
            **score(whole),
        }
    )


if __name__ == "__main__":
    run(main)
