"""What holds for every route, found by walking them all."""

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate
from sqlalchemy.exc import OperationalError

from cloud.api.errors import ErrorResponse
from cloud.app import DOMAINS
from tests.cloud.conftest import Api
from tests.support.routes import routes_of

OPEN = {
    "POST /api/v1/session": "one signs in here",
    "GET /sign-in": "one signs in here",
    "POST /sign-in": "one signs in here",
    "POST /sign-out": "forgets a cookie, whosever it is",
    "POST /preferences": "sets a cookie",
    "PUT /api/v1/photos/{photo_id}/content": "asks for the grant in its address",
}
"""Routes that ask for no caller, and why."""


def routes() -> Iterator[tuple[str, str]]:
    for domain in DOMAINS:
        for route in routes_of(domain.router):
            for method in sorted(route.methods or ()):
                yield method, route.path


def filled_in(path: str) -> str:
    number = ("_id}", "proposal}", "order}", "stockout}")
    parts = [("1" if part.endswith(number) else "x") if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


@pytest.mark.parametrize(("method", "path"), list(routes()))
def test_every_route_asks_who_calls(api: Api, method: str, path: str) -> None:
    if f"{method} {path}" in OPEN:
        return
    for headers in (
        {},
        {"authorization": "Bearer fak_wrong"},
        {"authorization": "Bearer fdk_wrong"},
        {"cookie": "facings_session=forged"},
    ):
        answer = api.stranger.request(method, filled_in(path), headers=headers)
        assert answer.status_code == 401, answer.text
        error = ErrorResponse.model_validate(answer.json()).error
        assert (error.code, bool(error.hint)) == ("not-signed-in", True)


def test_the_open_routes_exist() -> None:
    assert set(OPEN) <= {f"{method} {path}" for method, path in routes()}


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "not-found"),
        ("GET", "/api/v1/coolers/nobody", {}, 404, "not-found"),
        ("GET", "/api/v1/coolers/No%20Slug", {}, 422, "bad-input"),
        ("DELETE", "/api/v1/products", {}, 405, "wrong-method"),
        ("PUT", "/healthz", {}, 405, "wrong-method"),
        ("GET", "/api/v1/products?limit=0", {}, 422, "bad-input"),
        ("GET", "/api/v1/products?limit=501", {}, 422, "bad-input"),
        ("GET", "/api/v1/planograms?after=99999999999999999999", {}, 422, "bad-input"),
        ("GET", "/api/v1/planograms/99999999999999999999", {}, 422, "bad-input"),
        (
            "POST",
            "/api/v1/planograms",
            {"content": b"{", "headers": {"content-type": "application/json"}},
            422,
            "bad-input",
        ),
        (
            "POST",
            "/api/v1/planograms",
            {"content": b"\xff", "headers": {"content-type": "application/json"}},
            400,
            "bad-request",
        ),
        ("POST", "/api/v1/planograms", {"json": []}, 422, "bad-input"),
        ("POST", "/api/v1/planograms", {"json": None}, 422, "bad-input"),
        ("POST", "/api/v1/planograms", {}, 422, "bad-input"),
        ("POST", "/api/v1/planograms", {"content": b"x" * 9_000_000}, 413, "too-large"),
        ("POST", "/api/v1/planograms", {"content": (b"x" * 1_000_000 for _ in range(9))}, 413, "too-large"),
        ("POST", "/api/v1/session", {"json": {"email": "a@b.c", "password": "wrong"}}, 401, "not-signed-in"),
    ],
)
def test_every_error_has_the_one_shape(
    api: Api, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = api.acme.request(method, path, **options)
    assert answer.status_code == status, answer.text
    assert ErrorResponse.model_validate(answer.json()).error.code == code
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(OSError(28, "database or disk is full"), "the disk of this service is full", id="full"),
        pytest.param(OSError("database is locked"), "a store of this service does not answer", id="locked"),
    ],
)
def test_a_store_that_is_full_or_away_is_no_fault_in_the_program(api: Api, error: OSError, words: str) -> None:
    class Away:
        def session(self, *_: object, **__: object) -> object:
            raise OperationalError("INSERT INTO secret", {}, error)

        all_tenants = session

    kept = api.services.records
    api.services.records = Away()  # type: ignore[assignment]
    try:
        answer = api.acme.get("/api/v1/coolers")
        page = api.stranger.get("/coolers/one", headers={**api.acme.headers, "accept": "text/html"})
    finally:
        api.services.records = kept
    assert (answer.status_code, page.status_code) == (503, 503)
    assert ErrorResponse.model_validate(answer.json()).error.message == words
    assert "catching its breath" in page.text
    assert "secret" not in answer.text + page.text


def test_a_fault_of_ours_tells_nothing_of_the_inside(api: Api) -> None:
    kept = api.services.records
    api.services.records = None  # type: ignore[assignment]
    try:
        answer = api.acme.get("/api/v1/coolers")
    finally:
        api.services.records = kept
    assert answer.status_code == 500
    assert ErrorResponse.model_validate(answer.json()).error.code == "our-fault"
    assert "NoneType" not in answer.text


def test_the_openapi_document_is_valid_and_names_the_error_shape(api: Api) -> None:
    document = api.stranger.get("/api/v1/openapi.json").json()
    validate(document)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["responses"]["4XX"]["content"]["application/json"]["schema"]["$ref"].endswith(
                "ErrorResponse"
            )


def test_every_answer_carries_the_security_headers(api: Api) -> None:
    for path in ("/healthz", "/api/v1/nothing", "/api/v1/openapi.json"):
        headers = api.stranger.get(path).headers
        assert "connect-src 'self' ws://127.0.0.1:9001/mqtt;" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_healthz_names_the_part_that_is_down(api: Api) -> None:
    def broken() -> None:
        raise OSError("disk gone")

    api.services.checks["facts"] = broken
    answer = api.stranger.get("/healthz")
    del api.services.checks["facts"]
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "parts": {"records": "ok", "facts": "disk gone"}}


def test_metrics_count_by_route_not_by_path(api: Api) -> None:
    for cooler in ("one", "two"):
        api.acme.get(f"/api/v1/coolers/{cooler}")
    text = api.stranger.get("/metrics").text
    assert 'facings_http_requests_total{method="GET",route="/api/v1/coolers/{cooler}",status="404"}' in text
    assert "/coolers/one" not in text
