"""Fleets against a whole cloud."""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cloud.api.errors import ApiError
from datasets.products.catalogues import demo_catalogue
from facings.clock import SystemClock
from facings.errors import BadInputError, FacingsError, UnavailableError
from firmware_sim.cli import app
from firmware_sim.fleet.connection import Broker
from firmware_sim.fleet.device import FleetDevice, Habits
from firmware_sim.fleet.errors import PERFECT
from firmware_sim.fleet.run import Fleet, Schedule
from firmware_sim.fleet.seeing import Eye
from firmware_sim.fleet.shelves import fleet_job, make_fleet_world
from firmware_sim.fleet.totals import Totals
from firmware_sim.world.state import ShelfState
from tests.support.cloud import EMAIL, PASSWORD, TENANT, RunningCloud, wait_until

FIRST = date(2026, 3, 2)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with RunningCloud(tmp_path_factory.mktemp("fleet") / "cloud") as running:
        yield running


def command(cloud: RunningCloud, keys: Path, *more: str) -> list[str]:
    places = ["--url", cloud.url, "--broker", cloud.mqtt_url, "--tenant", TENANT, "--keys", str(keys)]
    size = ["--coolers", "3", "--days", "1", "--photos-per-day", "3", "--speed", "1e6", "--start", FIRST.isoformat()]
    return ["fleet", *places, *size, *more]


def stored(cloud: RunningCloud) -> float:
    """Numbered messages that the cloud has stored, each once, as it counts them itself."""
    with cloud.client() as client:
        text = client.get("/metrics").text
    return sum(map(float, re.findall(r'_messages_total\{kind="(?:observation|event)",outcome="stored"\} (\S+)', text)))


def test_a_fleet_provisions_itself_and_every_photo_is_stored_once(cloud: RunningCloud, tmp_path: Path) -> None:
    login = ["--email", EMAIL, "--password", PASSWORD, "--missed", "0", "--repeated", "0.5"]
    keys, before = tmp_path / "keys.json", stored(cloud)
    result = CliRunner().invoke(app, command(cloud, keys, *login))
    assert result.exit_code == 0, result.output
    totals = json.loads(result.stdout)
    assert (totals["devices"], totals["messages"], totals["acked"], totals["unacked"]) == (3, 9, 9, 0)
    assert totals["duplicates"] > 0
    coolers = sorted(json.loads(keys.read_text()))
    assert stored(cloud) - before == 9
    assert keys.stat().st_mode & 0o077 == 0
    with cloud.client() as client:
        device = client.get(f"/api/v1/devices/{coolers[0]}").json()
        assert device["birth"]["version"]
        wait_until(lambda: client.get(f"/api/v1/devices/{coolers[0]}").json()["state"] == "stopped")
        assert client.get(f"/api/v1/coolers/{coolers[0]}").json()["planogram_id"]
        revoked = [key["revoked_at"] for key in client.get("/api/v1/keys").json()["items"] if "fleet" in key["name"]]
    assert revoked and all(revoked)
    again = CliRunner().invoke(app, command(cloud, keys))  # the keys are known: nobody signs in
    assert again.exit_code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "give --email and --password"),
        (["--email", EMAIL, "--password", "wrong"], "signing in"),
        (["--email", EMAIL, "--password", PASSWORD, "--url", "http://127.0.0.1:9"], "no answer"),
        (["--start", "monday"], "expected a day such as"),
    ],
)
def test_a_fleet_that_cannot_begin_says_why(cloud: RunningCloud, tmp_path: Path, options: list[str], says: str) -> None:
    result = CliRunner().invoke(app, command(cloud, tmp_path / "keys.json", *options))
    assert isinstance(result.exception, FacingsError)
    assert says in str(result.exception)


