"""What the cloud makes of an observation of several cameras, and of one that lacks a part of the cooler."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from cloud.analytics.models import StockoutEpisode
from cloud.analytics.overview import overview
from cloud.analytics.present import Present
from cloud.audits import facts
from cloud.audits.archive import find_photo
from cloud.audits.models import LatestObservation, Photo
from cloud.catalog.newcomers.models import Sighting
from facings.messages import Observation
from tests.support.messages import NOON, of_two_cameras
from tests.support.shelf import Shelf

FULL: dict[str | None, int] = {"cola-330": 4, "lemon-330": 2}


def at(hour: float, seq: int, **fields: object) -> Observation:
    return of_two_cameras(FULL, 4, captured_at=NOON + timedelta(hours=hour), seq=seq, **fields)  # type: ignore[arg-type]


def test_all_photos_are_named_and_lead_to_what_was_seen(shelf: Shelf) -> None:
    message = at(0, 1)
    shelf.send(message)
    photos = {photo.id for photo in shelf.rows(Photo, Photo.observation_id == message.id)}
    assert photos == {view.photo_id for view in message.views}
    assert len(photos) == 2
    with shelf.services.records.session("acme", write=False) as session:
        found = find_photo(session, shelf.services.facts, "acme", message.views[1].photo_id or uuid.uuid4())
    assert found
    assert found.observation
    assert (found.observation.views, found.observation.coverage) == (message.views, 1.0)
    assert {product.view for product in found.observation.products} == {0, 1}
    (latest,) = shelf.rows(LatestObservation)
    assert sum(line["units"] for line in latest.lines) == 6


def test_a_part_that_nobody_saw_changes_no_number(shelf: Shelf) -> None:
    shelf.send(at(0, 1))
    for hour in range(1, 4):
        shelf.send(at(hour, 1 + hour, problem="the camera answered 503"))
    (latest,) = shelf.rows(LatestObservation)
    assert (latest.observed_at, sum(line["units"] for line in latest.lines)) == (NOON, 6)
    assert not shelf.rows(StockoutEpisode), "four colas that nobody saw are not sold out"
    kept = shelf.services.facts.select(
        "acme", select(facts.observation.c.verdict, facts.observation.c.document), facts.observation
    )
    assert sorted(row.verdict for row in kept) == ["good", "unusable", "unusable", "unusable"]
    assert {Observation.from_wire(row.document.encode()).quality.verdict for row in kept} == {"good", "poor"}


BROKEN = "the camera answered 503"


def seen(hour: float, seq: int, counts: dict[str | None, int], upper: int = 4, problem: str = BROKEN) -> Observation:
    """What is seen with the upper camera broken."""
    return of_two_cameras(counts, upper, problem, captured_at=NOON + timedelta(hours=hour), seq=seq)


def latest_units(shelf: Shelf) -> dict[str, int]:
    (latest,) = shelf.rows(LatestObservation)
    return {line["sku"]: line["units"] for line in latest.lines}


@pytest.mark.parametrize(
    ("before", "upper", "now", "known"),
    [
        pytest.param(FULL, 4, FULL, {"cola-330": 4, "lemon-330": 2}, id="nothing has changed"),
        pytest.param(FULL, 4, {"cola-330": 4, "lemon-330": 1}, {"cola-330": 4, "lemon-330": 1}, id="one was sold"),
        pytest.param(FULL, 4, {"cola-330": 4}, {"cola-330": 4}, id="all below were sold"),
        pytest.param(
            FULL,
            4,
            {"cola-330": 4, "lemon-330": 2, "rival-330": 3},
            {"cola-330": 4, "lemon-330": 2, "rival-330": 3},
            id="something new stands below",
        ),
        pytest.param(
            {"cola-330": 5, "lemon-330": 2},
            4,
            {"cola-330": 4, "lemon-330": 2},
            {"cola-330": 5, "lemon-330": 2},
            id="of what stood above and below nobody knows",
        ),
    ],
)
def test_what_the_other_cameras_show_goes_on(
    shelf: Shelf, before: dict[str | None, int], upper: int, now: dict[str | None, int], known: dict[str, int]
) -> None:
    shelf.send(seen(0, 1, before, upper, problem=""))
    (outcome,) = shelf.send(seen(1, 2, now))
    assert latest_units(shelf) == known
    assert outcome.changed == {"cooler-01"}
    (latest,) = shelf.rows(LatestObservation)
    assert (latest.observed_at, latest.seen_at) == (NOON, NOON + timedelta(hours=1))
    assert latest.quality["verdict"] == "poor"
    assert latest.unseen == [{"camera": "top", "shows": "upper", "problem": BROKEN}]
    (outcome,) = shelf.send(seen(0.5, 3, {"cola-330": 4}))
    assert (latest_units(shelf), outcome.changed) == (known, set()), "an older one tells nothing new"
    shelf.send(seen(2, 4, {"lemon-330": 1, "cola-330": 1}, 1, problem=""))
    (latest,) = shelf.rows(LatestObservation)
    assert (latest_units(shelf), latest.unseen) == ({"lemon-330": 1, "cola-330": 1}, [])


def test_what_came_and_went_below_is_gone(shelf: Shelf) -> None:
    shelf.send(seen(0, 1, FULL, problem=""))
    shelf.send(seen(1, 2, {"cola-330": 4, "lemon-330": 2, "rival-330": 3}))
    shelf.send(seen(2, 3, FULL))
    assert latest_units(shelf) == {"cola-330": 4, "lemon-330": 2}


def test_a_cooler_with_a_broken_camera_is_told_as_seen_in_part(shelf: Shelf) -> None:
    now = shelf.services.clock.now()
    hours = (now - NOON) / timedelta(hours=1)

    def told() -> tuple[int, int, int, float]:
        with shelf.services.records.session("acme", write=False) as session:
            kpi = overview(session, Present(session, now), 24)
        return kpi.coverage.reporting, kpi.coverage.in_part, kpi.coverage.silent, kpi.units.value

    shelf.send(seen(hours - 1, 1, FULL))
    assert told() == (0, 0, 2, 0), "of which nothing is known but a part"
    shelf.send(seen(hours - 48, 2, FULL, problem=""))
    assert told() == (0, 0, 2, 0)
    shelf.send(seen(hours - 0.5, 3, FULL))
    assert told() == (0, 1, 1, 6), "what is seen is counted, and it is told that this is a part"
    shelf.send(seen(hours - 0.25, 4, FULL, problem=""))
    assert told() == (1, 0, 1, 6)


def test_a_new_product_is_cut_from_the_photo_that_shows_it(shelf: Shelf) -> None:
    whole = at(0, 1)
    look = {"sku": None, "look": "AQID"}
    products = tuple(product.model_copy(update=look) if product.view == 1 else product for product in whole.products)
    message = whole.model_copy(update={"products": products, "models": {"sku-embedder": "0" * 64}})
    shelf.send(message)
    assert {sighting.photo_id for sighting in shelf.rows(Sighting)} == {message.views[1].photo_id}


@pytest.mark.parametrize("schema", ["facings/observation/1", "facings/observation/2", "facings/observation/3"])
def test_observations_of_older_devices_are_read(schema: str, shelf: Shelf) -> None:
    message = shelf.photo(0, {"cola-330": 3})
    document = message.model_copy(update={"schema_id": schema})
    (outcome,) = shelf.send(document.to_wire())
    assert outcome.changed == {"cooler-01"}
