"""Stock-outs told anew end as if their photos had come in with what is known now."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from cloud.analytics.episodes import TOLD_ANEW
from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.retelling import tell_stockouts_anew
from cloud.analytics.rollups.statements import milliseconds
from cloud.identity.service import operator
from cloud.outlets.models import Cooler
from cloud.outlets.planograms import add_planogram
from cloud.outlets.schemas import PlanogramBody
from cloud.outlets.service import assign_planogram
from cloud.retail.models import Proposal
from facings.messages import Gap, Message
from tests.support.messages import NOON, lines_of
from tests.support.shelf import Shelf, in_lanes

FULL = {"cola-330": 4, "lemon-330": 2}
WITHOUT_COLA = [[{"sku": "rival-330"}] * 4 + [{"sku": "lemon-330"}] * 2]


def follow(shelf: Shelf, tenant: str, rows: list[list[dict[str, str]]]) -> None:
    with shelf.services.records.session(tenant) as session:
        made = add_planogram(session, operator(tenant), PlanogramBody(name="another", rows=rows))
        assign_planogram(session, operator(tenant), "cooler-01", made.id)


def slide(shelf: Shelf, tenant: str) -> None:
    with shelf.services.records.session(tenant) as session:
        session.get_one(Cooler, (tenant, "cooler-01")).gravity_feed = True


def standing(shelf: Shelf, tenant: str = "acme") -> list[tuple[Any, ...]]:
    """Episodes that are not withdrawn."""
    rows = shelf.rows(StockoutEpisode, StockoutEpisode.withdrawn_at.is_(None), tenant=tenant)
    return sorted((r.sku, r.last_seen_at, r.first_missed_at, r.last_missed_at, r.back_at, r.confidence) for r in rows)


def watches(shelf: Shelf, tenant: str) -> dict[str, Any]:
    (watch,) = shelf.rows(ShelfWatch, tenant=tenant)
    return dict(watch.skus)


def lemon_may_be_gone(shelf: Shelf, hour: float) -> Message:
    """One of its lanes is surely empty, the other perhaps."""
    products, gaps = in_lanes({"cola-330": 4})
    faint = Gap(box=gaps[1].box, row=0, confidence=0.3)
    return shelf.photo(hour, {"cola-330": 4}, products=products, gaps=(gaps[0], faint))


def forget(shelf: Shelf, before: datetime) -> None:
    """Delete photos as `retention.lines_days` does, however lately they came in."""
    moment = f"fromUnixTimestamp64Milli(toInt64({milliseconds(before)}), 'UTC')"
    shelf.services.facts.command(
        f"ALTER TABLE observation DELETE WHERE captured_at < {moment} SETTINGS mutations_sync = 1"
    )


def tell_anew(shelf: Shelf, hour: float = 0) -> int:
    return tell_stockouts_anew(shelf.services, "acme", ["cooler-01", "cooler-02"], NOON + timedelta(hours=hour))


def test_shelves_that_slide_make_a_doubtful_stock_out_a_sure_one(shelf: Shelf) -> None:
    photos = [shelf.photo(0, FULL), lemon_may_be_gone(shelf, 2), shelf.photo(4, FULL)]
    slide(shelf, "other")
    for tenant in ("acme", "other"):
        shelf.send(*photos, tenant=tenant)
    assert standing(shelf) == []
    slide(shelf, "acme")
    assert tell_anew(shelf) == 1
    assert standing(shelf) == standing(shelf, "other")
    ((sku, *_),) = standing(shelf)
    assert sku == "lemon-330"


@pytest.mark.parametrize("seed", range(3))
def test_another_planogram_tells_what_it_would_have_told(shelf: Shelf, seed: int) -> None:
    dice = random.Random(seed)
    counts = [{sku: 2 for sku in FULL if dice.random() < 0.5} | {"rival-330": 2} for _ in range(12)]
    photos = [
        shelf.photo(hour, some, lines=lines_of(some, confidence=0.9), confidence=dice.choice((0.2, 0.9)))
        for hour, some in enumerate(counts)
    ]
    follow(shelf, "other", WITHOUT_COLA)
    shelf.send(*photos, tenant="other")
    for photo in photos:
        shelf.send(photo)
    follow(shelf, "acme", WITHOUT_COLA)
    tell_anew(shelf)
    assert [row for row in standing(shelf) if row[0] != "cola-330"] == standing(shelf, "other")
    assert watches(shelf, "acme") == watches(shelf, "other")
    tell_anew(shelf, 6)
    assert watches(shelf, "acme") == watches(shelf, "other"), "from the middle on it is the same"


def test_what_stands_keeps_its_row_and_its_proposal(shelf: Shelf) -> None:
    shelf.send(shelf.photo(0, FULL), shelf.photo(2, {"lemon-330": 2}))
    before = [(row.id, row.first_missed_at) for row in shelf.rows(StockoutEpisode)]
    assert tell_anew(shelf) == 1
    assert [(row.id, row.first_missed_at) for row in shelf.rows(StockoutEpisode)] == before
    assert [(row.sku, row.state) for row in shelf.rows(Proposal)] == [("cola-330", "open")]


def test_what_was_none_is_withdrawn_and_says_why(shelf: Shelf) -> None:
    slide(shelf, "acme")
    shelf.send(shelf.photo(0, FULL), lemon_may_be_gone(shelf, 2), shelf.photo(4, FULL))
    assert len(standing(shelf)) == 1
    with shelf.services.records.session("acme") as session:
        session.get_one(Cooler, ("acme", "cooler-01")).gravity_feed = False
    tell_anew(shelf)
    assert [row.withdrawn_reason for row in shelf.rows(StockoutEpisode)] == [TOLD_ANEW]


@pytest.mark.parametrize(
    "days",
    [
        pytest.param([(0, FULL), (1, {"lemon-330": 2}), (2, FULL), (20, FULL), (21, FULL)], id="it ended before"),
        pytest.param([(0, FULL), (1, {"lemon-330": 2}), (20, {"lemon-330": 2}), (21, FULL)], id="it lasted beyond"),
        pytest.param([(0, FULL), (1, {"lemon-330": 2}), (20, {"lemon-330": 2})], id="it lasts on"),
        pytest.param([(0, FULL), (1, FULL), (20, {"lemon-330": 2}), (21, FULL)], id="it began afterwards"),
    ],
)
def test_what_photos_told_that_are_no_longer_kept_stays(shelf: Shelf, days: list[tuple[int, dict[str, int]]]) -> None:
    for day, counts in days:
        shelf.send(shelf.photo(24 * day, counts))
    before = [(row.id, *told) for row, told in zip(shelf.rows(StockoutEpisode), standing(shelf), strict=True)]
    assert len(before) == 1
    forget(shelf, NOON + timedelta(days=10))
    for since in (0, 24 * 20):
        tell_anew(shelf, since)
        after = [(row.id, *told) for row, told in zip(shelf.rows(StockoutEpisode), standing(shelf), strict=True)]
        assert [row[:4] + row[5:6] for row in after] == [row[:4] + row[5:6] for row in before]


def test_what_ended_before_stays(shelf: Shelf) -> None:
    """The fold is taken up again with the first photo of those that are read: it is a sure sighting."""
    long_ago = [shelf.photo(-200, FULL), shelf.photo(-198, {"lemon-330": 2}), shelf.photo(-196, FULL)]
    shelf.send(*long_ago, shelf.photo(0, FULL), shelf.photo(4, FULL))
    assert len(standing(shelf)) == 1
    tell_anew(shelf, 2)
    assert len(standing(shelf)) == 1
    shelf.send(shelf.photo(3, FULL))
    assert len(standing(shelf)) == 1, "nor does a late photo touch it"


def test_a_cooler_without_photos_or_planogram_is_left_alone(shelf: Shelf) -> None:
    assert tell_anew(shelf) == 0
    shelf.send(shelf.photo(0, FULL), device="cooler-02")
    assert tell_anew(shelf) == 0
