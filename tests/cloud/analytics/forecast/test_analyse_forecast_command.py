"""`facings analyse forecast`: what it reads, says and refuses."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cloud.analytics.analyse import app
from facings.errors import BadInputError
from tests.cloud.analytics.forecast.demand import HORIZON, simulate

FIRST = date(2026, 1, 5)
NAMES = ("series", "day", "units", "promo")
Table = list[tuple[str, str, float | None, float]]


def lines_of(days: int = 120) -> Table:
    """Two series with a promotion, and the days to come with its plan."""
    simulated = simulate([4, 9], days, promotion=2.0)
    sold, promo = simulated.history.sold, simulated.history.drivers[0]
    return [
        (
            f"outlet-{row}",
            (FIRST + timedelta(days=day)).isoformat(),
            float(sold[row, day]) if day < days else None,
            float(promo[row, day]),
        )
        for row in range(2)
        for day in range(days + HORIZON)
    ]


def write(file: Path, lines: Table, names: tuple[str, ...] = NAMES) -> Path:
    if file.suffix == ".parquet":
        pq.write_table(
            pa.table({name: list(column) for name, column in zip(names, zip(*lines, strict=True), strict=True)}), file
        )
    else:
        rows = [",".join("" if cell is None else str(cell) for cell in line) for line in lines]
        file.write_text("\n".join([",".join(names), *rows]) + "\n")
    return file


def run(file: Path, *more: str) -> str:
    usual = ["forecast", "--panel", str(file), "--series", "series", "--time", "day", "--value", "units"]
    result = CliRunner().invoke(app, [*usual, *more], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_answer_in_json(tmp_path: Path, suffix: str) -> None:
    file = write(tmp_path / f"panel{suffix}", lines_of())
    answer = json.loads(run(file, "--promo", "promo", "--horizon", str(HORIZON), "--json"))
    assert (answer["periods"], answer["horizon"], answer["warnings"]) == (120, HORIZON, [])
    assert [one["series"] for one in answer["series"]] == ["outlet-0", "outlet-1"]
    first = answer["series"][0]["forecast"]
    assert [first[0]["time"], first[-1]["time"]] == ["2026-05-05", "2026-06-01"]
    assert all(day["low"] <= day["mean"] <= day["high"] for day in first)
    assert answer["drivers"]["promo"] == pytest.approx(2, rel=0.25)
    assert abs(answer["backtest"]["bias"]) < 0.15
    assert answer["backtest"]["origins"] == 3
    assert {one["way"] for one in answer["series"]} <= answer["backtest"]["ways"].keys()


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    lines = lines_of()
    one = json.loads(run(write(tmp_path / "a.csv", lines), "--json"))
    other = json.loads(run(write(tmp_path / "b.csv", lines[::-1]), "--json"))
    by_name = {each["series"]: each for each in other["series"]}
    for each in one["series"]:
        for ours, theirs in zip(each["forecast"], by_name[each["series"]]["forecast"], strict=True):
            assert ours["mean"] == pytest.approx(theirs["mean"], rel=1e-6)


def test_the_table_tells_the_bias_first(tmp_path: Path) -> None:
    text = run(write(tmp_path / "panel.csv", lines_of()), "--promo", "promo")
    assert text.index("bias") < text.index("RMSSE")
    assert "outlet-1" in text


@pytest.mark.parametrize(
    ("what", "keep", "options", "warning"),
    [
        ("no row where nothing was sold", lambda line: line[2] != 0, (), "writes no zeros"),
        ("rows missing", lambda line: line[1] != "2026-02-02", (), "taken as unknown"),
        ("no plan ahead", lambda line: line[2] is not None, ("--promo", "promo"), "not given for all periods"),
        ("short", lambda line: line[1] < "2026-01-20", (), "too short for a backtest"),
    ],
)
def test_what_is_assumed_is_said(
    tmp_path: Path, what: str, keep: object, options: tuple[str, ...], warning: str
) -> None:
    assert callable(keep)
    file = write(tmp_path / "panel.csv", [line for line in lines_of() if keep(line)])
    answer = json.loads(run(file, *options, "--horizon", "14", "--json"))
    assert any(warning in said for said in answer["warnings"]), (what, answer["warnings"])
    assert answer["horizon"] == len(answer["series"][0]["forecast"]) == 14


@pytest.mark.parametrize(
    ("times", "ahead"),
    [
        ([str(number) for number in range(1, 61)], ["+1", "+2"]),
        ([f"{2020 + month // 12}-{month % 12 + 1:02}" for month in range(60)], ["+1", "+2"]),
        ([f"2026/01/{day:02}" for day in range(1, 31)], ["2026-01-31", "2026-02-01"]),
    ],
)
def test_other_ways_to_write_the_time(tmp_path: Path, times: list[str], ahead: list[str]) -> None:
    file = write(tmp_path / "panel.csv", [("a", time, 3.0, 0.0) for time in times])
    answer = json.loads(run(file, "--horizon", "2", "--json"))
    assert [each["time"] for each in answer["series"][0]["forecast"]] == ahead
    assert answer["series"][0]["total"] == pytest.approx(6, rel=0.05)


@pytest.mark.parametrize(
    ("lines", "options", "match"),
    [
        ([("a", "2026-01-01", -2.0, 0.0)], (), "line 2: units is -2, below zero"),
        ([("a", "2026-01-01", 1.0, 0.0), ("a", "2026-01-01", 2.0, 0.0)], (), "line 3: a second row"),
        ([("a", "2026-01-01", 1.0, 0.0), ("a", "2026/1/1", 2.0, 0.0)], (), "write them alike"),
        ([("a", "2026-01-01", float("inf"), 0.0)], (), "infinite"),
        ([("a", "2026-01-01", None, 0.0)], (), "no row with a value"),
        ([("", "2026-01-01", 1.0, 0.0)], (), "the series or the time is missing"),
        ([("a", "some day", 1.0, 0.0), ("a", "another", 1.0, 0.0)], (), "cannot be put in order"),
        ([("a", "1926-01-01", 1.0, 0.0), ("a", "2026-01-01", 1.0, 0.0)], (), "over ten years"),
        ([("a", "2026-01-01", 1.0, 0.0)], ("--promo", "nothing"), "has no column 'nothing'"),
        ([("a", "2026-01-01", 1.0, 0.0)], ("--promo", "units"), "must all differ"),
        ([("a", "2026-01-01", 1.0, 7.0)], ("--in-stock", "promo"), "between 0 and 1"),
    ],
)
def test_what_cannot_be_understood_is_refused(
    tmp_path: Path, lines: Table, options: tuple[str, ...], match: str
) -> None:
    file = write(tmp_path / "panel.csv", lines)
    with pytest.raises(BadInputError, match=match):
        run(file, *options)
