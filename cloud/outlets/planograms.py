"""Planograms: written by hand, as CSV or from a photo; which cooler follows which, and since when."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError
from cloud.api.reading import existing
from cloud.catalog.models import Product
from cloud.identity.service import Caller, record
from cloud.outlets.models import (
    BY_HAND,
    BY_RULE,
    PLACES,
    PRIORITY,
    Cooler,
    Lane,
    Outlet,
    Planogram,
    PlanogramPeriod,
    PlanogramRule,
)
from cloud.outlets.schemas import LaneBody, PlanogramBody, RuleBody
from facings.clock import SystemClock

CSV_COLUMNS = ("shelf", "place", "sku", "depth")
"""Shelves from the top and places from the left, both from 1."""


def add_planogram(
    session: Session, caller: Caller, body: PlanogramBody, from_observation: uuid.UUID | None = None
) -> Planogram:
    """A new planogram, or the next version of the one with this name.

    Raises:
        ApiError: 422 where it names SKUs that the catalogue does not have.
    """
    kind, rows = (PRIORITY, [_lanes_by_priority(body)]) if body.priorities else (PLACES, body.model_dump()["rows"])
    _known({lane["sku"] for row in rows for lane in row}, session)
    newest = session.scalar(select(func.max(Planogram.version)).where(Planogram.name == body.name)) or 0
    made = Planogram(
        tenant_id=caller.tenant,
        name=body.name,
        version=newest + 1,
        kind=kind,
        rows=rows,
        from_observation=from_observation,
        created_at=SystemClock().now(),
    )
    session.add(made)
    session.flush()
    record(session, caller, "planogram.create", str(made.id), {"name": made.name, "version": made.version})
    return made


def _lanes_by_priority(body: PlanogramBody) -> list[Lane]:
    return [Lane(sku=one.sku, depth=one.depth) for one in body.priorities for _ in range(one.facings)]


def _known(skus: set[str], session: Session) -> None:
    known = set(session.scalars(select(Product.sku).where(Product.sku.in_(skus))))
    if missing := sorted(skus - known):
        raise ApiError(422, f"the catalogue has no {', '.join(missing[:5])}", "add the products first")


def read_csv(text: str) -> list[list[LaneBody]]:
    """Rows of lanes from a CSV with the columns shelf, place, sku and, if wanted, depth; in any order of lines.

    Raises:
        ApiError: 422 with the line that is wrong.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if missing := set(CSV_COLUMNS[:3]) - set(reader.fieldnames or ()):
        raise ApiError(422, f"the CSV lacks {', '.join(sorted(missing))}", f"begin with a line {','.join(CSV_COLUMNS)}")
    places: dict[tuple[int, int], LaneBody] = {}
    for number, line in enumerate(reader, 2):
        place, lane = _csv_lane(number, line)
        if place in places:
            raise ApiError(
                422, f"line {number}: shelf {place[0]}, place {place[1]} comes twice", "leave one of the two"
            )
        places[place] = lane
    shelves = range(1, max((shelf for shelf, _ in places), default=0) + 1)
    return [
        [lane for place, lane in sorted(places.items(), key=lambda item: item[0]) if place[0] == shelf]
        for shelf in shelves
    ]


def _csv_lane(number: int, line: dict[str, str]) -> tuple[tuple[int, int], LaneBody]:
    try:
        shelf, place = int(line["shelf"]), int(line["place"])
        if not (1 <= shelf <= 50 and 1 <= place <= 200):
            raise ValueError("shelves go from 1 to 50, places from 1 to 200")
        return (shelf, place), LaneBody.model_validate({"sku": line["sku"], "depth": line.get("depth") or 1})
    except (TypeError, ValueError) as error:
        wrong = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise ApiError(
            422, f"line {number}: {wrong}", f"write it as {','.join(CSV_COLUMNS)}: 1,1,cola-330,6"
        ) from error


