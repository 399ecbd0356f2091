"""Dashboard queries over many shelf lines: cold, warm, and while late data come in; and the same queries in DuckDB.

Run it with `python -m bench.analytics [lines]`, by default 100 million; it prints JSON. Targets: cold under 1 s, the
95th percentile of warm ones under 300 ms. Cold is with nothing of the facts in memory: neither in the engine's caches
nor in the system's. A query is all that answers it: records, rollups, and the points with their intervals and coverage.

DuckDB, the yardstick, has the same lines in its own format and answers the sums alone: from the raw lines, and from a
table of days and SKUs made as ours is. Our own raw lines are asked the same, so that engine and rollup can be told
apart.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import duckdb
import psutil

from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import Filter, scope
from cloud.analytics.registry import BY_NAME
from cloud.analytics.rollups.background import RollupRounds
from cloud.analytics.series import Period
from cloud.services import Services
from tests.support.cloud import running_services
from tests.support.line_world import TENANT, LineWorld
from tests.support.raw_lines import RawPhoto, bring

LINES = 100_000_000
TIMES = 15
"""Each query is asked."""
LATE_PHOTOS = 50
"""Of a cooler that was offline, in one batch."""


@dataclass(frozen=True)
class Query:
    """A question that a page asks, of the last `days`; `bucket` and `keys` say the same to DuckDB."""

    kpi: str
    by: str
    days: int
    bucket: str = "0"
    keys: tuple[str, ...] = ()
    where: str = "true"
    filters: Filter = field(default_factory=Filter)


_OUTLET, _COOLER = Filter(outlet=["outlet-1"]), Filter(cooler=["cooler-1"])
QUERIES = {
    "units by day, 28 days": Query("units", "day", 28, "day"),
    "share by day and owner, 28 days": Query("share-of-facings", "day,owner", 28, "day", ("sku",)),
    "share by region, 28 days": Query("share-of-facings", "region", 28, keys=("outlet",)),
    "share by brand, 28 days": Query("share-of-facings", "brand", 28, keys=("sku",)),
    "units by outlet, 7 days": Query("units", "outlet", 7, keys=("outlet",)),
    "units by SKU of an outlet, 28 days": Query(
        "units", "sku", 28, keys=("sku",), where="outlet = 'outlet-1'", filters=_OUTLET
    ),
    "facings by day of a cooler, 28 days": Query(
        "facings", "day", 28, "day", where="cooler = 'cooler-1'", filters=_COOLER
    ),
    "share by week, all days": Query("share-of-facings", "week", 400, "date_trunc('week', day)"),
    "units by month and brand, all days": Query("units", "month,brand", 400, "date_trunc('month', day)", ("sku",)),
}


def asked(services: Services, query: Query, start: datetime, end: datetime) -> int:
    """Answer a query as the API does; how many points it has."""
    services.rollups.before_reading()
    with services.records.session(TENANT, write=False) as session:
        known = Known(session)
        period = Period(session, services.facts, TENANT, start, end, scope(query.filters, known), known)
        return len(period.series(BY_NAME[query.kpi], query.by).points)


def sums(query: Query, source: str) -> str:
    """The sums behind a query, as SQL that both engines understand."""
    outer = ", ".join(("bucket", *query.keys))
    return f"""
        WITH seen AS (SELECT {query.bucket} AS bucket, cooler, outlet, sku, sum(units) AS u, sum(facings) AS f,
                sum(variance) AS v FROM {source} WHERE {query.where} GROUP BY 1, 2, 3, 4),
            photographed AS (SELECT bucket, cooler, max(lines) AS photos FROM (SELECT {query.bucket} AS bucket, cooler,
                sku, sum(lines) AS lines FROM {source} WHERE {query.where} GROUP BY 1, 2, 3) AS each GROUP BY 1, 2)
        SELECT {outer}, count(DISTINCT seen.cooler), sum(u / photos), sum(f / photos), sum(v / photos)
        FROM seen INNER JOIN photographed USING (bucket, cooler) GROUP BY {outer}
    """


@contextmanager
def exported(services: Services, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the raw lines, and with a table of days and SKUs made of them."""
    lines = folder / "lines"
    lines.mkdir()
    columns = "cooler, outlet, captured_at, sku, units, facings, linear_share, count_sd"
    for month in range(1, 13):
        services.facts.command(
            f"INSERT INTO FUNCTION file('{lines}/{month}.parquet', Parquet) SELECT {columns} FROM shelf_line "
            f"WHERE toMonth(captured_at) = {month} SETTINGS engine_file_truncate_on_insert = 1"
        )
    connection = duckdb.connect(str(folder / "peer.duckdb"), config={"threads": os.cpu_count() or 1})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE shelf_line AS SELECT {columns} FROM read_parquet('{lines}/*.parquet')")
    connection.execute(
        "CREATE TABLE shelf_day AS SELECT CAST(captured_at AS DATE) AS day, cooler, outlet, sku, sum(units) AS units, "
        "sum(facings) AS facings, sum(count_sd * count_sd) AS variance, count(*) AS lines FROM shelf_line "
        "GROUP BY ALL ORDER BY day, cooler, sku"
    )
    try:
        yield connection
    finally:
        connection.close()


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
    found = [timed(call) for _ in range(number)]
    return {"median_ms": round(median(found), 1), "p95_ms": round(quantiles(found, n=20)[-1], 1)}


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
            self.lines += sum(len(photo.units) for photo in photos)
            batch += 1
            self.stopping.wait(0.2)

    def _photo(self, batch: int, number: int) -> RawPhoto:
        cooler = batch % self._world.coolers
        at = self._world.end - timedelta(hours=number + 24 * (batch % self._world.days), minutes=30)
        units = {f"sku-{(cooler * 7 + line) % 200}": 2 for line in range(20)}
        return RawPhoto(10**9 + batch * LATE_PHOTOS + number, f"cooler-{cooler}", f"outlet-{cooler // 2}", at, units)


