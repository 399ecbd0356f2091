"""Keeps the broker's users in step with the records."""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

from cloud.broker.child import NatsChild
from cloud.broker.logins import Login, fingerprint, page_login, tenant_logins
from cloud.broker.nats_config import BrokerPlace, config_text
from cloud.records import Records
from cloud.settings import CloudSettings
from facings.files import write_private

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0
_GATHER_S = 0.1


class OwnBroker:
    """Our child broker with its logins. Also devices added from the command line get theirs, within a second."""

    def __init__(self, settings: CloudSettings, records: Records, secret: str, place: BrokerPlace, cloud: Login):
        self.settings = settings
        self.place = place
        self.child = NatsChild(place)
        self._records = records
        self._secret = secret
        self._cloud = cloud
        self._written = ""
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Write the users, start the server, begin watching."""
        self._write()
        self.child.start()
        self._thread = threading.Thread(target=self._watch, name="broker-logins", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server and the watching."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join()
        self.child.stop()

    def refresh(self) -> None:
        """Give each device its login, soon; many calls make one reload."""
        self._wake.set()

    def page_login(self, tenant: str) -> tuple[str, str]:
        """User and password of the tenant's pages."""
        login = page_login(self._secret, tenant)
        return login.username, login.password

    @property
    def mqtt_url(self) -> str:
        """Where devices reach MQTT."""
        return f"mqtt://{_outside_host(self.settings)}:{self.place.mqtt_port}"

    @property
    def websocket_url(self) -> str:
        """Where pages reach MQTT over WebSocket: as set, else the broker's port."""
        return self.settings.broker.websocket_url or (
            f"ws://{_outside_host(self.settings)}:{self.place.websocket_port}/mqtt"
        )

    def _write(self) -> bool:
        with self._records.all_tenants(write=False) as session:
            text = config_text(self.place, self._cloud, tenant_logins(session, self._secret))
        if text == self._written:
            return False
        write_private(self.place.config_file, text)
        self._written = text
        return True

    def _watch(self) -> None:
        seen: tuple[object, ...] = ()
        while not self._stopping.is_set():
            woken = self._wake.wait(_LOOK_EVERY_S)
            if woken:
                self._stopping.wait(_GATHER_S)
                self._wake.clear()
            try:
                with self._records.all_tenants(write=False) as session:
                    now = fingerprint(session)
                if (woken or now != seen) and self._write():
                    self.child.reload()
                seen = now
            except Exception:
                log.exception("cannot bring the broker's users up to date; trying again")
                self._stopping.wait(_LOOK_EVERY_S)


class ExternalBroker:
    """A broker of the operator's own. Its users are the operator's: `facings cloud logins` prints what each may do."""

    def __init__(self, settings: CloudSettings, secret: str) -> None:
        self.settings = settings
        self._secret = secret

    def start(self) -> None:
        """Say whose task the users are."""
        log.info("the broker at %s is yours: configure the users of `facings cloud logins`", self.settings.broker.url)

    def stop(self) -> None:
        """Nothing runs here."""

    def refresh(self) -> None:
        """Say that the broker's users have changed."""
        log.warning("the broker's users have changed: configure those of `facings cloud logins` anew")

    def page_login(self, tenant: str) -> tuple[str, str]:
        """User and password of the tenant's pages, as `facings cloud logins` prints them."""
        login = page_login(self._secret, tenant)
        return login.username, login.password

    @property
    def mqtt_url(self) -> str:
        """Where devices reach MQTT."""
        assert self.settings.broker.url, "an external broker has its URL"
        return self.settings.broker.url

    @property
    def websocket_url(self) -> str:
        """Where pages reach MQTT over WebSocket: as set, else a guess at the broker's host."""
        host = urlsplit(self.mqtt_url).hostname
        return self.settings.broker.websocket_url or f"ws://{host}:{self.settings.broker.websocket_port}/mqtt"


def _outside_host(settings: CloudSettings) -> str:
    """The host under which others reach the broker: its own, or, where it listens on all, the one they know us by."""
    if settings.broker.host != "0.0.0.0":  # noqa: S104 (a comparison)
        return settings.broker.host
    return urlsplit(settings.http.public_url or "").hostname or "127.0.0.1"
