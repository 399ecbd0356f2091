"""/api/v1/session, /users, /keys and /audit-log."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from cloud.api.deps import AdminDep, CallerDep, ServicesDep, SessionDep
from cloud.api.reading import answered_page
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId
from cloud.identity import service
from cloud.identity.models import ApiKey, AuditEntry, User
from cloud.identity.schemas import (
    AuditEntryAnswer,
    KeyAnswer,
    MadeKey,
    Me,
    NewKey,
    NewUser,
    SignIn,
    UserAnswer,
)

router = APIRouter(prefix="/api/v1", tags=["identity"], route_class=CommittingRoute)


@router.post("/session", status_code=204)
def sign_in(body: SignIn, request: Request, services: ServicesDep) -> Response:
    """Sign in; the answer sets the session cookie. Programs use an API key instead."""
    address = request.client.host if request.client else "unknown"
    answer = Response(status_code=204)
    service.set_session_cookie(answer, services, service.sign_in(services, body.email, body.password, address))
    return answer


@router.get("/session")
def who_am_i(who: CallerDep) -> Me:
    """Who calls."""
    return Me.model_validate(who)


@router.delete("/session", status_code=204)
def sign_out(_who: CallerDep) -> Response:
    """Forget the session cookie."""
    answer = Response(status_code=204)
    answer.delete_cookie(service.SESSION_COOKIE)
    return answer


@router.get("/users")
def list_users(_who: AdminDep, session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[UserAnswer]:
    """The people of this tenant."""
    return answered_page(UserAnswer, session, select(User), User.id, after, limit)


@router.post("/users", status_code=201)
def add_user(body: NewUser, who: AdminDep, session: SessionDep) -> UserAnswer:
    """Add a person."""
    made = service.create_user(session, who, body.email, body.password, body.role, body.locale)
    return UserAnswer.model_validate(made)


@router.delete("/users/{user_id}")
def disable_user(user_id: RecordId, who: AdminDep, session: SessionDep) -> UserAnswer:
    """End a person's access at once; the log keeps the name."""
    return UserAnswer.model_validate(service.disable_user(session, who, user_id))


@router.get("/keys")
def list_keys(_who: AdminDep, session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[KeyAnswer]:
    """The API keys of this tenant, without their texts."""
    return answered_page(KeyAnswer, session, select(ApiKey), ApiKey.id, after, limit)


@router.post("/keys", status_code=201)
def add_key(body: NewKey, who: AdminDep, session: SessionDep) -> MadeKey:
    """Make an API key; its text is in this answer and nowhere else."""
    made, text = service.create_key(session, who, body.name, body.role)
    return MadeKey(**KeyAnswer.model_validate(made).model_dump(), key=text)


@router.delete("/keys/{key_id}")
def revoke_key(key_id: RecordId, who: AdminDep, session: SessionDep) -> KeyAnswer:
    """End a key at once."""
    return KeyAnswer.model_validate(service.revoke_key(session, who, key_id))


@router.get("/audit-log")
def audit_log(
    _who: AdminDep, session: SessionDep, after: AfterNumber = None, limit: Limit = 100
) -> Page[AuditEntryAnswer]:
    """Who changed what, oldest first."""
    return answered_page(AuditEntryAnswer, session, select(AuditEntry), AuditEntry.id, after, limit)
