"""/api/v1/alerts, /alert-rules and /alert-destinations."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import select

from cloud.alerts import service
from cloud.alerts.models import Alert, AlertDelivery, AlertDestination, AlertRule
from cloud.alerts.schemas import (
    DeliveryAnswer,
    DestinationAnswer,
    DestinationBody,
    NewDestination,
    RuleAnswer,
    RuleBody,
)
from cloud.alerts.told import active_alerts, summaries
from cloud.api.deps import LIVE, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import not_found
from cloud.api.reading import answered_page
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId
from facings.messages import AlertSummary

router = APIRouter(prefix="/api/v1", tags=["alerts"], route_class=CommittingRoute)

State = Annotated[Literal["active", "resolved"], Query(description="active: open or acknowledged")]


@router.get("/alerts", response_model_exclude_none=True)
def list_alerts(session: SessionDep, state: State = "active", limit: Limit = 100) -> list[AlertSummary]:
    """The alerts: active ones most severe first, resolved ones latest first."""
    if state == "active":
        return summaries(session, active_alerts(session)[:limit])
    over = select(Alert).where(Alert.state == "resolved").order_by(Alert.resolved_at.desc()).limit(limit)
    return summaries(session, list(session.scalars(over)))


@router.post("/alerts/{alert_id}/acknowledge", dependencies=LIVE, response_model_exclude_none=True)
def acknowledge_alert(session: SessionDep, who: ManagerDep, services: ServicesDep, alert_id: uuid.UUID) -> AlertSummary:
    """Say that somebody is on it: it escalates no more."""
    alert = service.acknowledge(session, who, alert_id, services.clock.now())
    session.flush()
    return summaries(session, [alert])[0]


@router.get("/alerts/{alert_id}/deliveries")
def list_deliveries(session: SessionDep, alert_id: uuid.UUID) -> list[DeliveryAnswer]:
    """Where an alert was told, and what still waits or failed."""
    if session.scalar(select(Alert).where(Alert.id == alert_id)) is None:
        raise not_found("alert", alert_id)
    rows = session.scalars(select(AlertDelivery).where(AlertDelivery.alert_id == alert_id).order_by(AlertDelivery.id))
    return [DeliveryAnswer.model_validate(row) for row in rows]


@router.get("/alert-rules")
def list_rules(session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[RuleAnswer]:
    """The rules, oldest first."""
    standing = AlertRule.deleted_at.is_(None)
    return answered_page(RuleAnswer, session, select(AlertRule), AlertRule.id, after, limit, standing)


@router.post("/alert-rules", status_code=201, dependencies=LIVE)
def add_rule(body: RuleBody, who: ManagerDep, session: SessionDep, services: ServicesDep) -> RuleAnswer:
    """A new rule; what it finds already is told after its duration."""
    return RuleAnswer.model_validate(service.put_rule(session, who, body, services.clock.now()))


@router.get("/alert-rules/{rule_id}")
def get_rule(session: SessionDep, rule_id: RecordId) -> RuleAnswer:
    """One rule."""
    return RuleAnswer.model_validate(service.found_rule(session, rule_id))


@router.put("/alert-rules/{rule_id}", dependencies=LIVE)
def change_rule(
    rule_id: RecordId, body: RuleBody, who: ManagerDep, session: SessionDep, services: ServicesDep
) -> RuleAnswer:
    """Change a rule: fields left out take their defaults."""
    return RuleAnswer.model_validate(service.put_rule(session, who, body, services.clock.now(), rule_id))


@router.delete("/alert-rules/{rule_id}", status_code=204, dependencies=LIVE)
def delete_rule(rule_id: RecordId, who: ManagerDep, session: SessionDep, services: ServicesDep) -> None:
    """Take a rule away; its alerts end without a word."""
    service.delete_rule(session, who, rule_id, services.clock.now())


@router.get("/alert-destinations")
def list_destinations(session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[DestinationAnswer]:
    """Where alerts can go, oldest first."""
    return answered_page(DestinationAnswer, session, select(AlertDestination), AlertDestination.id, after, limit)


@router.post("/alert-destinations", status_code=201)
def add_destination(
    body: DestinationBody, who: ManagerDep, session: SessionDep, services: ServicesDep
) -> NewDestination:
    """A new destination; a webhook's secret is told here and never again."""
    place, secret = service.add_destination(session, who, body, services)
    return NewDestination(**DestinationAnswer.model_validate(place).model_dump(), secret=secret)


@router.put("/alert-destinations/{destination_id}")
def change_destination(
    destination_id: RecordId, body: DestinationBody, who: ManagerDep, session: SessionDep, services: ServicesDep
) -> DestinationAnswer:
    """Change a destination; without a secret it keeps its own."""
    changed = service.change_destination(session, who, destination_id, body, services)
    return DestinationAnswer.model_validate(changed)


@router.delete("/alert-destinations/{destination_id}", status_code=204)
def delete_destination(destination_id: RecordId, who: ManagerDep, session: SessionDep) -> None:
    """Take a destination away; refused while a rule names it."""
    service.delete_destination(session, who, destination_id)
