"""One day of two coolers, two photos each, written once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app

WEEK = [
    "week",
    "--coolers",
    "2",
    "--outlets",
    "2",
    "--days",
    "1",
    "--photos-per-day",
    "2",
    "--workers",
    "1",
    "--seed",
    "3",
]


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the written day."""
    out = tmp_path_factory.mktemp("week")
    result = CliRunner().invoke(app, [*WEEK, "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out
