"""A whole cloud for tests: `RunningCloud` as its own process, `services` and `serving` in this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import httpx

from cloud.app import create_app
from cloud.audits.facts import Facts
from cloud.audits.photos import PhotoStore
from cloud.broker.logins import page_login
from cloud.fleet.service import add_device
from cloud.http_server import HttpServer
from cloud.identity.service import create_key, create_tenant, create_user, operator
from cloud.migrations import migrate
from cloud.models import metadata
from cloud.outlets.models import Cooler, Outlet
from cloud.records import Records
from cloud.services import NoLiveNumbers, Services
from cloud.settings import ENV_PREFIX, CloudSettings, HttpSettings, StoreSettings
from tests.support.broker import free_port
from tests.support.postgres import server

TENANT = "acme"
EMAIL = "admin@acme.example"
PASSWORD = "correct horse battery"
ON_POSTGRES = "FACINGS_TEST_RECORDS"
SECRET = "a secret for tests, long enough to sign"
WITHIN_S = 120.0  # far over what is needed: a busy machine shall not fail a test


def wait_until(condition: Any, within_s: float = WITHIN_S, what: str = "") -> Any:
    """The first true value of `condition()`."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {within_s:g} s: {what or condition}")


@dataclass
class RunningCloud:
    """`facings up` in a process of its own, on free ports that stay the same over restarts.

    It has a tenant `acme` with an admin (`EMAIL`, `PASSWORD`) and an admin key, an outlet `kiosk`, and no products. Its
    records are in its folder, or where `records_url` says.
    """

    data_dir: Path
    extra_settings: str = ""
    records_url: str = ""
    http_port: int = field(default_factory=free_port)
    mqtt_port: int = field(default_factory=free_port)
    websocket_port: int = field(default_factory=free_port)
    admin_key: str = ""
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def settings_file(self) -> Path:
        return self.data_dir.with_suffix(".toml")

    @property
    def log_file(self) -> Path:
        return self.data_dir.with_suffix(".log")

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.settings_file.write_text(
            f'data_dir = "{self.data_dir}"\n{self.extra_settings}\n'
            + (f'[store]\nrecords_url = "{self.records_url}"\n' if self.records_url else "")
            + f"[http]\nport = {self.http_port}\n"
            f"[broker]\nmqtt_port = {self.mqtt_port}\nwebsocket_port = {self.websocket_port}\n"
        )
        if not self.admin_key:
            self._furnish()
        (self.data_dir / "endpoints.json").unlink(missing_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "facings.cli", "up", "--config", str(self.settings_file)],
                stdout=log,
                stderr=log,
            )
        try:
            wait_until(self._serves, what=f"facings up on {self.data_dir}")
        except AssertionError:
            self.kill9()
            raise

    def stop(self) -> int:
        """Ask it to stop, and its exit code."""
        assert self._process
        self._process.terminate()
        try:
            return self._process.wait(WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise

    def kill9(self) -> None:
        """Kill the cloud in the middle of what it does; the broker goes with it."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def kill9_broker(self) -> None:
        """Kill the broker alone."""
        os.kill(self.broker_pid(), signal.SIGKILL)

    def restart(self) -> None:
        """Start anew on the same data and ports, after `stop` or `kill9`."""
        self.start()

    def broker_pid(self) -> int:
        return int((self.data_dir / "broker" / "nats.pid").read_text())

    @property
    def endpoints(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.data_dir / "endpoints.json").read_text())
        return document

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def mqtt_url(self) -> str:
        return f"mqtt://127.0.0.1:{self.mqtt_port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def client(self, key: str | None = None) -> httpx.Client:
        """An HTTP client with the admin's key, or another."""
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {key or self.admin_key}"}, timeout=30)

    @contextmanager
    def records(self) -> Iterator[Records]:
        """The records, beside the running cloud."""
        records = Records(self._records_url)
        records.start()
        try:
            yield records
        finally:
            records.stop()

    def add_device(self, device: str, cooler: str | None = None) -> str:
        """A device, in a cooler of the same name unless said; its key. The broker admits it within a second."""
        cooler = cooler or device
        with self.records() as records, records.session(TENANT) as session:
            if session.get(Cooler, (TENANT, cooler)) is None:
                session.add(Cooler(id=cooler, outlet_id="kiosk", name=cooler))
                session.flush()
            return add_device(session, operator(TENANT), device, cooler)[1]

    def page_login(self) -> tuple[str, str]:
        """User and password of the tenant's pages at the broker."""
        with self.client() as client:
            answer = client.get("/api/v1/live").json()
        return answer["username"], answer["password"]

    @property
    def _records_url(self) -> str:
        return self.records_url or f"sqlite:///{self.data_dir / 'records.db'}"

    def _furnish(self) -> None:
        migrate(self._records_url)
        with self.records() as records:
            self.admin_key = furnish(records)

    def _serves(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise AssertionError(f"facings up ended with {self._process.returncode}:\n{self.log[-3000:]}")
        return (self.data_dir / "endpoints.json").exists()


def furnish(records: Records, tenant: str = TENANT, email: str = EMAIL) -> str:
    """A tenant with an admin, an outlet `kiosk` and an admin key, which is returned."""
    with records.all_tenants() as session:
        create_tenant(session, tenant, tenant.title())
        create_user(session, operator(tenant), email, PASSWORD, "admin")
        session.add(Outlet(tenant_id=tenant, id="kiosk", name="Kiosk", name_zh="小卖部"))
        return create_key(session, operator(tenant), "tests", "admin")[1]


class NoBroker:
    """The logins of a cloud without a broker, for tests of what needs none; counts the refreshes."""

    mqtt_url = "mqtt://127.0.0.1:1883"
    websocket_url = "ws://127.0.0.1:9001/mqtt"

    def __init__(self) -> None:
        self.refreshed = 0

    def refresh(self) -> None:
        self.refreshed += 1

    def page_login(self, tenant: str) -> tuple[str, str]:
        login = page_login(SECRET, tenant)
        return login.username, login.password


@contextmanager
def running_services(folder: Path) -> Iterator[Services]:
    """Records, facts and photos in this process, on fresh files, without a broker.

    With `FACINGS_TEST_RECORDS=postgres` the records are in a new database of a PostgreSQL (`make test-postgres`), which
    commands find by the environment.
    """
    url = server().new_database() if os.environ.get(ON_POSTGRES) == "postgres" else None
    settings = CloudSettings(data_dir=folder, http=HttpSettings(port=0), store=StoreSettings(records_url=url))
    records = Records(settings.records_url)
    facts, photos = Facts(settings), PhotoStore(settings)
    parts = (records, facts, photos)
    try:
        for part in parts:
            part.start()
        metadata.create_all(records.engine)
        services = Services(settings, SECRET, records, facts, photos, NoLiveNumbers(), NoBroker())
        services.checks = {"records": lambda: None}
        with patch.dict(os.environ, {f"{ENV_PREFIX}_STORE__RECORDS_URL": url} if url else {}):
            yield services
    finally:
        for part in reversed(parts):
            part.stop()


@contextmanager
def serving(services: Services, key: str | None = None) -> Iterator[httpx.Client]:
    """The application over `services`, served for real; a client of it, with an API key or without."""
    server = HttpServer(services.settings.http)
    server.start()
    server.serve(create_app(services))
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=30) as client:
            yield client
    finally:
        server.stop()
