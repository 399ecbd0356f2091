"""The whole product, started for real: `facings up` and `facings edge run` as processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from datasets.cli import app as datasets_app
from tests.support.cloud import RunningCloud
from tests.support.daemon import RunningDaemon


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[RunningCloud]:
    """A running cloud with the tenant `acme`."""
    with RunningCloud(tmp_path / "cloud") as running:
        yield running


@pytest.fixture
def daemon(tmp_path: Path, cloud: RunningCloud) -> Iterator[Callable[..., RunningDaemon]]:
    """Makes daemons of devices of the running cloud; none outlives the test."""
    made: list[RunningDaemon] = []

    def make(device: str, photos: Path, gallery: Path | None = None) -> RunningDaemon:
        made.append(RunningDaemon(tmp_path / device, cloud, device, photos, gallery))
        return made[-1]

    yield make
    for one in made:
        one.end()


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Ten composed photos of coolers."""
    out = tmp_path_factory.mktemp("rendered")
    done = CliRunner().invoke(datasets_app, ["compose", "--scenes", "10", "--variety", "0", "--out", str(out)])
    assert done.exit_code == 0, done.output
    return sorted((out / "images").glob("*.jpg"))
