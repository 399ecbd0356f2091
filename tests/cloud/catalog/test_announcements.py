"""A published gallery is announced until the broker has taken the word of it."""

from __future__ import annotations

import threading

import pytest

from cloud.broker.link import BrokerLink
from cloud.catalog.galleries import announce
from cloud.catalog.galleries.models import GalleryVersion
from cloud.identity.service import create_tenant
from cloud.services import Services
from facings.messages import GalleryDesired
from tests.support.galleries import signed_gallery


class FullLink(BrokerLink):
    """Has no room for the first message."""

    def __init__(self) -> None:
        super().__init__("mqtt://127.0.0.1:1", "nobody", "", "nobody")  # never started
        self.sent: list[bytes] = []
        self.taken = threading.Event()

    @property
    def connected(self) -> bool:
        return True

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:
        self.sent.append(payload)
        if len(self.sent) > 1:
            self.taken.set()
        return len(self.sent) > 1


def test_what_the_broker_had_no_room_for_is_announced_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "AGAIN_AFTER_S", 0.01)
    with services.records.all_tenants() as session:
        create_tenant(session, "acme", "Acme")
    signed, _ = signed_gallery(3, {})
    with services.records.session("acme") as session:
        told = {"manifest": signed.encoded, "signature": signed.signature, "created_by": "me"}
        made = {"skus": 0, "pictures": 0, "created_at": services.clock.now()}
        session.add(GalleryVersion(version=3, sha256=signed.sha256, **told, **made))
    link = FullLink()
    announcements = announce.Announcements(services, link)
    announcements.start()
    try:
        assert link.taken.wait(30)
    finally:
        announcements.stop()
    assert {GalleryDesired.from_wire(payload).version for payload in link.sent} == {3}
    made_ready = services.settings.data_dir / "galleries" / "acme" / f"{signed.sha256}.gallery"
    assert made_ready.is_file(), "before anybody is told"
