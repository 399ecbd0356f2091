from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.absence import Reading
from cloud.analytics.places import Spot
from cloud.analytics.refills import OFTEN
from cloud.analytics.stockouts import Episode, fold, hours

START = datetime(2026, 3, 2, tzinfo=UTC)
SURE, DOUBTFUL, UNUSABLE = 0.9, 0.3, None
SEEN, GAP, FAINT, NOTHING, OTHER, UNNAMED = "itself", "gap", "faint gap", "nothing", "other", "unnamed"


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def readings(*photos: Any, gravity_feed: bool = False, refilled: float = OFTEN) -> list[Reading]:
    """One reading an hour: what stands in each lane, and how sure the photo is; a name alone stands for one lane."""
    plain = [_reading(hour(number), photo) for number, photo in enumerate(photos)]
    return [replace(one, gravity_feed=gravity_feed, refilled=refilled) for one in plain]


def _reading(at: datetime, photo: Any) -> Reading:
    spots, confidence = photo if isinstance(photo, tuple) and photo[-1] not in get_args(Spot) else (photo, SURE)
    lanes: tuple[Spot, ...] = (spots,) if isinstance(spots, str) else tuple(spots)
    return Reading(at, lanes.count(SEEN), confidence or 0, confidence is not None, lanes, len(lanes))


