"""Unknown products: gathered over photos, named once, and then part of the gallery."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from cloud.catalog.newcomers.gathering import as_unit, gather, most_different
from cloud.catalog.newcomers.likeness import Likeness, likeness
from cloud.catalog.newcomers.models import Newcomer, Sighting
from cloud.catalog.newcomers.rounds import MOST_EXAMPLES, NewcomerRounds
from cloud.identity.models import Tenant
from cloud.identity.service import create_key, operator
from cloud.services import Services
from facings.bundles import Bundle
from tests.support.cloud import serving
from tests.support.newcomers import look, unknown_photo
from tests.support.shelf import Shelf

NEW = {"name": "Solara Pear", "brand": "Solara", "owner": "Acme", "own": True, "gtin": "4006381333931"}


@pytest.fixture
def shelf(services: Services) -> Shelf:
    return Shelf(services).furnish()


@pytest.fixture
def client(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "manager")[1]
    with serving(shelf.services, key) as running:
        yield running


def listed(client: httpx.Client, **query: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = client.get("/api/v1/new-products", params=query).raise_for_status().json()["items"]
    return items


def at(degrees: list[float]) -> np.ndarray:
    return as_unit(np.array([[np.cos(np.radians(d)), np.sin(np.radians(d))] for d in degrees], np.float32))


@pytest.mark.parametrize(
    ("looks", "middles", "found"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([10], [], [0], id="one alone"),
        pytest.param([10, 15, 100], [], [0, 0, 1], id="two alike and another"),
        pytest.param([10, 15, 100], [5, 200], [0, 0, 2], id="two join a newcomer"),
        pytest.param([100, 104], [5], [1, 1], id="a new one beside it"),
        pytest.param([0, 30, 60], [], None, id="a chain is not one product"),
    ],
)
def test_gather(looks: list[float], middles: list[float], found: list[int] | None) -> None:
    answer = gather(at(looks) if looks else np.zeros((0, 2), np.float32), at(middles) if middles else np.zeros((0, 2)))
    if found is None:
        assert len(set(answer)) > 1
    else:
        canonical = {number: len(middles) + rank for rank, number in enumerate(
            dict.fromkeys(number for number in answer if number >= len(middles)))}  # fmt: skip
        assert [canonical.get(number, number) for number in answer] == found


CATALOGUE = {"cola", "lime"}


@pytest.mark.parametrize(
    ("told", "found", "agreed"),
    [
        pytest.param([], None, False, id="nothing seen"),
        pytest.param([None, None], None, False, id="no device says anything"),
        pytest.param(["cola"], Likeness("cola", 1, 0, 1), True, id="the only view"),
        pytest.param(["cola", "cola", None], Likeness("cola", 2, 0, 3), True, id="most; the others say nothing"),
        pytest.param(["cola"] * 3 + ["lime"], Likeness("cola", 3, 1, 4), True, id="three against one"),
        pytest.param(["cola"] * 5 + ["lime"] * 2, Likeness("cola", 5, 2, 7), False, id="most, but disputed"),
        pytest.param(["cola", "lime"], None, False, id="one against one"),
        pytest.param(["cola", "cola", None, None], Likeness("cola", 2, 0, 4), False, id="as many say nothing"),
        pytest.param(["cola", None, None, None], None, False, id="one of four is not worth a word"),
        pytest.param(["cola", "cola", "pear", "pear", "pear"], Likeness("cola", 2, 3, 5), False, id="more say another"),
        pytest.param(["pear", "pear", "pear"], None, False, id="a SKU that the catalogue does not have"),
    ],
)
def test_likeness(told: list[str | None], found: Likeness | None, agreed: bool) -> None:
    answer = likeness(told, CATALOGUE)
    assert answer == found
    assert (answer is not None and answer.agreed) is agreed


def test_what_most_views_of_a_newcomer_resemble_is_told(shelf: Shelf, client: httpx.Client) -> None:
    unknown_photo(shelf, 0, [1, 2], stored=False, resembles={1: "cola-330", 2: "pear"})
    unknown_photo(shelf, 1, [1, 2], stored=False, resembles={1: "cola-330", 2: "pear"})
    unknown_photo(shelf, 2, [1], stored=False)
    NewcomerRounds(shelf.services).round()
    first, second = listed(client)
    assert first["looks_like"] == {"sku": "cola-330", "crops": 2, "of": 3}
    assert second["looks_like"] is None, "the catalogue has no pear"


def lookalike(client: httpx.Client) -> np.ndarray | None:
    """The picture of what the first newcomer looks like; None where there is none."""
    answer = client.get("/api/v1/new-products/1/lookalike")
    if answer.status_code == 404:
        return None
    assert answer.raise_for_status().headers["content-type"] in ("image/jpeg", "image/png")
    return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)


def shows(crop: np.ndarray, product: int) -> bool:
    """Whether a crop shows the pack of a product that `unknown_photo` drew."""
    colour = np.random.default_rng(product).integers(30, 255, 3)
    return bool(np.abs(crop[-30:, 10:-10].reshape(-1, 3).mean(axis=0) - colour).max() < 12)


def test_what_it_looks_like_is_shown_as_it_stands_in_the_coolers(shelf: Shelf, client: httpx.Client) -> None:
    for hour in range(2):
        unknown_photo(shelf, hour, [1, 2], resembles={1: "cola-330"}, stored=hour == 0)
    unknown_photo(shelf, 0, [2, 5], named={5: "cola-330"}, device="cooler-02")
    NewcomerRounds(shelf.services).round()
    crop = lookalike(client)
    assert crop is not None
    colour = np.random.default_rng(5).integers(30, 255, 3)
    assert np.abs(crop[-30:, 10:-10].reshape(-1, 3).mean(axis=0) - colour).max() < 12, (
        "cut out of another cooler's photo"
    )
    unknown_photo(shelf, 2, [7], named={7: "cola-330"})
    nearer = lookalike(client)
    assert nearer is not None
    assert shows(nearer, 7), "where the newcomer was met comes first"


def test_a_likeness_that_no_photo_shows_is_told_by_the_gallery(shelf: Shelf, client: httpx.Client) -> None:
    for hour in range(2):
        unknown_photo(shelf, hour, [1], resembles={1: "cola-330"})
    unknown_photo(shelf, 2, [5], named={5: "cola-330"}, stored=False)
    NewcomerRounds(shelf.services).round()
    assert lookalike(client) is None, "its photo has not come"
    red = cv2.imencode(".png", np.full((60, 40, 3), (0, 0, 200), np.uint8))[1].tobytes()
    client.post("/api/v1/gallery/skus/cola-330/pictures", content=red).raise_for_status()
    picture = lookalike(client)
    assert picture is not None
    assert picture.shape == (60, 40, 3)


def test_what_looks_like_nothing_has_no_likeness_to_show(shelf: Shelf, client: httpx.Client) -> None:
    unknown_photo(shelf, 0, [1])
    NewcomerRounds(shelf.services).round()
    assert lookalike(client) is None


def test_the_most_different_looks_are_chosen() -> None:
    assert most_different(at([0, 1, 2, 90, 45]), 3) == [0, 3, 4]
    assert most_different(at([0, 1]), 5) == [0, 1]


def test_alike_products_of_many_photos_are_one_newcomer(shelf: Shelf, client: httpx.Client) -> None:
    rounds = NewcomerRounds(shelf.services)
    unknown_photo(shelf, 0, [1, 1, 2])
    assert rounds.round() == 3
    unknown_photo(shelf, 1, [2, 1], device="cooler-02")
    assert (rounds.round(), rounds.round()) == (2, 0)
    first, second = listed(client)
    assert (first["sightings"], first["coolers"]) == (3, {"cooler-01": 2, "cooler-02": 1})
    assert (second["sightings"], second["coolers"]) == (2, {"cooler-01": 1, "cooler-02": 1})
    assert (first["first_seen_at"], first["last_seen_at"]) == (
        "2026-11-02T12:00:00.000Z",
        "2026-11-02T13:00:00.000Z",
    )
    crop = client.get(first["crops"][0]["content"])  # type: ignore[index]
    pixels = cv2.imdecode(np.frombuffer(crop.content, np.uint8), cv2.IMREAD_COLOR)
    assert pixels.shape == (140, 50, 3)


def test_one_naming_and_the_gallery_has_it(shelf: Shelf, client: httpx.Client, tmp_path: Path) -> None:
    rounds = NewcomerRounds(shelf.services)
    for hour in range(3):
        unknown_photo(shelf, hour, [1, 2])
    rounds.round()
    newcomer = listed(client)[0]
    wrong = newcomer["crops"][0]["id"]  # type: ignore[index]
    body = {"sku": "solara-pear", "product": NEW, "without": [wrong]}
    named = client.post(f"/api/v1/new-products/{newcomer['id']}/name", json=body)
    assert named.status_code == 200, named.text
    assert named.json()["gallery_version"] == 1
    assert (named.json()["new_product"]["state"], named.json()["new_product"]["sku"]) == ("named", "solara-pear")
    assert client.get("/api/v1/products/solara-pear").json()["gtin"] == NEW["gtin"]
    (tmp_path / "g").write_bytes(client.get("/api/v1/gallery/versions/1").content)
    with Bundle(tmp_path / "g") as bundle:
        manifest = bundle.verified(client.get("/api/v1/gallery").json()["public_key"]).manifest
    assert manifest.skus == ("solara-pear",)
    assert len(manifest.pictures) == 2, "three photos, without the crop that shows something else"

    unknown_photo(shelf, 9, [1])
    rounds.round()
    assert newcomer["id"] not in [item["id"] for item in listed(client, state="open")], "nobody is asked again"
    assert len(listed(client)) == 2
    again = client.post(f"/api/v1/new-products/{newcomer['id']}/name", json={"sku": "cola-330"})
    assert (again.status_code, "named 'solara-pear' already" in again.text) == (409, True)


def test_an_existing_product_can_be_what_was_seen(shelf: Shelf, client: httpx.Client) -> None:
    unknown_photo(shelf, 0, [1])
    NewcomerRounds(shelf.services).round()
    (newcomer,) = listed(client)
    client.post(f"/api/v1/new-products/{newcomer['id']}/name", json={"sku": "cola-330"}).raise_for_status()
    assert [picture["source"] for picture in client.get("/api/v1/gallery/skus/cola-330/pictures").json()] == ["photo"]


@pytest.mark.parametrize(
    ("body", "stored", "status", "words"),
    [
        pytest.param({"sku": "nothing"}, True, 404, "no product 'nothing'", id="no such product"),
        pytest.param({"sku": "cola-330", "product": NEW}, True, 409, "there is a product", id="a SKU that is taken"),
        pytest.param({"sku": "cola-330"}, False, 409, "none of its photos", id="no photo has come"),
        pytest.param({"sku": "pear", "product": {**NEW, "gtin": "123"}}, True, 422, "schema", id="no GTIN"),
    ],
)
def test_what_cannot_be_named_changes_nothing(
    shelf: Shelf, client: httpx.Client, body: dict[str, object], stored: bool, status: int, words: str
) -> None:
    unknown_photo(shelf, 0, [1], stored=stored)
    NewcomerRounds(shelf.services).round()
    (newcomer,) = listed(client)
    answer = client.post(f"/api/v1/new-products/{newcomer['id']}/name", json=body)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert [item["state"] for item in listed(client)] == ["open"]
    assert client.get("/api/v1/gallery").json()["skus"] == []


def test_what_is_dismissed_does_not_come_back(shelf: Shelf, client: httpx.Client) -> None:
    rounds = NewcomerRounds(shelf.services)
    unknown_photo(shelf, 0, [1])
    rounds.round()
    (newcomer,) = listed(client)
    client.post(f"/api/v1/new-products/{newcomer['id']}/dismiss").raise_for_status()
    unknown_photo(shelf, 1, [1])
    rounds.round()
    assert listed(client, state="open") == []
    assert client.post(f"/api/v1/new-products/{newcomer['id']}/dismiss").status_code == 409


def test_of_thousands_only_a_few_are_kept(shelf: Shelf) -> None:
    rounds = NewcomerRounds(shelf.services)
    for hour in range(9):
        unknown_photo(shelf, hour, [1] * 8, stored=False)
    rounds.round()
    (newcomer,) = shelf.rows(Newcomer)
    assert len(shelf.rows(Sighting)) == MOST_EXAMPLES
    assert {sighting.newcomer_id for sighting in shelf.rows(Sighting)} == {newcomer.id}


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        pytest.param({"captured_at": "2019-01-01T00:00:00Z"}, "", id="a clock that was never set"),
        pytest.param({"models": {"product-detector": "0" * 64}}, "", id="no embedder named"),
        pytest.param({}, "no base64!", id="a look that is none"),
        pytest.param({}, base64.b64encode(bytes(128)).decode(), id="a look that points nowhere"),
    ],
)
def test_what_cannot_be_gathered_is_passed_over(shelf: Shelf, fields: dict[str, object], broken: str) -> None:
    message = shelf.photo(0, {None: 1})
    document = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    document["models"]["sku-embedder"] = "e" * 64
    document["products"][0]["look"] = broken or look(1)
    shelf.send(json.dumps({**document, **fields}).encode())
    assert shelf.rows(Sighting) == []


def test_sightings_that_cannot_be_gathered_hold_up_no_other_company(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = NewcomerRounds(shelf.services)
    unknown_photo(shelf, 0, [1], stored=False)
    gathered = rounds._gather

    def broken_for_one(tenant: str) -> int:
        if tenant == "aaa":
            raise ValueError("broken")
        return gathered(tenant)

    with shelf.services.records.all_tenants() as session:
        session.add(Tenant(id="aaa", name="Aaa", created_at=shelf.services.clock.now()))
        session.flush()
        (row,) = shelf.rows(Sighting)
        values = {name: getattr(row, name) for name in ("photo_id", "cooler_id", "seen_at", "x", "y", "w", "h", "look")}
        session.add(Sighting(tenant_id="aaa", embedder=row.embedder, **values))
    monkeypatch.setattr(rounds, "_gather", broken_for_one)
    assert rounds.round() == 1
    assert len(shelf.rows(Newcomer)) == 1


def test_looks_of_another_embedder_are_gathered_apart(shelf: Shelf) -> None:
    rounds = NewcomerRounds(shelf.services)
    for hour, embedder in enumerate(("a" * 64, "b" * 64)):
        message = shelf.photo(hour, {None: 1})
        product = message.products[0].model_copy(update={"look": look(1)})  # type: ignore[attr-defined]
        shelf.send(message.model_copy(update={"products": (product,), "models": {"sku-embedder": embedder}}))
    rounds.round()
    assert len(shelf.rows(Newcomer)) == 2
    assert shelf.rows(Newcomer)[0].tenant_id == "acme"
    assert shelf.rows(Newcomer, tenant="other") == []
