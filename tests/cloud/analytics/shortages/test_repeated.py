from datetime import UTC, datetime, timedelta

import pytest

from cloud.analytics.shortages.repeated import Repeated, between_visits
from cloud.analytics.stockouts import Episode

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def episodes(*back: float | None) -> tuple[Episode, ...]:
    """Each begins half a day before it ends; None has not ended."""
    ends = [None if at is None else day(at) for at in back]
    begins = [(end or day(40)) - timedelta(days=0.5) for end in ends]
    return tuple(Episode(at, at, at, 0.9, end) for at, end in zip(begins, ends, strict=True))


@pytest.mark.parametrize(
    ("back", "every"),
    [
        pytest.param([3, 6, 9], 3.0, id="every third day"),
        pytest.param([9, 3, 8], 3.0, id="in any order"),
        pytest.param([3, None], None, id="came back once"),
        pytest.param([], None, id="never out"),
    ],
)
def test_visits_are_seen_by_what_comes_back(back: list[float | None], every: float | None) -> None:
    found = between_visits(episodes(*back))
    assert (found and found / timedelta(days=1)) == every


@pytest.mark.parametrize(
    ("holds", "wanted", "every", "reason"),
    [
        pytest.param(6, 8.0, 3.0, "lanes-too-few", id="gone within a day"),
        pytest.param(12, 6.0, 3.0, "visits-too-rare", id="lasts two days of three"),
        pytest.param(24, 6.0, 3.0, "not-filled-up", id="would have lasted four days"),
        pytest.param(24, None, 3.0, "unknown", id="sell-out is not known"),
        pytest.param(24, 0.0, 3.0, "unknown", id="nobody wants it"),
        pytest.param(24, 6.0, None, "unknown", id="no visit is known"),
        pytest.param(0, 6.0, 3.0, "unknown", id="planned no longer"),
    ],
)
def test_the_reason_is_what_the_lanes_hold_against_what_is_wanted(
    holds: int, wanted: float | None, every: float | None, reason: str
) -> None:
    visits = None if every is None else timedelta(days=every)
    assert Repeated("cooler-01", "cola", episodes(3, 6, 9), holds, wanted, visits).reason == reason
