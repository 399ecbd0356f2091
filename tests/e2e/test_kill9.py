"""kill -9 of each part in the middle of a run: every photo is stored, once and only once, with its picture.

`make kill-tests RUNS=10` runs each several times.
"""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cloud import RunningCloud, wait_until
from tests.support.daemon import RunningDaemon, photo_hashes, replay_of

DEVICE = "cooler-01"
RUNS = range(int(os.environ.get("FACINGS_KILL_RUNS", "1")))

Daemon = Callable[..., RunningDaemon]


def _stored(cloud: RunningCloud) -> int:
    with cloud.client() as client:
        return len(client.get(f"/api/v1/coolers/{DEVICE}/observations", params=_ALL).raise_for_status().json()["items"])


_ALL = {"from": "2026-10-01T00:00:00Z", "limit": 500}


def _pictures(cloud: RunningCloud) -> list[str]:
    """SHA-256 of the picture of every stored observation, sorted."""
    with cloud.client() as client:
        items = client.get(f"/api/v1/coolers/{DEVICE}/observations", params=_ALL).raise_for_status().json()["items"]
        contents = [client.get(f"/api/v1/photos/{item['photo']}/content").raise_for_status().content for item in items]
    return sorted(hashlib.sha256(content).hexdigest() for content in contents)


def _somewhere_in_the_run(cloud: RunningCloud) -> None:
    """Wait until part of the photos is stored, and then for a moment that is never the same."""
    wait_until(lambda: _stored(cloud) >= 2, within_s=90, what="two photos stored")
    time.sleep(random.uniform(0, 0.5))


@pytest.fixture
def replay(tmp_path: Path, rendered: list[Path]) -> Path:
    return replay_of(rendered, tmp_path / "photos", DEVICE)


@pytest.mark.parametrize("run", RUNS)
def test_kill_9_of_the_daemon(cloud: RunningCloud, daemon: Daemon, replay: Path, run: int) -> None:
    edge = daemon(DEVICE, replay)
    edge.start("--once")
    _somewhere_in_the_run(cloud)
    edge.kill9()
    edge.start("--once")
    edge.finish()
    assert _pictures(cloud) == photo_hashes(replay)


@pytest.mark.parametrize("run", RUNS)
def test_kill_9_of_the_cloud(cloud: RunningCloud, daemon: Daemon, replay: Path, run: int) -> None:
    edge = daemon(DEVICE, replay)
    edge.start("--once")
    _somewhere_in_the_run(cloud)
    cloud.kill9()
    cloud.restart()
    edge.finish()
    assert _pictures(cloud) == photo_hashes(replay)


@pytest.mark.parametrize("run", RUNS)
def test_kill_9_of_the_broker(cloud: RunningCloud, daemon: Daemon, replay: Path, run: int) -> None:
    edge = daemon(DEVICE, replay)
    edge.start("--once")
    _somewhere_in_the_run(cloud)
    cloud.kill9_broker()
    edge.finish()
    assert _pictures(cloud) == photo_hashes(replay)
