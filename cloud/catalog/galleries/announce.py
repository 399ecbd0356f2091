"""Tells devices which gallery was published last: retained at the broker, so those who are away hear it later."""

from __future__ import annotations

import logging
import threading

from sqlalchemy import select

from cloud.broker.link import BrokerLink
from cloud.catalog.galleries.models import GalleryVersion
from cloud.catalog.galleries.service import newest, public_key
from cloud.services import Services
from facings.errors import UnavailableError
from facings.messages import GalleryDesired
from facings.topics import gallery_topic

LOOK_AGAIN_S = 0.5
AGAIN_AFTER_S = 10.0
"""An announcement that could not be made is made again so much later."""

log = logging.getLogger(__name__)


class Announcements:
    """Announces galleries; start it before the link."""

    def __init__(self, services: Services, link: BrokerLink) -> None:
        self._services = services
        self._link = link
        self._waiting: set[str] = set()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="galleries")

    def start(self) -> None:
        """Begin, with every tenant: the broker may be a new one."""
        with self._services.records.all_tenants(write=False) as session:
            self._waiting.update(session.scalars(select(GalleryVersion.tenant_id).distinct()))
        self._thread.start()

    def stop(self) -> None:
        """End; the next start announces everything."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def announce(self, tenant: str) -> None:
        """Tell the tenant's devices of its newest version, soon."""
        with self._changed:
            self._waiting.add(tenant)
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._stopping:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if not self._link.connected:
                    self._changed.wait(LOOK_AGAIN_S)
                    continue
                waiting, self._waiting = self._waiting, set()
            untold = {tenant for tenant in sorted(waiting) if not self._told(tenant)}
            if untold:
                with self._changed:
                    self._waiting |= untold
                    self._changed.wait_for(lambda: self._stopping, AGAIN_AFTER_S)

    def _told(self, tenant: str) -> bool:
        try:
            self._publish(tenant)
        except UnavailableError as error:
            log.warning("cannot announce the gallery of %s, trying again: %s", tenant, error)
            return False
        except Exception:
            log.exception("cannot announce the gallery of %s, trying again", tenant)
            return False
        return True

    def _publish(self, tenant: str) -> None:
        with self._services.records.session(tenant, write=False) as session:
            version = newest(session)
            before = session.get(GalleryVersion, (tenant, version.version - 1)) if version else None
        if version is None:
            return
        self._make_ready(version, before)
        key = public_key(self._services.settings, tenant)
        wish = GalleryDesired(version=version.version, sha256=version.sha256, public_key=key)
        if not self._link.publish(gallery_topic(tenant), wish.to_wire(), qos=1, retain=True):
            raise UnavailableError("too much is waiting for the broker")
        log.info("announced gallery %d of %s", version.version, tenant)

    def _make_ready(self, version: GalleryVersion, before: GalleryVersion | None) -> None:
        """Have what most devices will ask for lie there when they do: the whole bundle, and what is new in it."""
        for since in (None, before) if before else (None,):
            self._services.bundles.file_of(version, since)
