"""Stock-outs in the records: whatever the order in which photos arrive, the same in the end."""

import random
from datetime import timedelta
from typing import Any

import pytest

from cloud.analytics.episodes import CORRECTED, NOT_PLANNED
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.present import Present
from cloud.outlets.models import Cooler
from cloud.retail.models import Proposal
from facings.messages import Quality
from tests.support.messages import NOON, lines_of
from tests.support.shelf import Shelf

FULL = {"cola-330": 4, "lemon-330": 2}
NO_COLA = {"lemon-330": 2}
BLIND = Quality(verdict="unusable", brightness=0.1, contrast=0, sharpness=0)


def episodes(shelf: Shelf) -> list[tuple[Any, ...]]:
    """The episodes that stand, in hours after noon."""

    def hour(at: Any) -> float | None:
        return None if at is None else (at - NOON) / timedelta(hours=1)

    rows = shelf.rows(StockoutEpisode, StockoutEpisode.withdrawn_at.is_(None))
    return sorted(
        (r.sku, hour(r.last_seen_at), hour(r.first_missed_at), hour(r.last_missed_at), hour(r.back_at)) for r in rows
    )


def proposals(shelf: Shelf) -> list[tuple[str, str]]:
    return [(row.sku, row.state) for row in shelf.rows(Proposal)]


def test_opens_proposes_closes_and_withdraws(shelf: Shelf) -> None:
    shelf.send(shelf.photo(0, FULL))
    shelf.send(shelf.photo(2, NO_COLA))
    assert episodes(shelf) == [("cola-330", 0, 2, 2, None)]
    assert proposals(shelf) == [("cola-330", "open")]
    shelf.send(shelf.photo(4, NO_COLA))
    assert episodes(shelf) == [("cola-330", 0, 2, 4, None)]
    assert proposals(shelf) == [("cola-330", "open")]
    shelf.send(shelf.photo(6, FULL))
    assert episodes(shelf) == [("cola-330", 0, 2, 4, 6)]
    assert proposals(shelf) == [("cola-330", "withdrawn")]


@pytest.mark.parametrize(
    ("photos", "left"),
    [
        pytest.param([(2, NO_COLA)], [], id="never seen"),
        pytest.param([(0, FULL), (2, NO_COLA, {"confidence": 0.2})], [], id="one doubtful miss"),
        pytest.param([(0, FULL), (2, {}, {"quality": BLIND})], [], id="an unusable photo"),
        pytest.param([(0, FULL), (60 * 24 * 365, {})], [], id="a clock far ahead"),
        pytest.param([(0, FULL), (-60 * 24 * 365, {})], [], id="a clock of decades ago"),
        pytest.param([(0, FULL | {"rival-330": 1}), (2, FULL)], [], id="a SKU that is not planned"),
    ],
)
def test_what_opens_nothing(shelf: Shelf, photos: list[Any], left: list[Any]) -> None:
    for hour, counts, *fields in photos:
        shelf.send(shelf.photo(hour, counts, **(fields[0] if fields else {})))
    assert episodes(shelf) == left


def test_a_late_photo_corrects_what_was_told(shelf: Shelf) -> None:
    shelf.send(shelf.photo(0, FULL))
    shelf.send(shelf.photo(6, NO_COLA))
    (told,) = shelf.rows(StockoutEpisode)
    shelf.send(shelf.photo(3, NO_COLA))
    assert episodes(shelf) == [("cola-330", 0, 3, 6, None)]
    assert [row.id for row in shelf.rows(StockoutEpisode)] == [told.id], "the same episode, known better"
    shelf.send(shelf.photo(5, FULL))
    assert episodes(shelf) == [("cola-330", 0, 3, 3, 5), ("cola-330", 5, 6, 6, None)]


def test_an_episode_that_never_was_is_withdrawn(shelf: Shelf) -> None:
    shelf.send(shelf.photo(0, FULL))
    shelf.send(shelf.photo(2, NO_COLA, confidence=0.25), shelf.photo(6, NO_COLA, confidence=0.25))
    assert episodes(shelf) == [("cola-330", 0, 6, 6, None)], "two doubtful photos make it likely"
    shelf.send(shelf.photo(4, FULL))
    assert episodes(shelf) == []
    (row,) = shelf.rows(StockoutEpisode)
    assert row.withdrawn_reason == CORRECTED
    assert proposals(shelf) == [("cola-330", "withdrawn")]


def test_a_sku_planned_no_longer_is_no_stock_out(shelf: Shelf) -> None:
    shelf.send(shelf.photo(0, FULL), shelf.photo(2, NO_COLA))
    with shelf.services.records.session("acme") as session:
        session.get_one(Cooler, ("acme", "cooler-01")).planogram_id = None
    shelf.send(shelf.photo(4, NO_COLA))
    (row,) = shelf.rows(StockoutEpisode)
    assert (row.open, row.withdrawn_reason) == (False, NOT_PLANNED)


def test_a_sku_planned_anew_is_judged_by_the_photos_there_are(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        cooler = session.get_one(Cooler, ("acme", "cooler-01"))
        plan, cooler.planogram_id = cooler.planogram_id, None
    shelf.send(shelf.photo(0, FULL), shelf.photo(2, NO_COLA))
    with shelf.services.records.session("acme") as session:
        session.get_one(Cooler, ("acme", "cooler-01")).planogram_id = plan
    shelf.send(shelf.photo(4, NO_COLA))
    assert episodes(shelf) == [("cola-330", 0, 2, 4, None)]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_ends_the_same(shelf: Shelf, seed: int) -> None:
    dice = random.Random(seed)
    counts: list[dict[str | None, int]] = [
        {sku: 2 for sku in FULL if dice.random() < 0.5} | dice.choice(({}, {None: 1}, {None: 3})) for _ in range(16)
    ]
    photos = [
        shelf.photo(
            hour,
            counts[hour],
            lines=lines_of(counts[hour], confidence=0.7),
            confidence=dice.choice((0.2, 0.9)),
            **({"quality": BLIND} if dice.random() < 0.1 else {}),
        )
        for hour in range(16)
    ]
    shelf.send(*photos, device="cooler-01", tenant="other")
    shuffled = dice.sample(photos, len(photos))
    while shuffled:
        size = dice.randint(1, 4)
        shelf.send(*shuffled[:size])
        shuffled = shuffled[size:]

    def numbers(tenant: str) -> list[tuple[Any, ...]]:
        rows = shelf.rows(StockoutEpisode, StockoutEpisode.withdrawn_at.is_(None), tenant=tenant)
        return sorted(
            (r.sku, r.last_seen_at, r.first_missed_at, r.last_missed_at, r.back_at is None, r.confidence) for r in rows
        )

    assert numbers("acme") == numbers("other")
    with shelf.services.records.session("acme") as session:
        assert Present(session, NOON).latest["cooler-01"].observed_at > NOON
