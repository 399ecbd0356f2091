"""The whole product, started for real: `facings up` and `facings edge run` as processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_sim.demo.shipped import SHIPPED
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
def rendered() -> list[Path]:
    """Ten photo-real photos of coolers: the first of the week that the demo replays."""
    return sorted((SHIPPED / "coolers").glob("*/photos/*.jpg"))[:10]
