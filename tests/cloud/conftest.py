"""Fixtures of the cloud's tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cloud.services import Services
from tests.support.cloud import furnish, running_services, serving


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Records, facts and photos on fresh files; no broker, no tenant."""
    with running_services(tmp_path / "cloud") as running:
        yield running


@dataclass
class Api:
    """The API, served; `acme` and `bravo` are the clients of two tenants' admins, `stranger` has no key."""

    services: Services
    stranger: httpx.Client
    acme: httpx.Client
    bravo: httpx.Client

    def role(self, role: str) -> httpx.Client:
        """A client of acme with a key of `role`."""
        key = self.acme.post("/api/v1/keys", json={"name": role, "role": role}).json()["key"]
        return with_key(self.stranger, key)


def with_key(client: httpx.Client, key: str) -> httpx.Client:
    return httpx.Client(base_url=client.base_url, headers={"authorization": f"Bearer {key}"}, timeout=30)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One served API for the tests of a module."""
    with running_services(tmp_path_factory.mktemp("api") / "cloud") as services, serving(services) as stranger:
        acme = with_key(stranger, furnish(services.records))
        bravo = with_key(stranger, furnish(services.records, "bravo", "admin@bravo.example"))
        with acme, bravo:
            yield Api(services, stranger, acme, bravo)
