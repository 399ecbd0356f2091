"""One running cloud: its parts, started in order and stopped in reverse."""

from __future__ import annotations

import json
import logging
import os
import threading

from clickhouse_connect.driver.exceptions import ClickHouseError
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from cloud.alerts.rounds import AlertRounds
from cloud.alerts.sending import AlertSender
from cloud.analytics.forecast.rounds import OutlookRounds
from cloud.analytics.judging.part import Judging, Together
from cloud.analytics.late_photos import LatePhotos
from cloud.analytics.live import Live
from cloud.analytics.promo.rounds import PromotionRounds
from cloud.analytics.rollups.background import RollupRounds
from cloud.analytics.rollups.retention import Retention
from cloud.analytics.sellout.background import SellOutRounds
from cloud.app import create_app
from cloud.audits.facts import Facts
from cloud.audits.ingest import Ingest
from cloud.audits.photos import PhotoStore
from cloud.broker.link import BrokerLink
from cloud.broker.logins import Login
from cloud.broker.nats_config import BrokerPlace
from cloud.broker.ports import chosen_ports
from cloud.broker.watch import ExternalBroker, OwnBroker
from cloud.catalog.galleries.announce import Announcements
from cloud.catalog.newcomers.rounds import NewcomerRounds
from cloud.fleet.wishes import Wishes
from cloud.http_server import HttpServer
from cloud.identity.first import first_sign_in
from cloud.lock import InstanceLock
from cloud.migrations import migrate
from cloud.records import Records
from cloud.retention import RecordRetention
from cloud.services import NoLiveNumbers, Services
from cloud.settings import ENDPOINTS_FILE, CloudSettings, kept_secret, session_secret
from cloud.stores import check_disk, in_short
from facings.errors import UnavailableError
from facings.files import write_private
from facings.worker import Part

log = logging.getLogger(__name__)

_CONNECT_WITHIN_S = 30.0


class Instance:
    """A whole cloud on `settings`."""

    def __init__(self, settings: CloudSettings) -> None:
        self.settings = settings
        self.sign_in_hint: list[str] = []
        self._started: list[Part] = []
        self._http = HttpServer(settings.http)

    @property
    def url(self) -> str:
        """Where browsers find it."""
        if self.settings.http.public_url:
            return self.settings.http.public_url
        host = "127.0.0.1" if self.settings.http.host == "0.0.0.0" else self.settings.http.host  # noqa: S104
        return f"http://{host}:{self._http.port}"

    def start(self) -> None:
        """Start every part, in order; where one fails, those before it are stopped.

        Raises:
            FacingsError: a part cannot start; the text says what to do.
        """
        try:
            self._start()
        except (OSError, DBAPIError, ClickHouseError) as error:
            self.stop()
            raise UnavailableError(
                f"cannot start on {self.settings.data_dir}: {in_short(error)}; is its disk full, or not ours to write?"
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started, last first."""
        while self._started:
            part = self._started.pop()
            try:
                part.stop()
            except Exception:
                log.exception("%s did not stop cleanly", type(part).__name__)
        self._http.stop()  # frees the port also where serving was never reached

    def wait(self, stopping: threading.Event) -> None:
        """Wait until asked to stop, or until the HTTP server has ended."""
        while not stopping.wait(0.5):
            if not self._http.alive:
                log.error("the HTTP server has ended; stopping")
                return

    def _run(self, part: Part) -> None:
        self._started.append(part)
        part.start()

    def _start(self) -> None:
        settings = self.settings
        self._run(InstanceLock(settings.data_dir))
        self._http.start()
        secret = session_secret(settings)
        migrate(settings.records_url, secret)
        records = Records(settings.records_url)
        self._run(records)
        self.sign_in_hint = first_sign_in(records, settings)
        facts, photos = Facts(settings), PhotoStore(settings)
        self._run(facts)
        self._run(photos)
        broker, link = self._broker(records, secret)
        self._run(broker)
        services = Services(settings, secret, records, facts, photos, NoLiveNumbers(), broker)
        self._connect(services, link)
        self._started.append(self._http)
        self._http.serve(create_app(services))
        self._run(Endpoints(self, broker))

    def _connect(self, services: Services, link: BrokerLink) -> None:
        live, ingest, judging = Live(services, link), Ingest(services, link), Judging(services)
        services.live = Together(live, judging)
        galleries = services.galleries = Announcements(services, link)
        services.devices = link
        sender = AlertSender(services, link)
        services.live = alerts = AlertRounds(services, link, services.live, sender)
        services.checks = {
            "records": lambda: _ask(services.records.engine),
            "facts": lambda: _ask(services.facts.engine),
            "broker": link.check,
            "disk": lambda: check_disk(services.settings.data_dir),
        }
        services.metrics.broker_up.set_function(lambda: float(link.connected))
        # The link starts last, when there is someone to take what arrives, and stops last, when all is acknowledged.
        self._started.append(link)
        self._run(RollupRounds(services))
        self._run(live)
        self._run(sender)
        self._run(alerts)
        self._run(ingest)
        self._run(galleries)
        self._run(NewcomerRounds(services))
        self._run(judging)
        self._run(LatePhotos(services))
        self._run(SellOutRounds(services))
        self._run(OutlookRounds(services))
        self._run(PromotionRounds(services))
        self._run(Retention(services))
        self._run(RecordRetention(services))
        link.start()
        link.wait_connected(_CONNECT_WITHIN_S)
        self._run(Wishes(services, link))

    def _broker(self, records: Records, secret: str) -> tuple[OwnBroker | ExternalBroker, BrokerLink]:
        given = self.settings.broker
        password = (
            given.password.get_secret_value() if given.password else kept_secret(self.settings.data_dir, "broker")
        )
        # Nobody else knows the client id, so nobody can take our place at the broker.
        client_id = f"facings-cloud-{kept_secret(self.settings.data_dir, 'client-id')[:16]}"
        if given.url:
            return ExternalBroker(self.settings, secret), BrokerLink(given.url, given.username, password, client_id)
        mqtt_port, websocket_port = chosen_ports(given)
        place = BrokerPlace(given.host, mqtt_port, websocket_port, (self.settings.data_dir / "broker").resolve())
        cloud = Login(given.username, password, publish=(), subscribe=())
        host = "127.0.0.1" if given.host == "0.0.0.0" else given.host  # noqa: S104 (a comparison)
        link = BrokerLink(f"mqtt://{host}:{mqtt_port}", given.username, password, client_id)
        return OwnBroker(self.settings, records, secret, place, cloud), link


def _ask(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


class Endpoints:
    """The file `endpoints.json` in the data folder: where this instance listens, while it does."""

    def __init__(self, instance: Instance, broker: OwnBroker | ExternalBroker) -> None:
        self.file = instance.settings.data_dir / ENDPOINTS_FILE
        self._instance = instance
        self._broker = broker

    def start(self) -> None:
        """Write it."""
        document = {
            "http": self._instance.url,
            "mqtt": self._broker.mqtt_url,
            "websocket": self._broker.websocket_url,
            "pid": os.getpid(),
        }
        write_private(self.file, json.dumps(document, indent=1) + "\n")

    def stop(self) -> None:
        """Remove it."""
        self.file.unlink(missing_ok=True)
