"""Signing in, keys and roles, and the log of who changed what."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import jwt
import pytest

from cloud.identity.limit import MOST_FROM_ADDRESS, MOST_TRIES, WINDOW_S, SignInLimit
from cloud.identity.models import ApiKey, User
from cloud.identity.service import SESSION_COOKIE, caller_of_session
from tests.cloud.conftest import Api, with_key
from tests.support.cloud import EMAIL, PASSWORD, SECRET


@contextmanager
def signed_in(api: Api, email: str = EMAIL) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api.stranger.base_url, timeout=30) as browser:
        answer = browser.post("/api/v1/session", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        yield browser


def test_a_signed_in_browser_holds_a_cookie_that_scripts_and_sites_cannot_use(api: Api) -> None:
    answer = api.stranger.post("/api/v1/session", json={"email": EMAIL.upper(), "password": PASSWORD})
    api.stranger.cookies.clear()
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in (SESSION_COOKIE, "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"))
    with signed_in(api) as browser:
        assert browser.get("/api/v1/session").json() == {
            "tenant": "acme",
            "role": "admin",
            "actor": EMAIL,
            "locale": "en",
        }
        forged = browser.post("/api/v1/planograms", headers={"sec-fetch-site": "cross-site"})
        assert forged.status_code == 403
        assert browser.delete("/api/v1/session").status_code == 204
        assert browser.get("/api/v1/session").status_code == 401


def test_unknown_email_and_wrong_password_get_the_same_answer(api: Api) -> None:
    answers = [
        api.stranger.post("/api/v1/session", json={"email": email, "password": "wrong password"})
        for email in (EMAIL, "nobody@acme.example")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_too_many_failures_are_stopped_also_with_the_right_password(api: Api) -> None:
    created = api.acme.post("/api/v1/users", json={"email": "slow@acme.example", "password": PASSWORD})
    assert created.status_code == 201
    for _ in range(MOST_TRIES):
        failed = api.stranger.post("/api/v1/session", json={"email": "slow@acme.example", "password": "wrong"})
        assert failed.status_code == 401
    stopped = api.stranger.post("/api/v1/session", json={"email": "slow@acme.example", "password": PASSWORD})
    assert stopped.status_code == 429
    assert "wait 5 min" in stopped.json()["error"]["hint"]
    with signed_in(api) as another:
        assert another.get("/api/v1/session").status_code == 200


def test_the_limit_forgets_with_time_and_success() -> None:
    limit = SignInLimit()
    for second in range(MOST_TRIES):
        assert limit.wait_s("a", "1", second) == 0
        limit.failed("a", "1", second)
    assert limit.wait_s("a", "1", 10) == WINDOW_S - 10
    assert limit.wait_s("a", "2", 10) == limit.wait_s("b", "1", 10) == 0
    assert limit.wait_s("a", "1", WINDOW_S) == 0
    limit.failed("a", "1", WINDOW_S)
    limit.succeeded("a", "1")
    assert limit.wait_s("a", "1", WINDOW_S) == 0


def test_one_address_cannot_try_a_password_on_everyone() -> None:
    limit = SignInLimit()
    for number in range(MOST_FROM_ADDRESS):
        assert limit.wait_s(f"{number}", "1", number / 100) == 0
        limit.failed(f"{number}", "1", number / 100)
    assert limit.wait_s("new", "1", 2) > WINDOW_S - 3
    assert limit.wait_s("new", "2", 2) == 0


@pytest.mark.parametrize(
    ("change", "key", "algorithm"),
    [
        ({}, "another secret, as long as the first one", "HS256"),
        ({"exp": 1}, SECRET, "HS256"),
        ({"aud": "facings-photo"}, SECRET, "HS256"),
        ({"tenant": "bravo"}, SECRET, "HS256"),
        ({"sub": "999"}, SECRET, "HS256"),
        ({}, None, "none"),
    ],
)
def test_a_forged_session_is_nobodys(api: Api, change: dict[str, object], key: str | None, algorithm: str) -> None:
    good = {"sub": "1", "tenant": "acme", "aud": "session", "exp": int(time.time()) + 60}
    assert caller_of_session(api.services, jwt.encode(good, SECRET, "HS256"))
    assert caller_of_session(api.services, jwt.encode(good | change, key or "", algorithm)) is None


def test_a_disabled_user_is_out_at_once(api: Api) -> None:
    made = api.acme.post("/api/v1/users", json={"email": "leaver@acme.example", "password": PASSWORD}).json()
    with signed_in(api, "leaver@acme.example") as browser:
        assert browser.get("/api/v1/coolers").status_code == 200
        assert api.acme.delete(f"/api/v1/users/{made['id']}").json()["disabled_at"]
        assert browser.get("/api/v1/coolers").status_code == 401
    again = api.stranger.post("/api/v1/session", json={"email": "leaver@acme.example", "password": PASSWORD})
    assert again.status_code == 401


def test_an_admin_cannot_lock_themselves_out(api: Api) -> None:
    with signed_in(api) as browser:
        mine = next(user["id"] for user in browser.get("/api/v1/users").json()["items"] if user["email"] == EMAIL)
        assert browser.delete(f"/api/v1/users/{mine}").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"password": "short"},
        {"role": "boss"},
        {"locale": "xx"},
        {"emial": "a@b.c"},
    ],
)
def test_a_wrong_user_is_refused(api: Api, wrong: dict[str, str]) -> None:
    body = {"email": "new@acme.example", "password": PASSWORD, "role": "viewer"} | wrong
    assert api.acme.post("/api/v1/users", json=body).status_code == 422


def test_an_email_in_use_elsewhere_is_refused_without_saying_where(api: Api) -> None:
    answer = api.bravo.post("/api/v1/users", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 409
    assert "acme" not in answer.json()["error"]["hint"]


def test_secrets_are_shown_once_and_never_kept(api: Api) -> None:
    made = api.acme.post("/api/v1/keys", json={"name": "till", "role": "viewer"}).json()
    listed = api.acme.get("/api/v1/keys?limit=500").json()["items"]
    assert made["key"].startswith(made["prefix"])
    assert made["key"] not in str(listed)
    with api.services.records.all_tenants(write=False) as session:
        kept = session.get(ApiKey, made["id"])
        user = session.get(User, 1)
        assert kept and user
        assert made["key"] not in str(vars(kept))
        assert user.password_hash.startswith("$argon2id$")
    with with_key(api.stranger, made["key"]) as till:
        assert till.get("/api/v1/session").json()["actor"] == "key:till"
        assert api.acme.delete(f"/api/v1/keys/{made['id']}").status_code == 200
        assert till.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize(
    ("role", "read", "manage", "administer"),
    [("viewer", 200, 403, 403), ("manager", 200, 404, 403), ("admin", 200, 404, 200)],
)
def test_roles(api: Api, role: str, read: int, manage: int, administer: int) -> None:
    with api.role(role) as client:
        assert client.get("/api/v1/outlets").status_code == read
        body = {"planogram_id": None}
        assert client.put("/api/v1/coolers/none/planogram", json=body).status_code == manage
        assert client.get("/api/v1/users").status_code == administer


def test_tenants_do_not_see_each_others_people_keys_and_log(api: Api) -> None:
    for path in ("users", "keys", "audit-log"):
        own, other = (client.get(f"/api/v1/{path}?limit=500").json()["items"] for client in (api.acme, api.bravo))
        assert own
        assert other
        assert not {row["id"] for row in own} & {row["id"] for row in other}
    key = api.acme.post("/api/v1/keys", json={"name": "mine"}).json()
    assert api.bravo.delete(f"/api/v1/keys/{key['id']}").status_code == 404


def test_the_log_names_who_did_what(api: Api) -> None:
    with signed_in(api) as browser:
        made = browser.post("/api/v1/keys", json={"name": "logged"}).json()
        browser.delete(f"/api/v1/keys/{made['id']}")
    page = api.acme.get("/api/v1/audit-log?limit=500").json()
    entries = [(entry["actor"], entry["action"]) for entry in page["items"] if entry["subject"] == made["prefix"]]
    assert entries == [(EMAIL, "key.create"), (EMAIL, "key.revoke")]
