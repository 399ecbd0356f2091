"""Provisioning over REST: one key for MQTT and HTTP, shown once, taken back at once."""

import bcrypt
import pytest

from cloud.fleet.models import Device
from cloud.fleet.schemas import LARGEST_BATCH
from cloud.fleet.service import device_of_key
from facings.topics import KpiTopics
from tests.cloud.conftest import Api
from tests.support.cloud import NoBroker, wait_until


@pytest.fixture(scope="module", autouse=True)
def _coolers(api: Api) -> None:
    for tenant in (api.acme, api.bravo):
        assert tenant.put("/api/v1/coolers/front", json={"outlet_id": "kiosk", "name": "Front"}).status_code == 201


def refreshed(api: Api) -> int:
    assert isinstance(api.services.logins, NoBroker)
    return api.services.logins.refreshed


def test_a_device_lives_from_key_to_revocation(api: Api) -> None:
    before = refreshed(api)
    made = api.acme.post("/api/v1/devices", json={"id": "front-1", "cooler": "front"})
    assert made.status_code == 201
    answer = made.json()
    assert (answer["mqtt_username"], answer["mqtt_url"]) == ("acme/front-1", "mqtt://127.0.0.1:1883")
    found = device_of_key(api.services, answer["key"])
    assert found and (found.tenant_id, found.id) == ("acme", "front-1")
    listed = api.acme.get("/api/v1/devices?cooler=front").json()["items"]
    assert [(row["id"], row["state"], row["last_seen_at"]) for row in listed] == [("front-1", "never", None)]
    assert answer["key"] not in str(listed)
    revoked = api.acme.delete("/api/v1/devices/front-1")
    assert revoked.json()["revoked_at"]
    assert device_of_key(api.services, answer["key"]) is None
    wait_until(lambda: refreshed(api) == before + 2, 5, "the broker is told of both")
    again = api.acme.post("/api/v1/devices", json={"id": "front-1", "cooler": "front"}).json()
    assert again["key"] != answer["key"]
    assert device_of_key(api.services, answer["key"]) is None
    assert device_of_key(api.services, again["key"])


def test_only_hashes_of_the_key_are_kept(api: Api) -> None:
    key = api.acme.post("/api/v1/devices", json={"id": "hashed", "cooler": "front"}).json()["key"]
    with api.services.records.session("acme", write=False) as session:
        kept = session.get(Device, ("acme", "hashed"))
        assert kept
        assert key not in str(vars(kept))
        assert bcrypt.checkpw(key.encode(), kept.mqtt_hash.encode())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": "kpi", "cooler": "front"}, 422),
        ({"id": "Front 1", "cooler": "front"}, 422),
        ({"id": "front.1", "cooler": "front"}, 422),
        ({"id": "lost", "cooler": "nowhere"}, 404),
        ({"id": "lost"}, 422),
        ({"id": "lost", "cooler": "front", "key": "fdk_mine"}, 422),
    ],
)
def test_a_wrong_device_is_refused(api: Api, body: dict[str, str], status: int) -> None:
    assert api.acme.post("/api/v1/devices", json=body).status_code == status


def test_a_device_is_added_once(api: Api) -> None:
    assert api.acme.post("/api/v1/devices", json={"id": "once", "cooler": "front"}).status_code == 201
    assert api.acme.post("/api/v1/devices", json={"id": "once", "cooler": "front"}).status_code == 409
    assert api.bravo.post("/api/v1/devices", json={"id": "once", "cooler": "front"}).status_code == 201


def batch(*devices: tuple[str, str]) -> dict[str, list[dict[str, str]]]:
    return {"devices": [{"id": device, "cooler": cooler} for device, cooler in devices]}


def test_many_devices_are_provisioned_at_once(api: Api) -> None:
    before = refreshed(api)
    names = [f"fleet-{number}" for number in (2, 1, 3)]
    made = api.acme.post("/api/v1/devices/batch", json=batch(*((name, "front") for name in names)))
    assert made.status_code == 201
    answers = made.json()["devices"]
    assert [(one["id"], one["mqtt_username"]) for one in answers] == [(name, f"acme/{name}") for name in names]
    for one in answers:
        found = device_of_key(api.services, one["key"])
        assert found and found.id == one["id"]
    # Another may still come of the test before.
    wait_until(lambda: refreshed(api) > before, 5, "the broker is told")


def test_a_batch_brings_revoked_devices_back(api: Api) -> None:
    old = api.acme.post("/api/v1/devices", json={"id": "away", "cooler": "front"}).json()["key"]
    api.acme.delete("/api/v1/devices/away")
    (back, _) = api.acme.post("/api/v1/devices/batch", json=batch(("away", "front"), ("company", "front"))).json()[
        "devices"
    ]
    assert device_of_key(api.services, old) is None
    assert device_of_key(api.services, back["key"])


@pytest.mark.parametrize(
    ("wrong", "status", "says"),
    [
        ([("lost", "nowhere"), ("lost-2", "elsewhere")], 404, "'nowhere', 'elsewhere'"),
        ([("there", "front")], 409, "'there'"),
        ([("good", "front")], 422, "come twice: good"),
        ([("kpi", "front")], 422, "'kpi'"),
        ([("No Slug", "front")], 422, "devices.1.id"),
        ([(f"many-{number}", "front") for number in range(LARGEST_BATCH)], 422, "at most 1000"),
        ([(f"many-{number}", f"no-{number}") for number in range(9)], 404, "and 4 more"),
    ],
)
def test_a_batch_with_one_wrong_device_provisions_none(
    api: Api, wrong: list[tuple[str, str]], status: int, says: str
) -> None:
    api.acme.post("/api/v1/devices", json={"id": "there", "cooler": "front"})
    answer = api.acme.post("/api/v1/devices/batch", json=batch(("good", "front"), *wrong))
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert api.acme.get("/api/v1/devices/good").status_code == 404


def test_another_tenants_device_is_not_there(api: Api) -> None:
    api.acme.post("/api/v1/devices", json={"id": "private", "cooler": "front"})
    assert api.bravo.get("/api/v1/devices/private").status_code == 404
    assert api.bravo.delete("/api/v1/devices/private").status_code == 404
    assert "private" not in api.bravo.get("/api/v1/devices?limit=500").text


def test_provisioning_is_for_admins(api: Api) -> None:
    with api.role("manager") as manager:
        assert manager.post("/api/v1/devices", json={"id": "mine", "cooler": "front"}).status_code == 403
        assert manager.post("/api/v1/devices/batch", json=batch(("mine", "front"))).status_code == 403
        assert manager.get("/api/v1/devices").status_code == 200


def test_a_viewer_learns_where_the_live_numbers_are(api: Api) -> None:
    with api.role("viewer") as viewer:
        login = viewer.get("/api/v1/live").json()
    assert (login["username"], login["topic"]) == ("page/acme", f"{KpiTopics('acme').base}/#")
    assert login["password"] != api.bravo.get("/api/v1/live").json()["password"]