def told(episodes: list[Episode]) -> list[tuple[int, int, int, int | None]]:
    def number(at: datetime) -> int:
        return int((at - START).total_seconds() // 3600)

    return [
        (number(e.last_seen_at), number(e.first_missed_at), number(e.last_missed_at), e.back_at and number(e.back_at))
        for e in episodes
    ]


RULES = [
    pytest.param([], [], id="no photo"),
    pytest.param([GAP, GAP], [], id="never seen: a void"),
    pytest.param([SEEN, SEEN], [], id="always there"),
    pytest.param([SEEN, GAP], [(0, 1, 1, None)], id="a gap in its only lane: out at once"),
    pytest.param([SEEN, GAP, GAP, SEEN], [(0, 2, 2, 3)], id="ended; it began with the photo that made it sure"),
    pytest.param([SEEN, (GAP, UNUSABLE), SEEN], [], id="an unusable photo says nothing"),
    pytest.param([SEEN, GAP, GAP, (SEEN, UNUSABLE), SEEN], [(0, 2, 2, 4)], id="nor in an episode"),
    pytest.param([SEEN, (GAP, 0.15), SEEN], [], id="one doubtful gap opens nothing"),
    pytest.param([SEEN, *[(GAP, DOUBTFUL)] * 3], [(0, 3, 3, None)], id="three do, as soon as it is likely"),
    pytest.param([SEEN, FAINT, SEEN], [], id="nor does a faint gap"),
    pytest.param([SEEN, FAINT, GAP], [(0, 2, 2, None)], id="a gap confirms it"),
    pytest.param([SEEN, NOTHING, NOTHING, NOTHING], [], id="nothing seen: it may be pushed back"),
    pytest.param([SEEN, NOTHING, GAP, GAP, SEEN], [(0, 3, 3, 4)], id="until gaps are"),
    pytest.param([SEEN, *[UNNAMED] * 9], [], id="an unnamed product in its lane is most likely the SKU"),
    pytest.param([SEEN, UNNAMED, GAP], [(1, 2, 2, None)], id="and tells that it was still there"),
    pytest.param([SEEN, *[OTHER] * 9], [], id="another SKU in its lane may be a wrong name"),
    pytest.param([SEEN, *[OTHER] * 20], [(0, 20, 20, None)], id="but not for ever"),
    pytest.param([(SEEN, SEEN), (GAP, GAP)], [(0, 1, 1, None)], id="gaps in both lanes"),
    pytest.param([(SEEN, SEEN), (GAP, NOTHING)], [], id="a gap in one of two lanes"),
    pytest.param([(SEEN, SEEN), (GAP, NOTHING), (NOTHING, GAP)], [(0, 2, 2, None)], id="one after the other"),
    pytest.param([SEEN, GAP, GAP, GAP, (SEEN, 0.2), GAP], [(0, 3, 5, None)], id="one doubtful sighting ends nothing"),
    pytest.param([SEEN, GAP, GAP, SEEN, GAP, GAP, SEEN], [(0, 2, 2, 3), (3, 5, 5, 6)], id="twice"),
]


@pytest.mark.parametrize(("photos", "episodes"), RULES)
def test_rules(photos: list[Any], episodes: list[tuple[int, int, int, int | None]]) -> None:
    assert told(fold(readings(*photos))[0]) == episodes


@pytest.mark.parametrize(
    ("refilled", "gravity_feed", "kept"),
    [
        pytest.param(0.05, False, False, id="nobody filled up: it stood there, pushed back"),
        pytest.param(0.95, False, False, id="somebody did, but it may have stood far back before"),
        pytest.param(0.05, True, False, id="nobody filled up where units slide forward: it was overlooked"),
        pytest.param(0.95, True, True, id="somebody did, and a gap there is a gap"),
    ],
)
def test_the_sighting_after_one_gap_tells_in_hindsight(refilled: float, gravity_feed: bool, kept: bool) -> None:
    seen = readings(SEEN, GAP, SEEN, gravity_feed=gravity_feed, refilled=refilled)
    assert told(fold(seen[:2])[0]) == [(0, 1, 1, None)]
    assert told(fold(seen)[0]) == ([(0, 1, 1, 2)] if kept else [])


@pytest.mark.parametrize(
    ("named", "episodes"),
    [
        pytest.param([3, 3, 0], [], id="one photo without the name decides nothing"),
        pytest.param([3, 0, 0, 3], [], id="nor do two"),
        pytest.param([3, 0, 0, 0], [(0, 3, 3, None)], id="three do"),
        pytest.param([3, *[0] * 14, 3], [(0, 5, 14, 15)], id="it is sure from the fifth on"),
    ],
)
def test_without_lanes_only_names_count(named: list[int], episodes: list[Any]) -> None:
    photos = [Reading(hour(at), units, SURE) for at, units in enumerate(named)]
    assert told(fold(photos)[0]) == episodes


def test_hours_are_lower_middle_upper() -> None:
    ended = Episode(hour(0), hour(4), hour(10), 0.9, back_at=hour(16))
    assert (hours(ended).low, hours(ended).value, hours(ended).high) == (6, 11, 16)
    lasting = Episode(hour(0), hour(4), hour(10), 0.9)
    assert (hours(lasting).low, hours(lasting).value, hours(lasting).high) == (6, 8, 10)


SERIES = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(get_args(Spot)), st.sampled_from(get_args(Spot))),
        st.sampled_from([SURE, DOUBTFUL, UNUSABLE]),
    ),
    min_size=1,
    max_size=14,
).map(lambda photos: readings(*photos))


@given(SERIES, st.data())
def test_batches_of_any_size_tell_the_same(photos: list[Reading], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(photos)))
    first, watch = fold(photos[:cut])
    ended = [episode for episode in first if episode.back_at]
    rest, last = fold(photos[cut:], watch)
    assert (ended + rest, last) == fold(photos)


@given(SERIES)
def test_a_sure_sighting_at_home_makes_the_past_irrelevant(photos: list[Reading]) -> None:
    whole, watch = fold(photos)
    for start, photo in enumerate(photos):
        if photo.settles:
            later = [episode for episode in whole if episode.first_missed_at > photo.at]
            assert fold(photos[start:]) == (later, watch)


@given(SERIES)
def test_episodes_lie_apart_and_in_order(photos: list[Reading]) -> None:
    episodes, _ = fold(photos)
    for episode in episodes:
        assert episode.last_seen_at < episode.first_missed_at <= episode.last_missed_at
        assert episode.back_at is None or episode.last_missed_at < episode.back_at
        assert hours(episode).low <= hours(episode).value <= hours(episode).high
    assert all(a.back_at and a.back_at <= b.last_seen_at for a, b in pairwise(episodes))
