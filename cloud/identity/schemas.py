"""Sign-in, users and keys, as the API speaks of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cloud.api.shapes import Answer, Body
from facings.clock import UtcDatetime

Role = Literal["viewer", "manager", "admin"]
Locale = Literal["en", "zh-CN"]
Email = Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
Password = Annotated[str, Field(min_length=10, max_length=200)]


class SignIn(Body):
    """Email and password."""

    email: Annotated[str, Field(max_length=320)]
    password: Annotated[str, Field(max_length=200)]


class Me(Answer):
    """Who calls."""

    tenant: str
    role: Role
    actor: str
    locale: str


class NewUser(Body):
    """A person to add."""

    email: Email
    password: Password
    role: Role = "viewer"
    locale: Locale = "en"


class UserAnswer(Answer):
    """A person who may sign in."""

    id: int
    email: str
    role: Role
    locale: str
    created_at: UtcDatetime
    disabled_at: UtcDatetime | None


class NewKey(Body):
    """A key to make."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role = "viewer"


class KeyAnswer(Answer):
    """A key, without its text."""

    id: int
    name: str
    prefix: str
    role: Role
    created_at: UtcDatetime
    revoked_at: UtcDatetime | None


class MadeKey(KeyAnswer):
    """A key just made; `key` is shown this once."""

    key: str


class AuditEntryAnswer(Answer):
    """Who changed what."""

    id: int
    at: UtcDatetime
    actor: str
    action: str
    subject: str
    detail: dict[str, object]
