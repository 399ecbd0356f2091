"""Asking the running cloud of this machine, for commands that need the facts: one process alone can open those."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from cloud.identity import service as identity
from cloud.identity.models import Tenant
from cloud.records import Records
from cloud.settings import CloudSettings
from facings.errors import BadInputError, UnavailableError


@contextmanager
def asking(settings: CloudSettings, tenant: str, role: str) -> Iterator[httpx.Client]:
    """A client of the cloud that runs on `settings.data_dir`, with a key of `tenant` that ends with the block.

    Raises:
        UnavailableError: no cloud runs there.
        BadInputError: there is no such tenant.
    """
    url = settings.running.get("http")
    if not url:
        raise UnavailableError(f"no cloud runs on {settings.data_dir}: start it with `facings up`")
    records = Records(settings.records_url)
    records.start()
    caller = identity.operator(tenant)
    try:
        with records.all_tenants(write=False) as session:
            if session.get(Tenant, tenant) is None:
                raise BadInputError(f"there is no tenant {tenant!r}: facings cloud tenant add {tenant}")
        with records.session(tenant) as session:
            made, key = identity.create_key(session, caller, "command line", role)
            session.flush()
            number = made.id
        try:
            with httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=None) as client:  # noqa: S113 (a long re-computation)
                yield client
        except httpx.TransportError as error:
            raise UnavailableError(f"the cloud at {url} does not answer: {error}") from error
        finally:
            with records.session(tenant) as session:
                identity.revoke_key(session, caller, number)
    finally:
        records.stop()


def answered(answer: httpx.Response) -> httpx.Response:
    """The answer itself.

    Raises:
        BadInputError: the cloud refused; the text is what it says.
    """
    if answer.is_error:
        answer.read()
        try:
            told = answer.json()["error"]
            fields = (f"{one['field']}: {one['message']}" for one in told["fields"])
            raise BadInputError("; ".join(filter(None, (told["message"], told["hint"], *fields))))
        except (ValueError, KeyError, TypeError) as error:
            raise UnavailableError(f"the cloud answers {answer.status_code}: {answer.text[:200]}") from error
    return answer
