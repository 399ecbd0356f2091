"""Keeping outlets and coolers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError
from cloud.api.reading import existing
from cloud.api.upsert import Outcome, upsert
from cloud.catalog.schemas import Imported
from cloud.identity.service import Caller, record
from cloud.outlets.models import BY_HAND, BY_RULE, Cooler, Outlet, Planogram, PlanogramRule
from cloud.outlets.planograms import begin_period, chosen_by_rule, follow_rules
from cloud.outlets.schemas import CoolerBody, CoolerRow, OutletBody, OutletRow


def put_outlet(session: Session, caller: Caller, outlet: str, body: OutletBody) -> tuple[Outlet, Outcome]:
    """Add or change an outlet."""
    key = {"tenant_id": caller.tenant, "id": outlet}
    row, outcome = upsert(session, Outlet, key, body.model_dump(exclude={"id"}))
    if outcome != "unchanged":
        record(session, caller, f"outlet.{outcome}", outlet)
    if outcome == "changed":
        session.flush()
        follow_rules(session, list(session.scalars(select(Cooler).where(Cooler.outlet_id == outlet))))
    return row, outcome


def put_cooler(session: Session, caller: Caller, cooler: str, body: CoolerBody) -> tuple[Cooler, Outcome]:
    """Add or change a cooler.

    Raises:
        ApiError: 404 where its outlet or planogram is not there.
    """
    existing(session, Outlet, (caller.tenant, body.outlet_id), "outlet")
    if body.planogram_id is not None:
        existing(session, Planogram, body.planogram_id, "planogram")
    key = {"tenant_id": caller.tenant, "id": cooler}
    before = session.get(Cooler, (caller.tenant, cooler))
    followed = before.planogram_id if before else None
    row, outcome = upsert(session, Cooler, key, body.model_dump(exclude={"id"}) | _chosen(session, body))
    if outcome != "unchanged":
        record(session, caller, f"cooler.{outcome}", cooler, {"planogram": row.planogram_id})
    if row.planogram_id != followed:
        session.flush()
        begin_period(session, row)
    return row, outcome


def _chosen(session: Session, body: CoolerBody) -> dict[str, int | str | None]:
    if body.planogram_id is not None:
        return {"planogram_id": body.planogram_id, "planogram_by": BY_HAND}
    rules = session.scalars(select(PlanogramRule))
    outlet_class = session.scalar(select(Outlet.outlet_class).where(Outlet.id == body.outlet_id)) or ""
    return {"planogram_id": chosen_by_rule(rules, outlet_class, body.cooler_type), "planogram_by": BY_RULE}


def assign_planogram(session: Session, caller: Caller, cooler: str, planogram: int | None) -> Cooler:
    """Have a cooler follow a planogram from now on; readings already judged stay as they are.

    Raises:
        ApiError: 404 where one of the two is not there.
    """
    found = existing(session, Cooler, (caller.tenant, cooler), "cooler")
    body = _as_it_is(found).model_copy(update={"planogram_id": planogram})
    return put_cooler(session, caller, cooler, body)[0]


def describe_cooler(
    session: Session,
    caller: Caller,
    cooler: str,
    name: str,
    name_zh: str,
    cooler_type: str,
    *,
    owned: bool,
    gravity_feed: bool,
) -> Cooler:
    """Say what a cooler is; where it stands stays as it is, and so does its planogram if it was chosen by hand.

    Raises:
        ApiError: 404 where it is not there.
        ValidationError: the name is empty, or one of the texts too long.
    """
    as_it_is = _as_it_is(existing(session, Cooler, (caller.tenant, cooler), "cooler"))
    said = {"name": name, "name_zh": name_zh, "cooler_type": cooler_type, "owned": owned, "gravity_feed": gravity_feed}
    return put_cooler(session, caller, cooler, CoolerBody(**(as_it_is.model_dump() | said)))[0]


def _as_it_is(found: Cooler) -> CoolerBody:
    """A planogram that a rule chose is left to the rules."""
    return CoolerBody(
        outlet_id=found.outlet_id,
        name=found.name,
        name_zh=found.name_zh,
        owned=found.owned,
        cooler_type=found.cooler_type,
        gravity_feed=found.gravity_feed,
        planogram_id=found.planogram_id if found.planogram_by == BY_HAND else None,
    )


def import_outlets(session: Session, caller: Caller, rows: list[OutletRow]) -> Imported:
    """Add or change many outlets, all or none."""
    _once([row.id for row in rows])
    return _counted(put_outlet(session, caller, row.id, row)[1] for row in rows)


def import_coolers(session: Session, caller: Caller, rows: list[CoolerRow]) -> Imported:
    """Add or change many coolers, all or none."""
    _once([row.id for row in rows])
    return _counted(put_cooler(session, caller, row.id, row)[1] for row in rows)


def _once(ids: list[str]) -> None:
    twice = [name for name, times in Counter(ids).items() if times > 1]
    if twice:
        raise ApiError(422, f"these ids come twice: {', '.join(twice[:5])}", "leave one of each")


def _counted(outcomes: Iterable[Outcome]) -> Imported:
    counts = Counter(outcomes)
    return Imported(added=counts["added"], changed=counts["changed"], unchanged=counts["unchanged"])