def test_a_device_whose_key_nobody_has_is_told(cloud: RunningCloud, tmp_path: Path) -> None:
    cooler = make_fleet_world(fleet_job(3, 1, FIRST, 0, "demo")).coolers[0].id
    with contextlib.suppress(ApiError):  # another test may have made it
        cloud.add_device(cooler)
    result = CliRunner().invoke(app, command(cloud, tmp_path / "keys.json", "--email", EMAIL, "--password", PASSWORD))
    assert isinstance(result.exception, BadInputError)
    assert "tells its key to nobody" in str(result.exception)


class Shelves:
    """Photos an hour apart."""

    def __init__(self, cooler: str, count: int) -> None:
        job = fleet_job(1, 1, FIRST, 0, "demo")
        self._state = next(make_fleet_world(job).coolers[0].photos(FIRST, 1, 1, 0))
        self._cooler, self._count = cooler, count

    def __iter__(self) -> Iterator[ShelfState]:
        first = datetime(2026, 3, 2, tzinfo=UTC)
        for hour in range(self._count):
            yield ShelfState(self._cooler, first + timedelta(hours=hour), self._state.rows)


def devices(cloud: RunningCloud, totals: Totals, names: list[str], photos: int) -> list[FleetDevice]:
    chance = random.Random(1)
    eye = Eye(demo_catalogue(), PERFECT, chance)
    return [
        FleetDevice(TENANT, name, cloud.add_device(name), iter(Shelves(name, photos)), eye, chance,
                    SystemClock(), totals, Habits(missed=0))
        for name in names
    ]  # fmt: skip


def test_a_cut_line_loses_nothing(cloud: RunningCloud) -> None:
    totals, before = Totals(), stored(cloud)
    fleet = devices(cloud, totals, ["cut-1", "cut-2"], photos=40)

    async def run() -> dict[str, Any]:
        running = Fleet(fleet, Broker(cloud.mqtt_url), Schedule(speed=36_000), totals)
        work = asyncio.create_task(running.run())
        while totals.acked < 10:
            await asyncio.sleep(0.02)
        for device in fleet:
            device.cut()
        return await work

    result = asyncio.run(run())
    assert (result["acked"], result["unacked"], result["reconnects"]) == (80, 0, 2)
    assert stored(cloud) - before == 80


def test_a_fleet_that_is_stopped_says_goodbye(cloud: RunningCloud) -> None:
    totals = Totals()
    fleet = devices(cloud, totals, ["brief-1"], photos=1000)

    async def run() -> dict[str, Any]:
        running = Fleet(fleet, Broker(cloud.mqtt_url), Schedule(speed=36_000), totals)
        work = asyncio.create_task(running.run())
        while totals.acked < 5:
            await asyncio.sleep(0.02)
        running.stop()
        return await work

    result = asyncio.run(run())
    assert 5 <= result["messages"] < 1000
    assert result["unacked"] == 0


def test_a_revoked_device_is_refused(cloud: RunningCloud) -> None:
    totals = Totals()
    (device,) = devices(cloud, totals, ["refused-1"], photos=1)
    device.key = "fdk_wrong"
    schedule = Schedule(speed=1, admitted_within_s=0)
    with pytest.raises(UnavailableError, match=r"refuses acme/refused-1: (not authorised|bad user name)"):
        asyncio.run(Fleet([device], Broker(cloud.mqtt_url), schedule, totals).run())


@pytest.mark.parametrize("url", ["http://broker", "mqtt://", "broker:1883"])
def test_an_address_that_is_no_brokers(url: str) -> None:
    with pytest.raises(BadInputError, match="expected mqtt://"):
        Broker(url)


def test_photos_lie_in_the_opening_hours_and_coolers_differ() -> None:
    world = make_fleet_world(fleet_job(4, 1, FIRST, 0, "demo"))
    times = [cooler.photo_times(FIRST, 1, 3, 0) for cooler in world.coolers]
    assert len({tuple(each) for each in times}) == 4
    for cooler, each in zip(world.coolers, times, strict=True):
        assert each == sorted(each)
        assert (each[-1] - each[0]) < timedelta(hours=cooler.outlet.store.closes - cooler.outlet.store.opens)
