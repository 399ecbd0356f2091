"""Tenants, users, sessions and API keys; who calls, and the log of what they changed."""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from fastapi import Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError
from cloud.api.reading import existing
from cloud.identity.models import ROLES, ApiKey, AuditEntry, Tenant, User
from facings.clock import SystemClock
from facings.errors import BadInputError
from facings.ids import is_slug

if TYPE_CHECKING:
    from cloud.services import Services

SESSION_COOKIE = "facings_session"
SESSION_HOURS = 12
KEY_PREFIX = "fak_"
SHORTEST_PASSWORD = 10
RESERVED_TENANTS = ("cloud", "page")

# OWASP's parameters: 19 MiB, so that many sign-ins at a time do not fill the memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_HASH_OF_NO_ONE = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Caller:
    """Who calls: `actor` is an email, `key:NAME` or `operator`."""

    tenant: str
    role: str
    actor: str
    locale: str = "en"


def operator(tenant: str) -> Caller:
    """The person at the machine's own command line."""
    return Caller(tenant, "admin", "operator")


def record(session: Session, caller: Caller, action: str, subject: str, detail: dict[str, Any] | None = None) -> None:
    """Write into the audit log who did what; part of the same transaction as the change itself."""
    session.add(
        AuditEntry(
            tenant_id=caller.tenant,
            at=SystemClock().now(),
            actor=caller.actor,
            action=action,
            subject=subject,
            detail=detail or {},
        )
    )


def key_hash(key: str) -> str:
    """What is kept of a key: keys are random, so a plain SHA-256 cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()


def create_tenant(session: Session, tenant: str, name: str) -> Tenant:
    """A new customer. `session` is one over all tenants.

    Raises:
        BadInputError: the id is none, or taken.
    """
    if not is_slug(tenant) or tenant in RESERVED_TENANTS:
        raise BadInputError(f"tenant {tenant!r}: take lower-case letters, digits and dashes, as in 'acme-drinks'")
    if session.get(Tenant, tenant):
        raise BadInputError(f"there is a tenant {tenant!r} already")
    made = Tenant(id=tenant, name=name, created_at=SystemClock().now())
    session.add(made)
    session.flush()
    record(session, operator(tenant), "tenant.create", tenant, {"name": name})
    return made


def create_user(session: Session, caller: Caller, email: str, password: str, role: str, locale: str = "en") -> User:
    """A person who may sign in.

    Raises:
        BadInputError: no email, a short password, an unknown role, or the email is taken.
    """
    email = email.strip().lower()
    if "@" not in email.strip("@"):
        raise BadInputError(f"{email!r} is no email address")
    if len(password) < SHORTEST_PASSWORD:
        raise BadInputError(f"a password has {SHORTEST_PASSWORD} characters or more")
    _known_role(role)
    made = User(
        tenant_id=caller.tenant,
        email=email,
        password_hash=_hasher.hash(password),
        role=role,
        locale=locale,
        created_at=SystemClock().now(),
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise ApiError(409, f"{email} cannot be added", "take another address; this one is in use") from error
    record(session, caller, "user.create", email, {"role": role})
    return made


def create_key(session: Session, caller: Caller, name: str, role: str) -> tuple[ApiKey, str]:
    """A key for a program, and its text, which is shown this once."""
    _known_role(role)
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    made = ApiKey(
        tenant_id=caller.tenant,
        name=name,
        prefix=text[:12],
        key_hash=key_hash(text),
        role=role,
        created_at=SystemClock().now(),
    )
    session.add(made)
    session.flush()
    record(session, caller, "key.create", made.prefix, {"name": name, "role": role})
    return made, text


def disable_user(session: Session, caller: Caller, user_id: int) -> User:
    """End a person's access, signed in or not.

    Raises:
        ApiError: 404 where there is no such user; 409 where it is the caller, who would be locked out.
    """
    found = existing(session, User, user_id, "user")
    if found.email == caller.actor:
        raise ApiError(409, "nobody disables themselves", "ask another admin")
    if found.disabled_at is None:
        found.disabled_at = SystemClock().now()
        record(session, caller, "user.disable", found.email)
    return found


def revoke_key(session: Session, caller: Caller, key_id: int) -> ApiKey:
    """End a key.

    Raises:
        ApiError: 404 where there is no such key.
    """
    found = existing(session, ApiKey, key_id, "key")
    if found.revoked_at is None:
        found.revoked_at = SystemClock().now()
        record(session, caller, "key.revoke", found.prefix)
    return found


def _known_role(role: str) -> None:
    if role not in ROLES:
        raise BadInputError(f"role {role!r}: known are {', '.join(ROLES)}")


def caller_of_key(services: Services, key: str) -> Caller | None:
    """Whose API key this is; None where it is unknown or revoked."""
    if not key.startswith(KEY_PREFIX):
        return None
    with services.records.all_tenants(write=False) as session:
        wanted = select(ApiKey).where(ApiKey.key_hash == key_hash(key), ApiKey.revoked_at.is_(None))
        found = session.scalar(wanted)
        return Caller(found.tenant_id, found.role, f"key:{found.name}") if found else None


def caller_of_session(services: Services, token: str) -> Caller | None:
    """Whose session this is; None where it is forged, expired, or its user is disabled."""
    try:
        claims = jwt.decode(
            token, services.secret, algorithms=["HS256"], audience="session", options={"require": ["exp", "sub"]}
        )
    except jwt.InvalidTokenError:
        return None
    with services.records.all_tenants(write=False) as session:
        user = session.get(User, int(claims["sub"]))
        if user is None or user.disabled_at or user.tenant_id != claims.get("tenant"):
            return None
        return Caller(user.tenant_id, user.role, user.email, user.locale)


def sign_in(services: Services, email: str, password: str, address: str) -> str:
    """A session token for the user with this email and password, for the cookie `SESSION_COOKIE`.

    An unknown email takes as long as a wrong password and gets the same answer.

    Raises:
        ApiError: 401 where they do not fit; 429 after too many failures from `address`.
    """
    email = email.strip().lower()
    now = services.clock.monotonic()
    if wait := services.sign_ins.wait_s(email, address, now):
        raise ApiError(429, "too many failed sign-ins", f"wait {math.ceil(wait / 60)} min and try again")
    with services.records.all_tenants(write=False) as session:
        user = session.scalar(select(User).where(User.email == email, User.disabled_at.is_(None)))
    if not _fits(user.password_hash if user else _HASH_OF_NO_ONE, password) or user is None:
        services.sign_ins.failed(email, address, now)
        raise ApiError(401, "email or password is wrong", "an admin of your company can give you a new password")
    services.sign_ins.succeeded(email, address)
    caller = Caller(user.tenant_id, user.role, user.email, user.locale)
    with services.records.session(user.tenant_id) as session:
        record(session, caller, "session.create", user.email, {"address": address})
    return _session_token(services, user)


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def _session_token(services: Services, user: User) -> str:
    expires = services.clock.now() + timedelta(hours=SESSION_HOURS)
    claims = {"sub": str(user.id), "tenant": user.tenant_id, "aud": "session", "exp": expires}
    return jwt.encode(claims, services.secret, algorithm="HS256")


def set_session_cookie(response: Response, services: Services, token: str) -> None:
    """Hand a session to the browser; scripts cannot read it, other sites cannot send it with a form."""
    public_url = services.settings.http.public_url or ""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=public_url.startswith("https:"),
    )
