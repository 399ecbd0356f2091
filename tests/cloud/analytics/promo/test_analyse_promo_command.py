"""`facings analyse promo`: the JSON that programs read, the table that people read, the errors that both get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from cloud.analytics.analyse import app
from facings.errors import BadInputError
from tests.support.panels import COLUMNS, noisy_panel, panel, write_csv


def _run(file: Path, *options: str) -> Any:
    done = CliRunner().invoke(app, ["promo", "--panel", str(file), *COLUMNS, *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def _refuse_nan(word: str) -> float:
    raise AssertionError(f"{word} in JSON")


def _json(file: Path, *options: str) -> dict[str, Any]:
    printed = _run(file, "--json", *options).stdout
    found: dict[str, Any] = json.loads(printed, parse_constant=_refuse_nan)
    return found


def test_json_has_an_object_per_estimator(tmp_path: Path) -> None:
    answer = _json(write_csv(tmp_path / "panel.csv", noisy_panel(1), extra=True))
    for name in ("did", "synthetic_control", "sdid"):
        assert answer[name]["low"] < answer[name]["effect"] < answer[name]["high"]
        assert answer[name]["effect"] == pytest.approx(3, abs=1)
    assert (answer["units"], answer["treated_units"], answer["periods"]) == (30, 8, 20)
    assert (answer["verdict"], answer["level"]) == ("success", 0.95)
    assert answer["roi"] is None


def test_roi_is_what_the_formula_says(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "panel.csv", noisy_panel(1))
    answer = _json(file, "--margin", "2", "--cost", "100")
    units = answer["sdid"]["effect"] * 8 * 8
    assert answer["roi"]["incremental_units"]["value"] == pytest.approx(units)
    assert answer["roi"]["roi"]["value"] == pytest.approx((units * 2 - 100) / 100)
    assert answer["roi"]["roi"]["low"] == pytest.approx((answer["sdid"]["low"] * 64 * 2 - 100) / 100)
    assert answer["verdict"] == "success"


@pytest.mark.parametrize(
    ("cost", "verdict", "says"),
    [
        ("100", "success", "earned its cost"),
        ("380", "cannot tell", "is open"),
        ("5000", "harmful", "less than it cost"),
    ],
)
def test_a_rise_is_a_success_only_where_it_paid(tmp_path: Path, cost: str, verdict: str, says: str) -> None:
    answer = _json(write_csv(tmp_path / "panel.csv", noisy_panel(1)), "--margin", "2", "--cost", cost)
    assert answer["verdict"] == verdict
    assert says in answer["reason"]


def test_a_wider_level_is_a_wider_interval_and_the_same_seed_the_same_answer(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "panel.csv", noisy_panel(1, starts=(12,)))
    narrow, wide, again = (_json(file, "--level", level, "--seed", "4") for level in ("0.8", "0.99", "0.8"))
    assert wide["sdid"]["low"] < narrow["sdid"]["low"]
    assert narrow == again


def test_what_is_unknown_is_null(tmp_path: Path) -> None:
    made = panel([[1, 2, 9], [1, 2, 3]], [[0, 0, 1], [0, 0, 0]])
    answer = _json(write_csv(tmp_path / "panel.csv", made))
    assert (answer["did"]["low"], answer["did"]["se"], answer["verdict"]) == (None, None, "cannot tell")
    assert any(warning.startswith("did: no interval") for warning in answer["warnings"])


def test_missing_values_are_told(tmp_path: Path) -> None:
    made = noisy_panel(1)
    outcome = made.outcome.copy()
    outcome[20, 3] = np.nan
    answer = _json(write_csv(tmp_path / "panel.csv", panel(outcome.tolist(), made.treated.tolist())))
    assert "1 of 600 values are missing" in answer["warnings"][0]


def test_the_table_says_the_same(tmp_path: Path) -> None:
    shown = _run(write_csv(tmp_path / "panel.csv", noisy_panel(1)), "--margin", "2", "--cost", "100").stdout
    for words in ("30 units (8 treated, 22 controls)", "synthetic DiD *", "trend before", "ROI", "success:"):
        assert words in shown


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--margin", "2"), "both --margin"),
        (("--margin", "2", "--cost", "0"), "a number over 0"),
        (("--level", "95"), "between 0.5 and 1"),
        (("--outcome", "sales"), "has no column 'sales'"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: tuple[str, ...], says: str) -> None:
    file = write_csv(tmp_path / "panel.csv", noisy_panel(1))
    with pytest.raises(BadInputError, match=says):
        _run(file, *options)
