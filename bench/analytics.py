"""Dashboard queries over many shelf lines: cold, warm, and while late data come in; and the same queries in DuckDB.

Run it with `python -m bench.analytics [lines [folder]]`, by default 100 million lines; it prints JSON. In a `folder`
the stores are made once and stay, to be asked again. Targets: cold under 1 s, the 95th percentile of warm ones under
300 ms. Cold is with nothing of the facts in memory: neither in the engine's caches nor in the system's. A query is all
that answers it: records, rollups, and the points with their intervals and coverage.

The raw rows are generated inside the engine, as ingest would have stored them, a month of all coolers in one statement:
a fleet with a photo every hour, 20 lines each. Judgements of photos are there for the days that judging looks back
over. The rollups are made of them in the engine too, by the product's own measures; a test holds that re-computation
finds nothing to change in them. The records say what the rules would have made of such photos.

DuckDB, the yardstick, has the same lines in its own format and answers the sums alone: from the raw lines, and from a
table of days and SKUs made as ours is. Our own raw lines are asked the same, so that engine and rollup can be told
apart.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated, Any

import duckdb
import psutil
import typer

from bench.parts.questions import SUMS, Asking, period_of, questions
from bench.parts.running import Count, run
from bench.parts.saying import say
from bench.parts.yardstick import exported, sums
from cloud.analytics.rollups.background import RollupRounds
from cloud.services import Services
from cloud.up import spare_the_collector
from tests.support.cloud import running_services
from tests.support.line_records import furnish
from tests.support.line_world import TENANT, LineWorld
from tests.support.raw_lines import RawPhoto, bring, judge

LINES = 100_000_000
TIMES = 15
"""Each query is asked."""
SLOW_MS, TIMES_OF_SLOW = 2_000, 3
"""What takes longer is asked less often: it misses the target anyhow."""
MERGED_WITHIN_S = 180
LATE_PHOTOS = 50
"""Of a cooler that was offline, in one batch."""


def forget(services: Services, folder: Path) -> None:
    """Drop what engine and system hold of the facts in memory."""
    for cache in ("MARK", "UNCOMPRESSED", "PRIMARY INDEX", "QUERY CONDITION"):
        services.facts.command(f"SYSTEM DROP {cache} CACHE")
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # a merge may take it away at any moment
                handle = os.open(Path(place, name), os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


def timed(call: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def times(call: Callable[[], object], number: int) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    found = [timed(call)]
    number = number if found[0] < SLOW_MS else min(number, TIMES_OF_SLOW)
    found += [timed(call) for _ in range(number - 1)]
    return spread(found)


def spread(found: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile of two times or more; never beyond the slowest."""
    return {"median_ms": round(median(found), 1), "p95_ms": round(quantiles(found, n=20, method="inclusive")[-1], 1)}


class LateData(threading.Thread):
    """Hourly photos of days gone by: one cooler after the other is back online."""

    def __init__(self, services: Services, world: LineWorld) -> None:
        super().__init__(name="late")
        self._services, self._world = services, world
        self.stopping = threading.Event()
        self.lines = 0

    def run(self) -> None:
        """Until told to stop."""
        batch = 0
        while not self.stopping.is_set():
            photos = [self._photo(batch, number) for number in range(LATE_PHOTOS)]
            bring(self._services, TENANT, photos)
            judge(self._services, TENANT, photos)
            self.lines += sum(len(photo.units) for photo in photos)
            batch += 1
            self.stopping.wait(0.2)

    def _photo(self, batch: int, number: int) -> RawPhoto:
        cooler = batch % self._world.coolers
        at = self._world.end - timedelta(hours=number + 24 * (batch % self._world.days), minutes=30)
        units = dict.fromkeys(self._world.skus_of(cooler), 2)
        where = f"cooler-{cooler:04d}", f"outlet-{cooler // 2:04d}"
        return RawPhoto(10**9 + batch * LATE_PHOTOS + number, *where, at, units)


