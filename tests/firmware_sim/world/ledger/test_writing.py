"""A ledger of twelve outlets: written, written again, tampered with, checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from rich.console import Console
from typer.testing import CliRunner

from facings.errors import BadInputError
from firmware_sim.cli import app
from firmware_sim.world.history import Kind
from firmware_sim.world.job import WorldJob
from firmware_sim.world.ledger.balance import check_balance
from firmware_sim.world.ledger.schemas import CHUNKED, WHOLE
from firmware_sim.world.ledger.writing import write_world
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.settings import OutletSettings, PlanogramSettings, PromotionSettings, WorldSettings

QUIET = Console(quiet=True)
JOB = WorldJob(
    seed=11,
    outlets=12,
    days=16,
    settings=WorldSettings(
        outlets=OutletSettings(van=0.5, regions=("east", "lakes")),
        planograms=PlanogramSettings(every_days=8, lag_days=(0, 2)),
        promotions=PromotionSettings(count=2, days=(5, 5), outlets=(0.4, 0.4)),
    ),
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written by one process."""
    out = tmp_path_factory.mktemp("world") / "ledger"
    write_world(JOB, out, 1, QUIET)
    return out


@pytest.fixture
def copy(ledger: Path, tmp_path: Path) -> Path:
    """For tests that change it."""
    return Path(shutil.copytree(ledger, tmp_path / "ledger"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_two_processes_write_the_same_bytes_as_one(ledger: Path, tmp_path: Path) -> None:
    write_world(JOB, tmp_path, 2, QUIET)
    assert contents(tmp_path) == contents(ledger)


def test_a_stopped_run_goes_on_to_the_same_bytes(ledger: Path, copy: Path) -> None:
    (copy / "chunks" / "00001.json").unlink()
    (copy / "movements" / "00001.parquet").unlink()
    with pytest.raises(BadInputError, match="not finished"):
        check_balance(copy)
    write_world(JOB, copy, 1, QUIET)
    assert contents(copy) == contents(ledger)


def test_a_folder_of_another_world_is_refused(ledger: Path) -> None:
    before = contents(ledger)
    with pytest.raises(BadInputError, match="another job"):
        write_world(WorldJob(seed=12, outlets=12, days=16, settings=JOB.settings), ledger, 1, QUIET)
    assert contents(ledger) == before


@pytest.mark.parametrize("name", [*CHUNKED, *WHOLE])
def test_a_table_has_the_columns_that_the_guide_describes(ledger: Path, root: Path, name: str) -> None:
    files = sorted((ledger / name).glob("*.parquet")) if name in CHUNKED else [ledger / f"{name}.parquet"]
    assert len(files) == (2 if name in CHUNKED else 1)
    schema = {**CHUNKED, **WHOLE}[name]
    assert all(pq.read_schema(file).equals(schema) for file in files)
    row = next(
        line for line in (root / "docs" / "simulator.md").read_text().splitlines() if line.startswith(f"| `{name}`")
    )
    assert [column for column in schema.names if f"`{column}`" not in row] == []


def test_the_ledger_says_what_the_history_says(ledger: Path) -> None:
    history = simulate_outlet(JOB, 0)
    rows = pq.read_table(ledger / "movements" / "00000.parquet")
    rows = rows.filter(pc.equal(rows["outlet"].cast(pa.string()), history.outlet.id)).to_pylist()
    told = [(row["cooler"], int(row["at"].timestamp()), row["sku"], row["kind"], row["units"]) for row in rows]
    names = {Kind.SALE: "sale", Kind.REFILL: "refill", Kind.REMOVAL: "removal"}
    assert told == [
        (cooler.cooler.id, move.at, cooler.skus[move.sku], names[move.kind], move.units)
        for cooler in history.coolers
        for move in cooler.movements
    ]


def test_the_written_world_balances(ledger: Path) -> None:
    shown = CliRunner().invoke(app, ["balance", str(ledger)])
    assert shown.exit_code == 0
    assert "accounts of 12 outlets balance" in shown.output
    units = check_balance(ledger).units
    assert units["opening"] + units["refills"] - units["sales"] - units["removed"] == units["closing"]


def change(file: Path, column: str, row: int, value: int) -> dict[str, object]:
    """Sets one number of a table; what the row was before."""
    table = pq.read_table(file)
    before: dict[str, object] = table.slice(row, 1).to_pylist()[0]
    values = table[column].to_pylist()
    values[row] = value
    index = table.schema.get_field_index(column)
    pq.write_table(table.set_column(index, table.schema.field(column), pa.array(values, pa.int32())), file)
    return before


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("movements", "units", 40),
        ("balances", "closing", 900),
        ("balances", "opening", 900),
        ("backrooms", "closing", 901),
    ],
)
def test_a_unit_too_many_is_found_where_it_is(copy: Path, table: str, column: str, value: int) -> None:
    changed = change(copy / table / "00001.parquet", column, 3, value)
    result = CliRunner().invoke(app, ["balance", str(copy)])
    assert result.exit_code == 1
    assert f"{changed['outlet']}, {changed.get('cooler', 'backroom')}, {changed['sku']}" in result.output
    assert len(check_balance(copy).faults) == 1


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("job.json", None, "no ledger"),
        ("job.json", json.dumps({"world": 2}), "another command"),
        ("movements/00000.parquet", "cut off", "cannot be read"),
        ("balances/00000.parquet", None, "cannot be read"),
    ],
)
def test_what_is_no_whole_ledger_is_said_so(copy: Path, name: str, content: str | None, complaint: str) -> None:
    if content is None:
        (copy / name).unlink()
    else:
        (copy / name).write_text(content)
    with pytest.raises(BadInputError, match=complaint):
        check_balance(copy)


def test_the_command_takes_settings_and_refuses_unknown_ones(tmp_path: Path) -> None:
    config = tmp_path / "world.yaml"
    config.write_text("promotions: {count: 99}\n")
    small = ["world", "--outlets", "2", "--days", "2", "--workers", "1", "--config", str(config)]
    done = CliRunner().invoke(app, [*small, "--promotions", "0", "--out", str(tmp_path / "made")])
    assert done.exit_code == 0, done.output
    refused = CliRunner().invoke(app, [*small, "--out", str(tmp_path / "refused")])
    assert isinstance(refused.exception, BadInputError)
    assert not (tmp_path / "refused").exists()
