"""Photos go to the cloud over HTTP and leave the device, or wait there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.uplink.glance import glance
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import edge_settings, square_photo, write_replay
from tests.support.http_peer import Answer, HttpPeer, Request
from tests.support.live_device import device


def test_photos_go_over_http_and_leave_the_device(tmp_path: Path, broker: Broker) -> None:
    put: dict[str, bytes] = {}

    def respond(request: Request) -> Answer:
        if request.method == "PUT":
            assert "Authorization" not in request.headers
            first_try = request.path not in put
            put[request.path] = request.body
            return Answer(status=422, body=b"fewer bytes than announced") if first_try else Answer(status=204)
        if request.headers.get("Authorization") != "Bearer fdk_key":
            return Answer(status=401)
        grant = json.loads(request.body)
        if grant["captured_at"] == "2026-03-02T08:00:00.000Z":
            return Answer(body=json.dumps({"stored": True}).encode())
        if grant["captured_at"] == "2026-03-02T09:00:00.000Z":
            return Answer(status=422, body=b"no such photo")
        answer = {
            "url": f"/put/{grant['photo_id']}",
            "method": "PUT",
            "headers": {},
            "expires_at": "2030-01-01T00:00:00Z",
        }
        return Answer(status=201, body=json.dumps(answer).encode())

    photos = [square_photo(n, n) for n in range(1, 5)]
    write_replay(tmp_path / "photos", photos)
    with HttpPeer(respond) as cloud, AckingPeer(broker.port) as peer:
        settings = edge_settings(
            tmp_path, broker.url, cloud={"url": cloud.url, "key": "fdk_key"}, uploads={"enabled": True}
        )
        with device(settings, once=True) as running:
            wait_until(lambda: running.is_done, "everything acknowledged and uploaded")
            observed = peer.observations()
            (refused,) = peer.events("outbox-dropped")
    assert put == {
        f"/put/{o.photo_id}": photo for o, photo in zip(observed, photos, strict=True) if o.captured_at.hour > 9
    }
    assert refused.detail["photo_ids"] == [str(observed[1].photo_id)]
    assert not list((settings.state_dir / "photos").iterdir())


@pytest.mark.parametrize("status", [401, 404, 413, 500])
def test_photos_wait_for_a_cloud_that_does_not_take_them_now(
    tmp_path: Path, broker: Broker, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    write_replay(tmp_path / "photos", [square_photo(1)])
    with HttpPeer(lambda _: Answer(status=status, body=b"not now")) as cloud, AckingPeer(broker.port) as peer:
        settings = edge_settings(tmp_path, broker.url, cloud={"url": cloud.url}, uploads={"enabled": True})
        with device(settings, once=True):
            wait_until(lambda: len(cloud.requests) >= 2, "two tries")
            wait_until(lambda: len(peer.observations()) == 1, "the observation, photo or not")
        assert glance(settings.state_dir)["photos_to_upload"] == 1
    told = [record.message for record in caplog.records if "cloud.key" in record.message]
    assert len(told) == 1