def ours(services: Services, world: LineWorld, facts: Path, number: int) -> dict[str, Any]:
    """Each query cold, warm, and while late data come in."""
    calls = questions(services, world)
    found = {name: _quiet(services, facts, call, number) for name, call in calls.items()}
    late, rounds = LateData(services, world), RollupRounds(services)
    rounds.start()
    late.start()
    began = time.perf_counter()
    try:
        for name, call in calls.items():
            found[name]["while_late_data_come"] = times(call, number)
    finally:
        late.stopping.set()
        late.join()
        rounds.stop()
    return {"queries": found, "late_lines_per_s": round(late.lines / (time.perf_counter() - began))}


def _quiet(services: Services, facts: Path, call: Asking, number: int) -> dict[str, Any]:
    forget(services, facts)
    points = call()
    forget(services, facts)
    return {"points": points, "cold_ms": round(timed(call), 1), "warm": times(call, number)}


def compared(services: Services, world: LineWorld, peer: duckdb.DuckDBPyConnection, number: int) -> dict[str, Any]:
    """The sums alone: DuckDB on raw lines and on days, and our engine on raw lines."""
    found = {}
    for name, query in SUMS.items():
        first, _ = period_of(world, query.days)
        day = "CAST(captured_at AS DATE)"
        raw = (
            f"(SELECT *, {day} AS day, count_sd * count_sd AS variance, 1 AS lines FROM shelf_line "
            f"WHERE captured_at >= '{first:%Y-%m-%d}') AS raw"
        )
        days = f"(SELECT * FROM shelf_day WHERE day >= '{first:%Y-%m-%d}') AS days"
        found[name] = {
            "duckdb_raw_lines": times(lambda sql=sums(query, raw): peer.execute(sql).fetchall(), 2),  # type: ignore[misc]
            "duckdb_days": times(lambda sql=sums(query, days): peer.execute(sql).fetchall(), number),  # type: ignore[misc]
            "ours_raw_lines": times(lambda sql=sums(query, raw): services.facts.arrow(sql), 2),  # type: ignore[misc]
        }
    return found


def sizes(services: Services, lines: int) -> dict[str, float]:
    """Bytes on disk per raw line, by table."""
    parts = services.facts.arrow(
        "SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active GROUP BY table ORDER BY table"
    )
    return {row["table"]: round(row["bytes"] / lines, 2) for row in parts.to_pylist() if row["bytes"] > lines / 100}


def settle(services: Services) -> None:
    """Wait until the engine has merged what was written, as it has in the tables of months gone by."""
    deadline = time.monotonic() + MERGED_WITHIN_S
    while time.monotonic() < deadline:
        (row,) = services.facts.arrow("SELECT count() AS merges FROM system.merges").to_pylist()
        if not row["merges"]:
            return
        time.sleep(1)


def made(services: Services, world: LineWorld, folder: Path) -> Mapping[str, float]:
    """Make the stores unless the folder has them; the seconds that it took then."""
    done = folder / "made.json"
    if not done.exists():
        services.rollups.adopt()  # as at the first start of a cloud, when there is nothing to adopt
        furnish(services, world)
        seconds = {
            "generate": timed(lambda: world.generate(services)) / 1000,
            "roll_up": timed(lambda: world.roll_up(services)) / 1000,
            "merge": timed(lambda: settle(services)) / 1000,
        }
        done.write_text(json.dumps({name: round(one, 1) for name, one in seconds.items()}))
    known: dict[str, float] = json.loads(done.read_text())
    return known


def measure(lines: int, folder: Path, number: int = TIMES) -> dict[str, Any]:
    """All figures."""
    world = LineWorld.of(lines)
    process = psutil.Process()
    with running_services(folder / "cloud") as services:
        seconds = made(services, world, folder)
        spare_the_collector()  # as a running cloud does
        result: dict[str, Any] = {
            "lines": world.lines,
            "coolers": world.coolers,
            "days": world.days,
            "load_average": os.getloadavg()[0],
            "seconds": seconds,
            "bytes_per_line": sizes(services, world.lines),
            **ours(services, world, folder / "cloud" / "facts", number),
            "resident_mb": round(process.memory_info().rss / 1e6),
        }
        with exported(services, folder) as peer:
            result["sums_alone"] = compared(services, world, peer, number)
    return result


def main(lines: Count = LINES, keep: Annotated[Path | None, typer.Argument(metavar="FOLDER")] = None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as passing:
        folder = keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        result = measure(lines, folder)
    say(result)


if __name__ == "__main__":
    run(main)
