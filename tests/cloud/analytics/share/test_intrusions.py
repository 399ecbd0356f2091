"""When an intrusion begins and ends. A photo an hour: `.` without the product, `1` to `9` its facings, `?` doubtful."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloud.analytics.share.intrusions import Sighting, fold, hours
from tests.support.messages import NOON


def sightings(photos: str) -> list[Sighting]:
    """`2?` is a doubtful sighting of two facings, `.?` a doubtful photo without the product."""
    made: list[Sighting] = []
    for mark in photos:
        if mark == "?":
            made[-1] = Sighting(made[-1].at, made[-1].facings, 0.3)
        else:
            made.append(Sighting(NOON + timedelta(hours=len(made)), 0 if mark == "." else int(mark), 0.9))
    return made


@pytest.mark.parametrize(
    ("photos", "spells"),
    [
        pytest.param("....", [], id="never"),
        pytest.param(".23.", [(1, 3, 3)], id="came and went"),
        pytest.param(".2", [(1, None, 2)], id="still there"),
        pytest.param("2.", [(0, 1, 2)], id="there from the first photo"),
        pytest.param(".2?..", [], id="one doubtful photo begins nothing"),
        pytest.param(".2?2.", [(1, 3, 2)], id="a doubtful one, then a sure one: from the doubtful one on"),
        pytest.param(".2?3?.", [(1, 3, 3)], id="two doubtful ones agree"),
        pytest.param(".2.?2.", [(1, 4, 2)], id="one doubtful photo ends nothing"),
        pytest.param(".2.?.?", [(1, 2, 2)], id="two doubtful ones end it, at the first"),
        pytest.param(".2.3.", [(1, 2, 2), (3, 4, 3)], id="twice"),
    ],
)
def test_spells(photos: str, spells: list[tuple[int, int | None, int]]) -> None:
    def hour(at: object) -> object:
        return at and (at - NOON) // timedelta(hours=1)  # type: ignore[operator]

    assert [(hour(one.first_seen_at), hour(one.gone_at), one.facings) for one in fold(sightings(photos))] == spells


@pytest.mark.parametrize(
    ("photos", "low", "value", "high"),
    [(".22.", 1, 2, 3), ("22.", 1, 1.5, 2), (".222", 2, 2.5, 3), (".2.", 0, 1, 2)],
)
def test_hours_lie_between_the_photos(photos: str, low: float, value: float, high: float) -> None:
    (spell,) = fold(sightings(photos))
    lasted = hours(spell)
    assert (lasted.low, lasted.value, lasted.high) == (low, value, high)
