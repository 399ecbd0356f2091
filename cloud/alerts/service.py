"""Rules and destinations are kept, alerts acknowledged."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts.addresses import checked_url
from cloud.alerts.models import Alert, AlertDelivery, AlertDestination, AlertRule
from cloud.alerts.schemas import DestinationBody, RuleBody
from cloud.alerts.signing_secrets import SigningSecrets
from cloud.alerts.webhook import key_of, new_secret
from cloud.api.errors import ApiError, not_found
from cloud.identity.service import Caller, record
from cloud.services import Services
from facings.errors import BadInputError


def put_rule(session: Session, caller: Caller, body: RuleBody, now: datetime, rule_id: int | None = None) -> AlertRule:
    """Add a rule, or change one.

    Raises:
        ApiError: 404 for an unknown rule, 422 for an unknown destination.
    """
    _known_destinations(session, [*body.destinations, *body.escalate_to])
    rule = AlertRule(created_at=now, created_by=caller.actor) if rule_id is None else found_rule(session, rule_id)
    for name, value in body.model_dump().items():
        setattr(rule, name, value)
    session.add(rule)
    session.flush()
    record(session, caller, "alert-rule.put", str(rule.id), {"name": rule.name, "watch": rule.watch})
    return rule


def found_rule(session: Session, rule_id: int) -> AlertRule:
    """The rule.

    Raises:
        ApiError: 404 where there is none, or it was deleted.
    """
    rule = session.scalar(select(AlertRule).where(AlertRule.id == rule_id, AlertRule.deleted_at.is_(None)))
    if rule is None:
        raise not_found("alert rule", rule_id)
    return rule


def delete_rule(session: Session, caller: Caller, rule_id: int, now: datetime) -> None:
    """Take a rule away; its alerts end without a word."""
    rule = found_rule(session, rule_id)
    rule.deleted_at, rule.enabled = now, False
    record(session, caller, "alert-rule.delete", str(rule_id), {"name": rule.name})


class NewSecret(NamedTuple):
    """A destination just made, and what its webhook is signed with: told now, and never again."""

    place: AlertDestination
    secret: str


def add_destination(session: Session, caller: Caller, body: DestinationBody, services: Services) -> NewSecret:
    """Add a destination; a webhook without a secret gets one.

    Raises:
        BadInputError: the URL is none that webhooks may go to, or the secret is none.
    """
    secret = body.secret or (new_secret() if body.kind == "webhook" else "")
    body = body.model_copy(update={"secret": secret})
    return NewSecret(_put_destination(session, caller, AlertDestination(), body, services), secret)


def change_destination(
    session: Session, caller: Caller, destination_id: int, body: DestinationBody, services: Services
) -> AlertDestination:
    """Change a destination; without a secret a webhook keeps its own.

    Raises:
        ApiError: 404 for an unknown destination.
        BadInputError: as `add_destination`, or it becomes a webhook and no secret is given.
    """
    place = found_destination(session, destination_id)
    if body.kind == "webhook" and not (body.secret or place.sealed_secret):
        raise BadInputError("this was an e-mail address: give the webhook's secret, or add it as a new destination")
    return _put_destination(session, caller, place, body, services)


def _put_destination(
    session: Session, caller: Caller, place: AlertDestination, body: DestinationBody, services: Services
) -> AlertDestination:
    if body.kind == "webhook":
        checked_url(body.address, allow_private=services.settings.alerts.allow_private_webhooks)
    for name, value in body.model_dump(exclude={"secret"}).items():
        setattr(place, name, value)
    if body.kind == "email":
        place.sealed_secret = ""
    elif body.secret:
        key_of(body.secret)
        place.sealed_secret = SigningSecrets(services.secret).sealed(body.secret, caller.tenant)
    session.add(place)
    session.flush()
    record(session, caller, "alert-destination.put", str(place.id), {"name": place.name, "kind": place.kind})
    return place


def found_destination(session: Session, destination_id: int) -> AlertDestination:
    """The destination.

    Raises:
        ApiError: 404 where there is none.
    """
    place = session.scalar(select(AlertDestination).where(AlertDestination.id == destination_id))
    if place is None:
        raise not_found("alert destination", destination_id)
    return place


def delete_destination(session: Session, caller: Caller, destination_id: int) -> None:
    """Take a destination away, with what was still to go there.

    Raises:
        ApiError: 404 where there is none, 409 while a rule names it.
    """
    place = found_destination(session, destination_id)
    for rule in session.scalars(select(AlertRule).where(AlertRule.deleted_at.is_(None))):
        if destination_id in (*rule.destinations, *rule.escalate_to):
            raise ApiError(
                409, f"rule {rule.name!r} alerts there", "change the rule first, or switch the destination off"
            )
    for delivery in session.scalars(select(AlertDelivery).where(AlertDelivery.destination_id == destination_id)):
        session.delete(delivery)
    session.flush()
    session.delete(place)
    record(session, caller, "alert-destination.delete", str(destination_id), {"name": place.name})


def acknowledge(session: Session, caller: Caller, alert_id: uuid.UUID, now: datetime) -> Alert:
    """Somebody is on it: it escalates no more. Once more changes nothing.

    Raises:
        ApiError: 404 where there is no such alert, 409 where it is over.
    """
    alert = session.scalar(select(Alert).where(Alert.id == alert_id).with_for_update())
    if alert is None or alert.state == "waiting":
        raise not_found("alert", alert_id)
    if alert.state == "resolved":
        raise ApiError(409, "the alert is over by itself", "nothing needs to be done")
    if alert.state == "open":
        alert.state, alert.acknowledged_at, alert.acknowledged_by = "acknowledged", now, caller.actor
        record(session, caller, "alert.acknowledge", str(alert_id))
    return alert


def _known_destinations(session: Session, wanted: Iterable[int]) -> None:
    known = set(session.scalars(select(AlertDestination.id)))
    for destination in wanted:
        if destination not in known:
            raise ApiError(
                422, f"there is no alert destination {destination}", "list them: GET /api/v1/alert-destinations"
            )