def questions(services: Services, world: LineWorld) -> dict[str, Callable[[], int]]:
    """Each query as a call."""
    return {
        name: lambda query=query: asked(
            services, query, world.end - timedelta(days=min(query.days, world.days)), world.end
        )  # type: ignore[misc]
        for name, query in QUERIES.items()
    }


def ours(services: Services, world: LineWorld, facts: Path, number: int) -> dict[str, Any]:
    """Each query cold, warm, and while late data come in."""
    calls, found = questions(services, world), {}
    for name, call in calls.items():
        forget(services, facts)
        found[name] = {"points": call(), "cold_ms": 0.0}
        forget(services, facts)
        found[name]["cold_ms"] = round(timed(call), 1)
        found[name]["warm"] = times(call, number)
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


def compared(services: Services, world: LineWorld, peer: duckdb.DuckDBPyConnection, number: int) -> dict[str, Any]:
    """The sums alone: DuckDB on raw lines and on days, and our engine on raw lines."""
    found = {}
    for name, query in QUERIES.items():
        first = world.end - timedelta(days=min(query.days, world.days))
        day = "CAST(captured_at AS DATE)"
        raw = (
            f"(SELECT *, {day} AS day, count_sd * count_sd AS variance, 1 AS lines FROM shelf_line "
            f"WHERE captured_at >= '{first:%Y-%m-%d}') AS raw"
        )
        days = f"(SELECT * FROM shelf_day WHERE day >= '{first:%Y-%m-%d}') AS days"
        found[name] = {
            "duckdb_raw_lines": times(lambda sql=sums(query, raw): peer.execute(sql).fetchall(), min(number, 3)),  # type: ignore[misc]
            "duckdb_days": times(lambda sql=sums(query, days): peer.execute(sql).fetchall(), number),  # type: ignore[misc]
            "ours_raw_lines": times(lambda sql=sums(query, raw): services.facts.arrow(sql), min(number, 3)),  # type: ignore[misc]
        }
    return found


def sizes(services: Services, lines: int) -> dict[str, float]:
    """Bytes on disk per raw line, by table."""
    parts = services.facts.arrow(
        "SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active GROUP BY table ORDER BY table"
    )
    return {row["table"]: round(row["bytes"] / lines, 2) for row in parts.to_pylist() if row["bytes"] > lines / 100}


def measure(lines: int, folder: Path, number: int = TIMES) -> dict[str, Any]:
    """All figures."""
    world = LineWorld.of(lines)
    process = psutil.Process()
    with running_services(folder / "cloud") as services:
        world.furnish(services)
        seconds = {"generate": timed(lambda: world.generate(services)) / 1000}
        first = world.end - timedelta(days=world.days)
        seconds["roll_up"] = timed(lambda: services.rollups.recompute(TENANT, first, world.end)) / 1000
        result: dict[str, Any] = {
            "lines": world.lines,
            "coolers": world.coolers,
            "days": world.days,
            "load_average": os.getloadavg()[0],
            "seconds": {name: round(one, 1) for name, one in seconds.items()},
            "bytes_per_line": sizes(services, world.lines),
            **ours(services, world, folder / "cloud" / "facts", number),
            "resident_mb": round(process.memory_info().rss / 1e6),
        }
        with exported(services, folder) as peer:
            result["sums_alone"] = compared(services, world, peer, number)
    return result


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        result = measure(int(arguments[0]) if arguments else LINES, Path(folder))
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
