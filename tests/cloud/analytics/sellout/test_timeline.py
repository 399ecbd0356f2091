"""Photos, deliveries and midnights as steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, Delivery, RecordError
from cloud.analytics.sellout.timeline import doubt, timeline

HOUR = 3600.0
DAY = 24 * HOUR
TWO_DAYS = CoolerRecord(
    cooler="cooler-1",
    outlet="outlet-1",
    skus=("cola", "lemon"),
    lanes=((6, 6), (6,)),
    days=np.array([0.0, DAY, 2 * DAY]),
    opening=np.array([[8 * HOUR, 20 * HOUR], [DAY + 8 * HOUR, DAY + 18 * HOUR]]),
    first_weekday=6,
    photos=np.array([10 * HOUR, 16 * HOUR, DAY + 10 * HOUR]),
    counts=np.array([[5, 3], [4, 3], [4, UNSEEN]]),
    restocked="as-delivered",
)


def test_steps_end_at_photos_and_midnights() -> None:
    line = timeline(TWO_DAYS)
    assert line.photo.tolist() == [0, 1, -1, 2, -1]
    assert line.day.tolist() == [0, 0, 0, 1, 1]
    assert line.hours.sum(axis=1).tolist() == [2, 6, 4, 2, 8]


def test_open_hours_fall_into_the_hours_of_the_week() -> None:
    week = timeline(TWO_DAYS).hours.sum(axis=0).reshape(7, 24)
    assert np.flatnonzero(week[6]).tolist() == list(range(8, 20))
    assert np.flatnonzero(week[0]).tolist() == list(range(8, 18))
    assert week.sum() == 22


def test_a_delivery_ends_a_step_and_deliveries_add_up() -> None:
    brought = (Delivery(12 * HOUR, "cola", 4, trust=0.9), Delivery(12 * HOUR, "cola", 2), Delivery(HOUR, "lemon", 1))
    line = timeline(replace(TWO_DAYS, deliveries=brought))
    assert line.photo.tolist() == [-1, 0, -1, 1, -1, 2, -1]
    assert line.arrived[2].tolist() == [6, 0]
    assert line.trust[2].tolist() == [0.9, 1]


@pytest.mark.parametrize(
    ("restocked", "doors", "moments"),
    [("as-delivered", (), 0), ("unseen", (), 15), ("unseen", (9 * HOUR, DAY + 9 * HOUR), 2)],
    ids=["booked only", "at any time", "when the door was open"],
)
def test_when_the_shelf_may_be_refilled_unseen(restocked: str, doors: tuple[float, ...], moments: int) -> None:
    line = timeline(replace(TWO_DAYS, restocked=restocked, doors=np.array(doors)))  # type: ignore[arg-type]
    assert line.refill.sum() == moments


@pytest.mark.parametrize(
    ("photos", "covered"),
    [
        ((10, 16, 34), (10 / 12, 2 / 10)),
        ((10, 16), (6 / 12, 0)),
        ((8, 24 + 18), (0, 0)),  # 22 open hours without a photo
        ((10,), (0, 0)),
    ],
)
def test_open_hours_between_photos_are_covered(photos: tuple[int, ...], covered: tuple[float, float]) -> None:
    taken = replace(TWO_DAYS, photos=np.array(photos) * HOUR, counts=np.full((len(photos), 2), 3))
    assert timeline(taken).covered == pytest.approx(covered)


def test_a_count_that_vision_is_less_sure_of_tells_less() -> None:
    stated = np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 1.0]]) * np.sqrt(np.maximum(TWO_DAYS.counts, 0))
    assert doubt(replace(TWO_DAYS, count_sd=stated)) == pytest.approx(np.array([[1, 1], [4, 1], [1, 1]]))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"counts": np.zeros((3, 1), int)}, "photos by SKUs"),
        ({"days": np.array([0.0, 0.0, DAY])}, "in order of time"),
        ({"photos": np.array([2.0, 1.0, 3.0])}, "in order of time"),
        ({"opening": np.zeros((1, 2))}, "an opening and a closing time"),
        ({"lanes": ((6, 6), ())}, "at least one lane"),
        ({"deliveries": (Delivery(0.0, "water", 3),)}, "no SKU of this cooler"),
    ],
)
def test_a_record_that_cannot_be_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(RecordError, match=complaint):
        replace(TWO_DAYS, **change)  # type: ignore[arg-type]
