"""A disk that is full while the cloud runs: it is said, nothing is lost, and all goes on when there is room."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from cloud.analytics.rollups import background
from cloud.analytics.rollups.background import RollupRounds
from cloud.instance import Instance
from cloud.services import Services
from cloud.settings import BrokerSettings, CloudSettings, HttpSettings
from cloud.stores import check_disk
from facings.errors import UnavailableError
from tests.support.cloud import furnish, running_services, serving, wait_until
from tests.support.raw_lines import RawPhoto, bring, stored_rollup
from tests.support.small_disk import fill, mounted

DAY = datetime(2026, 11, 2, tzinfo=UTC)
PRODUCT = {"name": "Cola", "brand": "Rubia", "owner": "Acme", "own": True}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 160) as folder:
        yield folder


@pytest.fixture
def services(small_disk: Path) -> Iterator[Services]:
    with running_services(small_disk / "cloud") as running:
        yield running


def photo(hour: int) -> RawPhoto:
    return RawPhoto(hour, "front", "kiosk", DAY + timedelta(hours=hour), {"cola": 4})


def test_sums_wait_for_room_and_are_made_then(
    services: Services, small_disk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "EVERY_S", 0.05)
    caplog.set_level(logging.INFO, "cloud.analytics.rollups.background")
    rounds = RollupRounds(services)
    rounds.start()
    try:
        key = furnish(services.records)
        bring(
            services, "acme", [RawPhoto(n, "front", "kiosk", DAY + timedelta(hours=n), {"cola": 4}) for n in range(9)]
        )
        others = fill(small_disk)
        with pytest.raises(UnavailableError, match="is full"):
            check_disk(services.settings.data_dir)
        with pytest.raises(DatabaseError, match="NOT_ENOUGH_SPACE"):
            bring(services, "acme", [photo(30)])
        with serving(services, key) as client:
            refused = client.put("/api/v1/products/cola", json=PRODUCT)
            assert (refused.status_code, refused.json()["error"]["message"]) == (
                503,
                "the disk of this service is full",
            )
            others.unlink()
            assert client.put("/api/v1/products/cola", json=PRODUCT).status_code == 201
        bring(services, "acme", [photo(30)])
        days = lambda: stored_rollup(services, "acme", "shelf_day", ("day", "units"))  # noqa: E731
        wait_until(lambda: [units for _, units in days()] == [36, 4], 30, "both days added up")
    finally:
        rounds.stop()
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) <= 1, "said once"


def test_a_cloud_that_cannot_start_for_want_of_room_says_so(small_disk: Path) -> None:
    fill(small_disk)
    broker = BrokerSettings(mqtt_port=0, websocket_port=0)
    settings = CloudSettings(data_dir=small_disk / "cloud", http=HttpSettings(port=0), broker=broker)
    with pytest.raises(UnavailableError, match="is its disk full"):
        Instance(settings).start()
