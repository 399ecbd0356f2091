"""What the cloud makes of an observation of several cameras, and of one that lacks a part of the cooler."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from cloud.analytics.models import StockoutEpisode
from cloud.audits import facts
from cloud.audits.archive import find_photo
from cloud.audits.models import LatestObservation, Photo
from cloud.catalog.newcomers.models import Sighting
from facings.messages import Observation
from tests.support.messages import NOON, of_two_cameras
from tests.support.shelf import Shelf

FULL = {"cola-330": 4, "lemon-330": 2}


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


def test_a_new_product_is_cut_from_the_photo_that_shows_it(shelf: Shelf) -> None:
    whole = at(0, 1)
    look = {"sku": None, "look": "AQID"}
    products = tuple(product.model_copy(update=look) if product.view == 1 else product for product in whole.products)
    message = whole.model_copy(update={"products": products, "models": {"sku-embedder": "0" * 64}})
    shelf.send(message)
    assert {sighting.photo_id for sighting in shelf.rows(Sighting)} == {message.views[1].photo_id}


@pytest.mark.parametrize("schema", ["facings/observation/1", "facings/observation/2"])
def test_observations_of_devices_that_know_one_camera_are_read(schema: str, shelf: Shelf) -> None:
    message = shelf.photo(0, {"cola-330": 3})
    document = message.model_copy(update={"schema_id": schema})
    (outcome,) = shelf.send(document.to_wire())
    assert outcome.changed == {"cooler-01"}
