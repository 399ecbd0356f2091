"""The updater over real MQTT and HTTP: told, fetched, checked, in use at once; or refused, and the old one stays."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.daemon import Device
from edge.device.identity import Identity
from edge.peer import Backoff
from edge.reader import SharedReader
from edge.update.gallery import WISH, GalleryUpdater
from edge.update.versions import GalleryVersions
from edge.uplink.outbox import Outbox
from edge.uplink.store import DATABASE_FILE, Store
from facings.bundles import Bundle, write_bundle
from facings.errors import BadInputError
from facings.galleries import SignedManifest, public_key_of
from facings.messages import Birth, Event, GalleryDesired
from facings.topics import gallery_topic
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import SquareReader, edge_settings, square_photo, write_replay
from tests.support.galleries import PUBLIC, signed_gallery
from tests.support.http_peer import Answer, HttpPeer, Request


class Shelf:
    """A cloud that gives bundles: version -> bytes."""

    def __init__(self) -> None:
        self.bundles: dict[int, bytes] = {}

    def __call__(self, request: Request) -> Answer:
        version = int(request.path.partition("?")[0].rsplit("/", 1)[-1])
        return Answer(200, self.bundles[version]) if version in self.bundles else Answer(503, b"not now")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def http(shelf: Shelf) -> Iterator[HttpPeer]:
    with HttpPeer(shelf) as peer:
        yield peer


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[AckingPeer]:
    with Broker(tmp_path) as broker, AckingPeer(broker.port) as running:
        running.broker_url = broker.url  # type: ignore[attr-defined]
        yield running


@contextmanager
def daemon(folder: Path, peer: Any, http: HttpPeer, **gallery: Any) -> Iterator[tuple[Device, SquareReader]]:
    write_replay(folder / "photos", [square_photo(1)])
    settings = edge_settings(
        folder, peer.broker_url, cloud={"url": http.url, "key": "fdk_1"}, gallery={"spread_s": 0, **gallery}
    )
    reader = SquareReader()
    device = Device(settings, SharedReader(reader, 1))
    device.start()
    try:
        yield device, reader
    finally:
        device.stop()


def announce(peer: AckingPeer, signed: SignedManifest, key: str = PUBLIC) -> None:
    wish = GalleryDesired(version=signed.manifest.version, sha256=signed.sha256, public_key=key)
    peer.send(gallery_topic("acme"), wish, retain=True)


def told(peer: AckingPeer, stage: str) -> list[Event]:
    return [event for event in peer.events("update-progress") if event.detail["stage"] == stage]


def test_a_published_gallery_comes_into_use_without_a_restart(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf
) -> None:
    signed, files = signed_gallery(3, {"cola": (10,)})
    shelf.bundles[3] = write_bundle(signed, files)
    with daemon(tmp_path, peer, http) as (_, reader):
        wait_until(lambda: bool(peer.on("birth")), "the first birth")
        announce(peer, signed)
        wait_until(lambda: bool(told(peer, "installed")), "installed")
        births = lambda: [Birth.from_wire(payload).gallery_version for payload in peer.on("birth")]  # noqa: E731
        wait_until(lambda: births()[-1] == 3, "a birth with the new version")
        assert births()[0] is None
        assert reader.used == [tmp_path / "state" / "gallery" / "3"]
        assert told(peer, "installed")[0].detail["skus"] == 1
        assert http.requests[0].headers["Authorization"] == "Bearer fdk_1"

        further, files = signed_gallery(4, {"cola": (10,), "lime": (60,)})
        shelf.bundles[4] = write_bundle(further, {name: files[name] for name in list(files)[1:]})
        announce(peer, further)
        wait_until(lambda: len(told(peer, "installed")) == 2, "the next version, of which only the news is sent")
        assert http.requests[-1].path.endswith("/4?since=3")


def test_a_device_that_was_away_takes_it_later_and_keeps_it_over_restarts(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf
) -> None:
    signed, files = signed_gallery(3, {"cola": (10,)})
    shelf.bundles[3] = write_bundle(signed, files)
    announce(peer, signed)
    with daemon(tmp_path, peer, http):
        wait_until(lambda: bool(told(peer, "installed")), "installed")
    with daemon(tmp_path, peer, http) as (device, reader):
        wait_until(lambda: device.is_connected, "connected again")
        assert reader.used == [tmp_path / "state" / "gallery" / "3"]
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    ("published", "gallery", "words"),
    [
        pytest.param({"key": None}, {"key": "0" * 64}, "not signed with the key 00000000", id="another key"),
        pytest.param({"embedder": "a" * 64}, {}, "embedder aaaaaaaa", id="another embedder"),
        pytest.param({"tenant": "rival"}, {}, "of tenant 'rival'", id="another tenant's"),
        pytest.param({"cut": 100}, {}, "no gallery bundle", id="cut off"),
    ],
)
def test_what_is_wrong_is_refused_once_and_told(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf, published: Any, gallery: Any, words: str
) -> None:
    fields = {name: value for name, value in published.items() if name in ("embedder", "tenant")}
    signed, files = signed_gallery(3, {"cola": (10,)}, **fields)
    shelf.bundles[3] = write_bundle(signed, files)[: published.get("cut")]
    with daemon(tmp_path, peer, http, **gallery) as (_, reader):
        wait_until(lambda: bool(peer.on("birth")), "the first birth")
        announce(peer, signed)
        wait_until(lambda: bool(told(peer, "refused")), "refused")
        assert words in told(peer, "refused")[0].reason
        announce(peer, signed)
        good, files = signed_gallery(4, {"cola": (10,)})
        shelf.bundles[4] = write_bundle(good, files)
        if "key" not in gallery:
            announce(peer, good)
            wait_until(lambda: bool(told(peer, "installed")), "the next, good version")
            assert len(reader.used) == 1
        assert len(told(peer, "refused")) == 1


def test_a_fleet_does_not_fetch_at_once(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    signed, _ = signed_gallery(3, {"cola": (10,)})
    with daemon(tmp_path, peer, http, spread_s=86_400):
        announce(peer, signed)
        wait_until(lambda: "gallery 3 is fetched in" in caplog.text, "the delay drawn")
    assert not http.requests


def test_a_gallery_is_fetched_when_its_delay_is_over_and_not_at_the_next_look(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.update.gallery.LOOK_EVERY_S", 3600.0)
    signed, files = signed_gallery(3, {"cola": (10,)})
    shelf.bundles[3] = write_bundle(signed, files)
    with daemon(tmp_path, peer, http, spread_s=0.5):
        announce(peer, signed)
        wait_until(lambda: bool(told(peer, "installed")), "installed")


def test_the_first_key_seen_is_the_one_trusted(tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf) -> None:
    signed, files = signed_gallery(3, {"cola": (10,)})
    shelf.bundles[3] = write_bundle(signed, files)
    with daemon(tmp_path, peer, http):
        announce(peer, signed)
        wait_until(lambda: bool(told(peer, "installed")), "installed")
        thief = Ed25519PrivateKey.generate()
        forged, files = signed_gallery(9, {"cola": (60,)}, key=thief)
        shelf.bundles[9] = write_bundle(forged, files)
        announce(peer, forged, public_key_of(thief))
        wait_until(lambda: bool(told(peer, "refused")), "refused")
        assert "not signed" in told(peer, "refused")[0].reason


def test_who_wants_no_galleries_of_the_cloud_gets_none(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf
) -> None:
    signed, _ = signed_gallery(3, {"cola": (10,)})
    announce(peer, signed)
    with daemon(tmp_path, peer, http, from_cloud=False) as (_, reader):
        wait_until(lambda: len(peer.observations()) == 1, "a photo read")
        assert not reader.used
    assert not http.requests


class PickyReader(SquareReader):
    """Can use no gallery."""

    def use_gallery(self, folder: Path) -> None:
        super().use_gallery(folder)
        raise BadInputError("its tuning is damaged")


def test_a_wish_kept_by_another_version_is_waited_for_anew(
    tmp_path: Path, peer: AckingPeer, http: HttpPeer, shelf: Shelf
) -> None:
    with daemon(tmp_path, peer, http):
        pass
    with sqlite3.connect(tmp_path / "state" / DATABASE_FILE) as kept:
        kept.execute("INSERT INTO kept (key, value) VALUES (?, ?)", (WISH, '{"schema": "facings/gallery-desired/9"}'))
    kept.close()
    signed, files = signed_gallery(3, {"cola": (10,)})
    shelf.bundles[3] = write_bundle(signed, files)
    with daemon(tmp_path, peer, http):
        wait_until(lambda: bool(peer.on("birth")), "a birth")
        announce(peer, signed)
        wait_until(lambda: bool(told(peer, "installed")), "installed")


def test_a_gallery_that_cannot_be_used_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    signed, files = signed_gallery(3, {"cola": (10,)})
    versions = GalleryVersions(tmp_path / "state" / "gallery", "acme")
    (tmp_path / "3.gallery").write_bytes(write_bundle(signed, files))
    with Bundle(tmp_path / "3.gallery") as bundle:
        versions.make_current(versions.unpack(bundle, bundle.verified(PUBLIC)))
    settings, reader, log = edge_settings(tmp_path, "mqtt://127.0.0.1:1"), PickyReader(), logging.getLogger("picky")
    store = Store(settings.state_dir, log)
    store.start()
    outbox = Outbox(store, Identity("acme", "cooler-01"), log)
    updater = GalleryUpdater(settings, SharedReader(reader, 1), store, outbox, Backoff(), log)
    for _ in range(3):
        updater._take_up_installed()
    store.stop()
    assert len(reader.used) == 1
    assert [record.message for record in caplog.records if record.name == "picky"] == [
        "gallery 3 cannot be used: its tuning is damaged"
    ]
