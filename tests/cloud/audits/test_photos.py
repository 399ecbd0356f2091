import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cloud.audits.photos import Grant
from cloud.identity.service import create_key, operator
from facings.messages import ImageRef
from tests.support.cloud import SECRET, serving
from tests.support.shelf import Shelf

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)


@pytest.fixture
def api(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "viewer")[1]
    with serving(shelf.services, key) as client:
        yield client


@pytest.fixture
def ask(shelf: Shelf, api: httpx.Client) -> Callable[..., httpx.Response]:
    """Ask for a grant as a device, for JPEG unless said."""

    def asking(
        photo: uuid.UUID, device: str = "acme/cooler-01", content: bytes = JPEG, **fields: Any
    ) -> httpx.Response:
        body = {
            "photo_id": str(photo),
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "media_type": "image/jpeg",
            "width": 960,
            "height": 1280,
            "captured_at": "2026-11-02T12:00:00Z",
        }
        key = {"authorization": f"Bearer {shelf.keys.get(device, device)}"}
        return api.post("/api/v1/device/photo-grants", json=body | fields, headers=key)

    return asking


def put(api: httpx.Client, grant: httpx.Response, content: bytes) -> httpx.Response:
    answer = grant.json()
    return api.request(answer["method"], answer["url"], content=content, headers=answer["headers"])


def test_a_photo_goes_up_by_its_grant_and_comes_back(
    shelf: Shelf, api: httpx.Client, ask: Callable[..., httpx.Response]
) -> None:
    photo = uuid.uuid4()
    image = ImageRef(
        sha256=hashlib.sha256(JPEG).hexdigest(), bytes=len(JPEG), width=960, height=1280, media_type="image/jpeg"
    )
    message = shelf.photo(0, {"cola-330": 2}, photo_id=photo, image=image)
    shelf.send(message)
    shown = api.get(f"/api/v1/photos/{photo}").json()
    assert (shown["stored"], shown["cooler"], len(shown["observation"]["products"])) == (False, "cooler-01", 2)
    assert api.get(shown["content"]).status_code == 404

    granted = ask(photo)
    assert granted.status_code == 201
    assert put(api, granted, JPEG).json() == {"stored": True}
    picture = api.get(shown["content"])
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "immutable" in picture.headers["cache-control"]
    assert api.get(shown["content"], headers={"if-none-match": picture.headers["etag"]}).status_code == 304
    assert api.get(f"/api/v1/photos/{photo}").json()["stored"]
    assert (ask(photo).status_code, ask(photo).json()) == (200, {"stored": True})
    assert put(api, granted, b"other").status_code == 201, "what is there stays as it is"
    assert api.get(shown["content"]).content == JPEG
    stored = shelf.services.settings.data_dir / f"photos/acme/cooler-01/2026/11/02/{photo}.jpg"
    assert stored.read_bytes() == JPEG
    assert api.get(f"/api/v1/observations/{message.id}").json()["photo"] == str(photo)


@pytest.mark.parametrize(
    ("promised", "sent", "media_type", "says"),
    [
        pytest.param(JPEG, JPEG[:-1], "image/jpeg", "announced arrived", id="too short"),
        pytest.param(JPEG, JPEG + b"x", "image/jpeg", "more bytes", id="too long"),
        pytest.param(JPEG, JPEG[:-1] + b"x", "image/jpeg", "SHA-256", id="other bytes"),
        pytest.param(b"just some text", b"just some text", "image/jpeg", "no image/jpeg", id="text named .jpg"),
        pytest.param(PNG, PNG, "image/jpeg", "no image/jpeg", id="a PNG named JPEG"),
    ],
)
def test_other_bytes_than_granted_are_refused(
    api: httpx.Client, ask: Callable[..., httpx.Response], promised: bytes, sent: bytes, media_type: str, says: str
) -> None:
    photo = uuid.uuid4()
    answer = put(api, ask(photo, content=promised, media_type=media_type), sent)
    assert (answer.status_code, says in answer.json()["error"]["message"]) == (422, True)
    assert api.get(f"/api/v1/photos/{photo}/content").status_code == 404


def test_a_broken_upload_leaves_nothing(shelf: Shelf, api: httpx.Client, ask: Callable[..., httpx.Response]) -> None:
    put(api, ask(uuid.uuid4()), b"no photo")
    assert [file for file in (shelf.services.settings.data_dir / "photos").rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"bytes": 20_000_001}, 422, id="over 20 MB"),
        pytest.param({"media_type": "text/plain"}, 422, id="no picture"),
        pytest.param({"sha256": "abc"}, 422, id="no digest"),
        pytest.param({"captured_at": "2026-11-02T12:00:00"}, 422, id="no time zone"),
        pytest.param({"device": "not-a-key"}, 401, id="wrong key"),
    ],
)
def test_grants_that_are_not_given(ask: Callable[..., httpx.Response], fields: dict[str, Any], status: int) -> None:
    assert ask(uuid.uuid4(), **fields).status_code == status


def test_a_photo_belongs_to_its_device_and_tenant(
    shelf: Shelf, api: httpx.Client, ask: Callable[..., httpx.Response]
) -> None:
    photo = uuid.uuid4()
    granted = ask(photo)
    assert ask(photo, device="acme/cooler-02").status_code == 409
    assert ask(photo, content=JPEG + b"x").status_code == 409
    elsewhere = granted.json()["url"].replace(str(photo), str(uuid.uuid4()))
    assert api.put(elsewhere, content=JPEG).status_code == 403
    assert api.put(granted.json()["url"] + "x", content=JPEG).status_code == 403
    expired = Grant("acme", "cooler-01", photo, hashlib.sha256(JPEG).hexdigest(), len(JPEG), "image/jpeg").signed(
        SECRET, datetime.now(UTC) - timedelta(seconds=1)
    )
    assert api.put(f"/api/v1/photos/{photo}/content?grant={expired}", content=JPEG).status_code == 403
    assert put(api, ask(photo, device="other/cooler-01"), JPEG).status_code == 201, "the same id in another tenant"
    assert api.get(f"/api/v1/photos/{photo}/content").status_code == 404
    assert put(api, granted, JPEG).status_code == 201
    assert api.get(f"/api/v1/photos/{photo}/content").content == JPEG
    assert api.get(f"/api/v1/photos/{photo}/content", headers={"authorization": ""}).status_code == 401


def test_the_quarantine_is_for_admins(shelf: Shelf, api: httpx.Client) -> None:
    shelf.send(b"[1]", b"\xff\xfe", b"{}")
    assert api.get("/api/v1/quarantine").status_code == 403
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "admin", "admin")[1]
    admin = {"authorization": f"Bearer {key}"}
    page = api.get("/api/v1/quarantine?limit=2", headers=admin).json()
    assert [item["payload"] for item in page["items"]] == ["{}", "\\xff\\xfe"]
    rest = api.get(f"/api/v1/quarantine?before={page['next']}", headers=admin).json()
    assert [(item["payload"], item["size"]) for item in rest["items"]] == [("[1]", 3)]
    assert rest["next"] is None
