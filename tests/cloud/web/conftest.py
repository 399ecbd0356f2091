"""Fixtures of the pages' tests: the pages over filled stores, and a browser over a whole cloud."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext

from cloud.identity.service import SESSION_COOKIE, create_user, operator
from cloud.services import Services
from cloud.web.i18n import source_texts
from tests.support.chromium import chromium
from tests.support.cloud import PASSWORD, running_services, serving
from tests.support.shelf import Shelf

HTML = {"accept": "text/html"}


@pytest.fixture
def shelf(services: Services) -> Shelf:
    """Two tenants, alike; users `manager@TENANT.example` and `viewer@TENANT.example` of each."""
    return with_users(Shelf(services).furnish())


def with_users(shelf: Shelf) -> Shelf:
    """The shelf with a manager and a viewer of each tenant."""
    for tenant in ("acme", "other"):
        with shelf.services.records.session(tenant) as session:
            for role in ("manager", "viewer"):
                create_user(session, operator(tenant), f"{role}@{tenant}.example", PASSWORD, role)
    return shelf


@contextmanager
def furnished(folder: Path) -> Iterator[Shelf]:
    """The same on files in `folder`, for the tests of a module to share."""
    with running_services(folder / "cloud") as services:
        yield with_users(Shelf(services).furnish())


@contextmanager
def visiting(shelf: Shelf, email: str = "manager@acme.example") -> Iterator[httpx.Client]:
    """A browser of its own, signed in, which asks for pages."""
    with serving(shelf.services) as client:
        client.headers.update(HTML)
        yield signed_in(client, email)


@contextmanager
def browsing(shelf: Shelf) -> Iterator[BrowserContext]:
    """Chromium, signed in as a manager; a script error fails the test."""
    with chromium() as browser, visiting(shelf) as client:
        context = browser.new_context(base_url=str(client.base_url), locale="en-GB")
        cookie = client.cookies[SESSION_COOKIE]
        context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": str(client.base_url)}])
        context.on("weberror", lambda error: pytest.fail(f"script error: {error.error}"))
        yield context
        context.close()


@cache
def english_texts() -> frozenset[str]:
    """The texts of more than one word, which a page in another language must not show."""
    return frozenset(text for text in source_texts() if isinstance(text, str) and len(text.split()) > 1)


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
