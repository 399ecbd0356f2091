"""What routes ask for: the services, who calls, and a session narrowed to the caller's tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError
from cloud.fleet.models import Device
from cloud.fleet.service import device_of_key
from cloud.identity.models import ROLES
from cloud.identity.service import SESSION_COOKIE, Caller, caller_of_key, caller_of_session
from cloud.services import Services


def services_of(request: Request) -> Services:
    """The services of the running application."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]


def _bearer(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def caller(request: Request, services: ServicesDep) -> Caller:
    """Who calls, by API key (`Authorization: Bearer ...`) or by the session cookie of a signed-in page.

    Raises:
        ApiError: 401 without either, or with one that is wrong, expired or revoked; 403 for a forged page request.
    """
    if key := _bearer(request):
        found = caller_of_key(services, key)
    elif cookie := request.cookies.get(SESSION_COOKIE):
        refuse_cross_site(request)
        found = caller_of_session(services, cookie)
    else:
        raise ApiError(401, "no API key and no session", "send `Authorization: Bearer KEY`, or sign in at /sign-in")
    if found is None:
        raise ApiError(401, "the API key or session is not valid", "make a new key, or sign in again")
    return found


def refuse_cross_site(request: Request) -> None:
    """Guard what a browser sends: a cookie travels with requests of other sites too, and those must change nothing.

    Raises:
        ApiError: 403 for a request that another site made.
    """
    if request.method not in ("GET", "HEAD") and request.headers.get("sec-fetch-site", "same-origin") not in (
        "same-origin",
        "none",
    ):
        raise ApiError(403, "this request came from another site", "use the pages of this service")


CallerDep = Annotated[Caller, Depends(caller)]


def tenant_session(request: Request, services: ServicesDep, who: CallerDep) -> Iterator[Session]:
    """A session narrowed to the caller's tenant; committed when the route returns, before the answer is sent.

    GET and HEAD read, the others write.
    """
    with services.records.session(who.tenant, write=request.method not in ("GET", "HEAD")) as session:
        yield session


# scope="function": the commit happens before the response leaves, so that an answer 2xx means stored.
SessionDep = Annotated[Session, Depends(tenant_session, scope="function")]


def needs(role: str) -> Callable[[CallerDep], Caller]:
    """A dependency that admits callers of at least `role`."""

    def check(who: CallerDep) -> Caller:
        if ROLES.index(who.role) < ROLES.index(role):
            raise ApiError(403, f"this needs the role {role}; yours is {who.role}", "ask an admin of your company")
        return who

    return check


ManagerDep = Annotated[Caller, Depends(needs("manager"))]
AdminDep = Annotated[Caller, Depends(needs("admin"))]


def refresh_live(services: ServicesDep, who: CallerDep, background: BackgroundTasks) -> None:
    """Have the live numbers published anew after the answer, which leaves after the commit."""
    background.add_task(services.live.refresh, who.tenant)


LIVE = [Depends(refresh_live)]
"""Dependencies of the routes that change what the live numbers show."""


def device(request: Request, services: ServicesDep) -> Device:
    """The device that calls, by its key.

    Raises:
        ApiError: 401 where the key is missing, wrong or revoked.
    """
    key = _bearer(request)
    found = device_of_key(services, key) if key else None
    if found is None:
        raise ApiError(401, "no valid device key", "provision the device: facings cloud device add")
    return found


DeviceDep = Annotated[Device, Depends(device)]
