"""Fixtures of the pages' tests: the pages over filled stores, and a browser over a whole cloud."""

from collections.abc import Iterator

import httpx
import pytest

from cloud.identity.service import create_user, operator
from cloud.services import Services
from tests.support.cloud import PASSWORD, serving
from tests.support.shelf import Shelf

HTML = {"accept": "text/html"}


@pytest.fixture
def shelf(services: Services) -> Shelf:
    """Two tenants, alike; users `manager@TENANT.example` and `viewer@TENANT.example` of each."""
    shelf = Shelf(services).furnish()
    for tenant in ("acme", "other"):
        with services.records.session(tenant) as session:
            for role in ("manager", "viewer"):
                create_user(session, operator(tenant), f"{role}@{tenant}.example", PASSWORD, role)
    return shelf


@pytest.fixture
def web(shelf: Shelf) -> Iterator[httpx.Client]:
    """A browser that is not signed in, which asks for pages."""
    with serving(shelf.services) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def manager(web: httpx.Client) -> httpx.Client:
    """The browser, signed in as a manager of `acme`."""
    return signed_in(web, "manager@acme.example")


def signed_in(web: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Client:
    """The browser after the sign-in form."""
    answer = web.post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 303, answer.text
    return web