def written_csv(plan: Planogram) -> str:
    """The planogram as a CSV that `read_csv` takes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for shelf, row in enumerate(plan.rows, 1):
        writer.writerows((shelf, place, lane["sku"], lane["depth"]) for place, lane in enumerate(row, 1))
    return text.getvalue()


def chosen_by_rule(rules: Iterable[PlanogramRule], outlet_class: str, cooler_type: str) -> int | None:
    """The planogram of the most specific rule that fits; None where none does.

    A rule for class and type goes before one for the type alone, as the type decides what fits in; that before one for
    the class alone, and that before one for all.

    Example:
        >>> rules = [PlanogramRule(outlet_class="", cooler_type="", planogram_id=1),
        ...          PlanogramRule(outlet_class="kiosk", cooler_type="", planogram_id=2)]
        >>> chosen_by_rule(rules, "kiosk", "two-door"), chosen_by_rule(rules, "bar", "")
        (2, 1)
    """
    fitting = [one for one in rules if one.outlet_class in ("", outlet_class) and one.cooler_type in ("", cooler_type)]
    fitting.sort(key=lambda one: (one.cooler_type != "", one.outlet_class != ""))
    return fitting[-1].planogram_id if fitting else None


def add_rule(session: Session, caller: Caller, body: RuleBody) -> tuple[PlanogramRule, list[str]]:
    """Set the planogram of a class of outlets and a type of coolers, and have the coolers follow that have no other.

    Returns:
        The rule, and the coolers whose planogram changed.

    Raises:
        ApiError: 404 where the planogram is not there.
    """
    existing(session, Planogram, body.planogram_id, "planogram")
    same = (PlanogramRule.outlet_class == body.outlet_class, PlanogramRule.cooler_type == body.cooler_type)
    rule = session.scalar(select(PlanogramRule).where(*same))
    if rule is None:
        rule = PlanogramRule(tenant_id=caller.tenant, created_at=SystemClock().now(), **body.model_dump())
        session.add(rule)
    rule.planogram_id = body.planogram_id
    session.flush()
    record(session, caller, "planogram-rule.set", str(rule.id), body.model_dump())
    return rule, follow_rules(session)


def remove_rule(session: Session, caller: Caller, rule_id: int) -> list[str]:
    """Take a rule back; the coolers that followed it follow the next that fits.

    Returns:
        The coolers whose planogram changed.

    Raises:
        ApiError: 404 where it is not there.
    """
    rule = existing(session, PlanogramRule, rule_id, "planogram rule")
    session.delete(rule)
    session.flush()
    record(session, caller, "planogram-rule.remove", str(rule_id))
    return follow_rules(session)


def follow_rules(session: Session, coolers: Sequence[Cooler] | None = None) -> list[str]:
    """Give each of `coolers`, by default all, the planogram of the rules, unless one was chosen by hand.

    Returns:
        The coolers whose planogram changed.
    """
    rules = list(session.scalars(select(PlanogramRule)))
    classes = {outlet.id: outlet.outlet_class for outlet in session.scalars(select(Outlet))}
    changed = []
    for cooler in coolers if coolers is not None else session.scalars(select(Cooler)):
        if cooler.planogram_by == BY_HAND and cooler.planogram_id is not None:
            continue
        chosen = chosen_by_rule(rules, classes.get(cooler.outlet_id, ""), cooler.cooler_type)
        if chosen is None and cooler.planogram_id is None:
            continue
        cooler.planogram_by = BY_RULE
        if chosen != cooler.planogram_id:
            cooler.planogram_id = chosen
            begin_period(session, cooler)
            changed.append(cooler.id)
    session.flush()
    return changed


def begin_period(session: Session, cooler: Cooler, since: datetime | None = None) -> None:
    """Note that `cooler` follows its planogram from `since` on, by default from now on."""
    key = (cooler.tenant_id, cooler.id, since or SystemClock().now())
    period = session.get(PlanogramPeriod, key) or PlanogramPeriod(tenant_id=key[0], cooler_id=key[1], since=key[2])
    period.planogram_id = cooler.planogram_id
    session.add(period)


class PlanogramHistory:
    """Which planogram each of some coolers followed when."""

    def __init__(self, session: Session, coolers: Iterable[Cooler]) -> None:
        self._now = {cooler.id: cooler.planogram_id for cooler in coolers}
        wanted = select(PlanogramPeriod).where(PlanogramPeriod.cooler_id.in_(self._now))
        self._periods: dict[str, list[PlanogramPeriod]] = {}
        for period in session.scalars(wanted.order_by(PlanogramPeriod.since)):
            self._periods.setdefault(period.cooler_id, []).append(period)

    def at(self, cooler: str, moment: datetime) -> int | None:
        """The planogram that `cooler` followed at `moment`; before its first one, that first one.

        So photos from before a cooler was described, and those replayed from another time, are judged too.
        """
        periods = self._periods.get(cooler, [])
        begun = [period for period in periods if period.since <= moment]
        if not periods:
            return self._now.get(cooler)
        return (begun[-1] if begun else periods[0]).planogram_id
