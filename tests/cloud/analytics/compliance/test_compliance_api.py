"""Planograms from photos and as CSV, rules, and the compliance of a photo over REST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cloud.identity.service import create_key, operator
from cloud.outlets.models import PlanogramRule
from cloud.outlets.planograms import chosen_by_rule
from tests.support.cloud import running_services, serving
from tests.support.shelf import Shelf

WRONG = {"lemon-330": 2, "cola-330": 3, "rival-330": 1, None: 1}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with running_services(tmp_path_factory.mktemp("compliance") / "cloud") as services:
        shelf = Shelf(services).furnish()
        shelf.send(shelf.row(0, WRONG))
        shelf.send(shelf.row(0, WRONG), device="cooler-02")
        yield shelf


@pytest.fixture(scope="module")
def api(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "manager")[1]
    with serving(shelf.services, key) as client:
        client.base_url = client.base_url.join("/api/v1/")
        yield client


def made(api: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = api.post("planograms", json=body)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_a_photo_against_its_planogram(api: httpx.Client) -> None:
    answer = api.get("coolers/cooler-01/compliance").json()
    assert (answer["name"], answer["version"], answer["kind"], answer["planned"]) == ("standard", 1, "places", 6)
    levels = {name: level["value"] for name, level in answer["levels"].items()}
    assert levels == {"present": 0.8333, "shelf": 0.8333, "position": 0.5, "count": 0.3333}
    assert [(move["kind"], move["sku"], move["facings"]) for move in answer["moves"]] == [
        ("move", "lemon-330", 2),
        ("add", "cola-330", 1),
        ("remove", "rival-330", 1),
        ("check", None, 1),
    ]
    assert answer["moves"][0]["sources"] == [{"row": 0, "place": 0}, {"row": 0, "place": 1}]
    assert answer["moves"][0]["targets"] == [{"row": 0, "place": 4}, {"row": 0, "place": 5}]


def test_this_is_how_it_should_look(api: httpx.Client) -> None:
    assert api.get("coolers/cooler-02/compliance").json()["error"]["code"] == "no-planogram"
    observation = api.get("coolers/cooler-02/observations").json()["items"][0]["id"]
    body = {"observation": observation, "name": "as found"}
    refused = api.post("planograms/from-photo", json=body)
    assert refused.status_code == 422
    assert "1 facings of this photo have no name" in refused.json()["error"]["message"]
    answer = api.post("planograms/from-photo", json=body | {"unnamed": "leave-out"})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["version"], answer.json()["from_observation"]) == (1, observation)
    assert [lane["sku"] for lane in answer.json()["rows"][0]] == ["lemon-330"] * 2 + ["cola-330"] * 3 + ["rival-330"]
    judged = api.get("coolers/cooler-02/compliance").json()
    assert judged["levels"]["position"]["value"] == 1, "that very photo is judged by it"
    assert [move["kind"] for move in judged["moves"]] == ["check"]
    assert api.post("planograms/from-photo", json=body | {"observation": judged["photo"]}).status_code == 404


def test_a_planogram_as_csv_comes_back_as_it_went(api: httpx.Client) -> None:
    text = "shelf,place,sku,depth\n1,1,cola-330,6\n1,2,lemon-330,4\n3,1,cola-330,6\n"
    headers = {"content-type": "text/csv"}
    answer = api.post("planograms/csv", params={"name": "csv"}, content=text, headers=headers)
    assert answer.status_code == 201, answer.text
    assert [len(row) for row in answer.json()["rows"]] == [2, 0, 1]
    again = api.get(f"planograms/{answer.json()['id']}/csv")
    assert (again.text, again.headers["content-type"].split(";")[0]) == (text, "text/csv")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "lacks place, shelf, sku"),
        ("sku,depth\ncola-330,1\n", "lacks place, shelf"),
        ("shelf,place,sku\n1,1,cola-330\n1,1,cola-330\n", "line 3: shelf 1, place 1 comes twice"),
        ("shelf,place,sku\n0,1,cola-330\n", "line 2: shelves go from 1"),
        ("shelf,place,sku\n1,x,cola-330\n", "line 2:"),
        ("shelf,place,sku\n1,1\n", "line 2:"),
        ("shelf,place,sku,depth\n1,1,cola-330,99\n", "line 2:"),
        ("shelf,place,sku\n1,1,nobody\n", "the catalogue has no nobody"),
    ],
)
def test_a_wrong_csv_is_refused_with_its_line(api: httpx.Client, text: str, says: str) -> None:
    answer = api.post("planograms/csv", params={"name": "bad"}, content=text, headers={"content-type": "text/csv"})
    assert answer.status_code == 422
    assert says in answer.text
    assert api.get("planograms", params={"name": "bad"}).json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "x", "rows": [[{"sku": "cola-330"}]], "priorities": [{"sku": "cola-330"}]},
        {"name": "x", "priorities": [{"sku": "cola-330"}, {"sku": "cola-330"}]},
        {"name": "x", "priorities": [{"sku": "cola-330", "facings": 0}]},
    ],
)
def test_a_planogram_is_of_places_or_of_priorities(api: httpx.Client, body: dict[str, Any]) -> None:
    assert api.post("planograms", json=body).status_code == 422


def test_rules_give_coolers_their_planogram_unless_one_was_chosen_by_hand(api: httpx.Client) -> None:
    wish = made(api, name="wish", priorities=[{"sku": "cola-330", "facings": 2}, {"sku": "lemon-330"}])
    assert (wish["kind"], [lane["sku"] for lane in wish["rows"][0]]) == (
        "priority",
        ["cola-330", "cola-330", "lemon-330"],
    )
    other = made(api, name="other", rows=[[{"sku": "cola-330"}]])
    cooler = {"outlet_id": "kiosk", "name": "Third", "cooler_type": "two-door"}
    assert api.put("coolers/third", json=cooler).json()["planogram_id"] is None
    rule = api.post("planogram-rules", json={"planogram_id": wish["id"]}).json()
    found = api.get("coolers/third").json()
    assert (found["planogram_id"], found["planogram_by"]) == (wish["id"], "rule")
    assert api.get("coolers/cooler-01").json()["planogram_by"] == "hand"
    special = api.post("planogram-rules", json={"planogram_id": other["id"], "cooler_type": "two-door"}).json()
    assert api.get("coolers/third").json()["planogram_id"] == other["id"]
    assert api.put("coolers/third", json=cooler | {"cooler_type": ""}).json()["planogram_id"] == wish["id"]
    assert api.put("coolers/third", json=cooler | {"planogram_id": other["id"]}).json()["planogram_by"] == "hand"
    assert api.delete(f"planogram-rules/{special['id']}").status_code == 204
    assert api.delete(f"planogram-rules/{special['id']}").status_code == 404
    assert [row["id"] for row in api.get("planogram-rules").json()["items"]] == [rule["id"]]
    assert api.post("planogram-rules", json={"planogram_id": 999}).status_code == 404


RULES = {("", ""): 1, ("kiosk", ""): 2, ("", "two-door"): 3, ("kiosk", "two-door"): 4}


@pytest.mark.parametrize(
    ("outlet_class", "cooler_type", "chosen"),
    [("kiosk", "two-door", 4), ("bar", "two-door", 3), ("kiosk", "counter", 2), ("bar", "counter", 1), ("", "", 1)],
)
def test_the_most_specific_rule_holds(outlet_class: str, cooler_type: str, chosen: int) -> None:
    rules = [PlanogramRule(outlet_class=one, cooler_type=two, planogram_id=plan) for (one, two), plan in RULES.items()]
    assert chosen_by_rule(rules, outlet_class, cooler_type) == chosen
    assert chosen_by_rule([], outlet_class, cooler_type) is None
