from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.stockouts import Episode, Reading, SkuWatch, fold, hours

START = datetime(2026, 3, 2, tzinfo=UTC)
SURE, DOUBTFUL, UNUSABLE = 0.9, 0.3, None


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def readings(*units_and_confidence: tuple[int, float | None]) -> list[Reading]:
    """One reading an hour."""
    return [Reading(hour(h), units, c or 0, c is not None) for h, (units, c) in enumerate(units_and_confidence)]


def told(episodes: list[Episode]) -> list[tuple[int, int, int, int | None]]:
    def number(at: datetime) -> int:
        return int((at - START).total_seconds() // 3600)

    return [
        (number(e.last_seen_at), number(e.first_missed_at), number(e.last_missed_at), e.back_at and number(e.back_at))
        for e in episodes
    ]


@pytest.mark.parametrize(
    ("photos", "episodes"),
    [
        pytest.param([], [], id="no photo"),
        pytest.param([(0, SURE), (0, SURE)], [], id="never seen: a void"),
        pytest.param([(3, SURE), (2, SURE)], [], id="always there"),
        pytest.param([(3, SURE), (0, SURE)], [(0, 1, 1, None)], id="open"),
        pytest.param([(3, SURE), (0, SURE), (0, SURE), (2, SURE)], [(0, 1, 2, 3)], id="ended"),
        pytest.param([(3, SURE), (0, UNUSABLE), (3, SURE)], [], id="an unusable photo says nothing"),
        pytest.param([(3, SURE), (0, SURE), (0, UNUSABLE), (3, SURE)], [(0, 1, 1, 3)], id="nor in an episode"),
        pytest.param([(3, SURE), (0, DOUBTFUL), (3, SURE)], [], id="one doubtful miss opens nothing"),
        pytest.param([(3, SURE), (0, DOUBTFUL), (0, DOUBTFUL)], [(0, 1, 2, None)], id="two do, from the first on"),
        pytest.param([(3, SURE), (0, DOUBTFUL), (0, SURE)], [(0, 1, 2, None)], id="a sure one confirms a doubtful"),
        pytest.param([(3, SURE), (0, DOUBTFUL), (0, UNUSABLE), (0, DOUBTFUL)], [(0, 1, 3, None)], id="next usable"),
        pytest.param([(3, SURE), (0, SURE), (1, DOUBTFUL), (0, SURE)], [(0, 1, 3, None)], id="one doubtful sighting"),
        pytest.param([(3, SURE), (0, SURE), (1, DOUBTFUL), (1, DOUBTFUL)], [(0, 1, 1, 2)], id="two end it"),
        pytest.param([(1, DOUBTFUL), (0, SURE)], [], id="a void needs a sure sighting to end"),
        pytest.param([(1, DOUBTFUL), (1, DOUBTFUL), (0, SURE)], [(1, 2, 2, None)], id="or two doubtful ones"),
        pytest.param([(1, SURE), (0, SURE), (1, SURE), (0, SURE), (1, SURE)], [(0, 1, 1, 2), (2, 3, 3, 4)], id="twice"),
    ],
)
def test_rules(photos: list[tuple[int, float | None]], episodes: list[tuple[int, int, int, int | None]]) -> None:
    assert told(fold(readings(*photos))[0]) == episodes


def test_hours_are_lower_middle_upper() -> None:
    ended = Episode(hour(0), hour(4), hour(10), 0.9, back_at=hour(16))
    assert (hours(ended).low, hours(ended).value, hours(ended).high) == (6, 11, 16)
    lasting = Episode(hour(0), hour(4), hour(10), 0.9)
    assert (hours(lasting).low, hours(lasting).value, hours(lasting).high) == (6, 8, 10)


SERIES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([SURE, DOUBTFUL, UNUSABLE])), min_size=1, max_size=14
).map(lambda photos: readings(*photos))


@given(SERIES, st.data())
def test_batches_of_any_size_tell_the_same(photos: list[Reading], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(photos)))
    first, watch = fold(photos[:cut])
    ended = [episode for episode in first if episode.back_at]
    rest, last = fold(photos[cut:], watch)
    assert (ended + rest, last) == fold(photos)


@given(SERIES)
def test_a_sure_sighting_makes_the_past_irrelevant(photos: list[Reading]) -> None:
    whole, watch = fold(photos)
    for start, photo in enumerate(photos):
        if photo.usable and photo.units and photo.sure:
            later = [episode for episode in whole if episode.first_missed_at > photo.at]
            assert fold(photos[start:]) == (later, watch)


@given(SERIES)
def test_episodes_lie_apart_and_in_order(photos: list[Reading]) -> None:
    episodes, watch = fold(photos)
    for episode in episodes:
        assert episode.last_seen_at < episode.first_missed_at <= episode.last_missed_at
        assert episode.back_at is None or episode.last_missed_at < episode.back_at
        assert hours(episode).low <= hours(episode).value <= hours(episode).high
    assert all(a.back_at and a.back_at <= b.last_seen_at for a, b in pairwise(episodes))
    assert watch == SkuWatch() or watch.last_seen_at or watch.doubt_at
