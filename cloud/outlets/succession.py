"""A new version of a planogram takes over from the one before: its rules, and the coolers it was given by hand."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.identity.service import Caller
from cloud.outlets.models import BY_HAND, Cooler, Planogram, PlanogramRule
from cloud.outlets.planograms import add_rule
from cloud.outlets.schemas import RuleBody
from cloud.outlets.service import assign_planogram


def succeed(session: Session, caller: Caller, older: Planogram, newer: Planogram) -> list[str]:
    """Have all that followed `older` follow `newer` from now on; photos taken until now keep their judgement.

    Returns:
        The coolers whose planogram changed.
    """
    changed: list[str] = []
    for rule in session.scalars(select(PlanogramRule).where(PlanogramRule.planogram_id == older.id)).all():
        body = RuleBody(outlet_class=rule.outlet_class, cooler_type=rule.cooler_type, planogram_id=newer.id)
        changed += add_rule(session, caller, body)[1]
    given = select(Cooler).where(Cooler.planogram_id == older.id, Cooler.planogram_by == BY_HAND)
    for cooler in session.scalars(given).all():
        assign_planogram(session, caller, cooler.id, newer.id)
        changed.append(cooler.id)
    return changed
