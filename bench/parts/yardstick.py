"""The yardstick of dashboard queries: DuckDB with the same lines in its own format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from bench.parts.questions import Query
from cloud.services import Services


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
    lines, stored = folder / "lines", folder / "peer.duckdb"
    lines.mkdir(exist_ok=True)
    fresh = not stored.exists()
    columns = "cooler, outlet, captured_at, sku, units, facings, linear_share, count_sd"
    for month in range(1, 13) if fresh else ():
        services.facts.command(
            f"INSERT INTO FUNCTION file('{lines}/{month}.parquet', Parquet) SELECT {columns} FROM shelf_line "
            f"WHERE toMonth(captured_at) = {month} SETTINGS engine_file_truncate_on_insert = 1"
        )
    connection = duckdb.connect(str(stored), config={"threads": os.cpu_count() or 1})
    connection.execute("SET TimeZone = 'UTC'")
    if fresh:
        connection.execute(f"CREATE TABLE shelf_line AS SELECT {columns} FROM read_parquet('{lines}/*.parquet')")
        connection.execute(
            "CREATE TABLE shelf_day AS SELECT CAST(captured_at AS DATE) AS day, cooler, outlet, sku, "
            "sum(units) AS units, sum(facings) AS facings, sum(count_sd * count_sd) AS variance, count(*) AS lines "
            "FROM shelf_line GROUP BY ALL ORDER BY day, cooler, sku"
        )
    try:
        yield connection
    finally:
        connection.close()
