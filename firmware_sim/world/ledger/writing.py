"""Writes a world to a folder, chunk by chunk of outlets; a stopped run goes on where it was."""

from __future__ import annotations

import gc
import json
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console

from datasets.files import claim_folder
from datasets.parallel import for_each
from facings.files import write_atomic
from firmware_sim.world.job import WorldJob
from firmware_sim.world.ledger.outlets import OutletTables
from firmware_sim.world.ledger.places import place_tables
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.plan import plan_world

OUTLETS_PER_CHUNK = 10
LEDGER_VERSION = 1


def write_world(job: WorldJob, out: Path, workers: int, console: Console) -> dict[str, int]:
    """Simulates a world and writes its ledger under `out`; the same job gives the same bytes with any `workers`.

    Returns:
        What happened in all: units sold, refilled, removed and lost, movements, stock-outs.

    Raises:
        BadInputError: the job cannot be a world, or the folder holds another one.
    """
    plan = plan_world(job)
    promotions = plan.promotions  # before anything is written: there may be too many
    claim_folder(out, {"ledger": LEDGER_VERSION, **job.as_json()})
    for name, table in place_tables(plan).items():
        write_table(out / f"{name}.parquet", table)
    chunks = range(chunk_count(job.outlets))
    missing = [number for number in chunks if not chunk_marker(out, number).exists()]
    console.print(f"{job.outlets} outlets, {job.days} days, {len(plan.skus)} SKUs, {len(promotions)} promotions")
    for_each(partial(_write_chunk, job, out), missing, workers, "Outlets", console)
    totals: dict[str, int] = {}
    for number in chunks:
        for name, count in json.loads(chunk_marker(out, number).read_text()).items():
            totals[name] = totals.get(name, 0) + count
    return totals


def chunk_count(outlets: int) -> int:
    """Files of each table of that many outlets."""
    return -(-outlets // OUTLETS_PER_CHUNK)


def chunk_marker(out: Path, number: int) -> Path:
    """A file that is there when all tables of a chunk are written."""
    return out / "chunks" / f"{number:05d}.json"


def chunk_file(out: Path, table: str, number: int) -> Path:
    """Where a table of a chunk lies."""
    return out / table / f"{number:05d}.parquet"


def write_table(file: Path, table: pa.Table) -> None:
    """Writes a Parquet file, which is either whole or not there."""
    sink = pa.BufferOutputStream()
    times = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=[name for name in table.schema.names if name not in times],
        column_encoding=dict.fromkeys(times, "DELTA_BINARY_PACKED"),
    )
    write_atomic(file, sink.getvalue().to_pybytes())


def _write_chunk(job: WorldJob, out: Path, number: int) -> None:
    plan = plan_world(job)
    tables = OutletTables(plan)
    first = number * OUTLETS_PER_CHUNK
    collects = gc.isenabled()
    gc.disable()  # a history is a million small tuples without cycles: looking for some takes a third of the time
    try:
        for outlet in range(first, min(first + OUTLETS_PER_CHUNK, job.outlets)):
            history = simulate_outlet(job, outlet)
            twinned = job.settings.promotions.twins and history.tallies
            tables.add(history, simulate_outlet(job, outlet, promoted=False) if twinned else None)
    finally:
        if collects:
            gc.enable()
    made = tables.tables()
    for name, table in made.items():
        write_table(chunk_file(out, name, number), table)
    write_atomic(chunk_marker(out, number), json.dumps(_totals(made)).encode())


def _totals(made: dict[str, pa.Table]) -> dict[str, int]:
    movements = made["movements"]
    found: dict[str, Any] = {}
    for kind, name in (("sale", "sold"), ("refill", "refilled"), ("removal", "removed")):
        units = movements.filter(pc.equal(movements["kind"].cast(pa.string()), kind))["units"]
        found[name] = pc.sum(units).as_py() or 0
    found["lost"] = pc.sum(made["lost"]["units"]).as_py() or 0
    return {**found, "movements": movements.num_rows, "stock_outs": made["stock_outs"].num_rows}
