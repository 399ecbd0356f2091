"""Which photo comes when in a replay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from edge.capture.replay import Timeline
from facings.replay import read_manifest
from tests.support.cooler import FIRST, square_photo, write_replay


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_replay(tmp_path, [square_photo(n) for n in range(3)], step_s=600)


def test_a_replay_ends_after_its_last_photo(folder: Path) -> None:
    timeline = Timeline(read_manifest(folder).entries, speed=60, repeat=False)
    assert [timeline.entry(n).file for n in range(3)] == ["0000.png", "0001.png", "0002.png"]
    assert timeline.entry(3) is None
    assert timeline.delay(0, 2) == timedelta(seconds=20)


def test_a_repeated_replay_goes_on_in_time(folder: Path) -> None:
    timeline = Timeline(read_manifest(folder).entries, speed=1, repeat=True)
    assert [timeline.entry(n).at for n in (2, 3, 6)] == [FIRST + timedelta(minutes=m) for m in (20, 30, 60)]
    assert timeline.entry(7).file == "0001.png"


def test_a_lone_photo_repeats_each_minute(tmp_path: Path) -> None:
    entries = read_manifest(write_replay(tmp_path, [square_photo(1)])).entries
    assert Timeline(entries, 1, repeat=True).entry(2).at == FIRST + timedelta(minutes=2)
    assert Timeline((), 1, repeat=True).entry(0) is None
