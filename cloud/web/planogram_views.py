"""What the pages of planograms show: all of them with who follows, one version, and what its coolers made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.compliance.followers import NOBODY, Follower, Followers, followers
from cloud.analytics.latest_days import LatestDays, latest_days
from cloud.analytics.present import Present
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Outlet, Planogram, PlanogramRule
from cloud.services import Services
from cloud.web.loop import may_act, named, outlet_names
from facings.messages import Estimate


@dataclass(frozen=True)
class PlanogramRow:
    """A planogram in the list: its newest version, and the coolers that follow any of its versions."""

    id: int
    name: str
    version: int
    kind: str
    facings: int
    products: int
    coolers: int
    older: int
    """Of the coolers, those that follow an older version."""
    judged: int
    present: Estimate | None
    position: Estimate | None


@dataclass(frozen=True)
class RuleRow:
    """Which coolers follow a planogram that have none of their own; empty words stand for all."""

    id: int
    outlet_class: str
    cooler_type: str
    planogram: int
    name: str
    version: int


@dataclass(frozen=True)
class PlanogramsView:
    """The list."""

    rows: Sequence[PlanogramRow]
    rules: Sequence[RuleRow]
    classes: Sequence[str]
    types: Sequence[str]
    photographed: Sequence[tuple[str, str]]
    """Coolers with a usable photo, by id, from which a planogram can be made."""
    without: Sequence[tuple[str, str]]
    """Coolers that follow none."""
    may_act: bool


@dataclass(frozen=True)
class DrawnLane:
    """One lane, or one product of a priority list."""

    sku: str
    name: str
    group: str
    depth: int
    facings: int = 1


@dataclass(frozen=True)
class FollowerRow:
    """A cooler that follows a version."""

    cooler: str
    name: str
    outlet: str
    by_hand: bool
    present: Estimate | None
    position: Estimate | None
    count: Estimate | None
    moves: float


@dataclass(frozen=True)
class PlanogramView:
    """One version."""

    plan: Planogram
    versions: Sequence[tuple[int, int]]
    """Id and number of each version of this name."""
    shelves: Sequence[Sequence[DrawnLane]]
    products: int
    facings: int
    levels: Mapping[str, Estimate | None]
    judged: int
    followers: Sequence[FollowerRow]
    others: Sequence[tuple[str, str]]
    """Coolers that do not follow it."""
    first: date
    last: date
    may_act: bool

    @property
    def newest(self) -> int:
        """The id of the newest version."""
        return self.versions[-1][0]


def planograms_view(session: Session, services: Services, caller: Caller, language: str) -> PlanogramsView:
    """The list for `caller`, by name."""
    present = Present(session, services.clock.now())
    found = _followers(session, services, caller, latest_days(session, present.at))
    plans = list(session.scalars(select(Planogram).order_by(Planogram.name, Planogram.version)))
    outlets = outlet_names(session, language)
    coolers = {one.id: f"{outlets[one.outlet_id]}: {named(one, language)}" for one in present.coolers.values()}
    without = sorted(name for name, one in present.coolers.items() if one.planogram_id is None)
    return PlanogramsView(
        rows=[_row(list(versions), found) for _, versions in groupby(plans, lambda plan: plan.name)],
        rules=_rules(session, {plan.id: plan for plan in plans}),
        classes=sorted({one.outlet_class for one in session.scalars(select(Outlet))} - {""}),
        types=sorted({one.cooler_type for one in present.coolers.values()} - {""}),
        photographed=[(name, coolers[name]) for name in sorted(present.latest)],
        without=[(name, coolers[name]) for name in without],
        may_act=may_act(caller),
    )


def planogram_view(
    session: Session, services: Services, caller: Caller, plan: Planogram, language: str
) -> PlanogramView:
    """One version for `caller`."""
    present = Present(session, services.clock.now())
    days = latest_days(session, present.at)
    found = _followers(session, services, caller, days)
    mine = found.get(plan.id, NOBODY)
    same = select(Planogram.id, Planogram.version).where(Planogram.name == plan.name).order_by(Planogram.version)
    outlets, following = outlet_names(session, language), {one.cooler.id for one in mine.coolers}
    shelves = drawn(plan, present, language)
    return PlanogramView(
        plan=plan,
        versions=[(row.id, row.version) for row in session.execute(same)],
        shelves=shelves,
        products=len(plan.facings()),
        facings=sum(plan.facings().values()),
        levels={level: mine.level(level) for level in ("present", "shelf", "position", "count")},
        judged=mine.judged,
        followers=[_follower(one, outlets, language) for one in mine.coolers],
        others=[
            (one.id, f"{outlets[one.outlet_id]}: {named(one, language)}")
            for one in present.coolers.values()
            if one.id not in following
        ],
        first=days.first,
        last=days.last,
        may_act=may_act(caller),
    )


def drawn(plan: Planogram, present: Present, language: str) -> list[list[DrawnLane]]:
    """The shelves from the top; of a priority list one, each product once with its facings."""
    if plan.kind == "places":
        return [[_lane(lane["sku"], lane["depth"], 1, present, language) for lane in row] for row in plan.rows]
    facings = Counter(lane["sku"] for row in plan.rows for lane in row)
    depths = {lane["sku"]: lane["depth"] for row in plan.rows for lane in row}
    return [[_lane(sku, depths[sku], number, present, language) for sku, number in facings.items()]]


def _lane(sku: str, depth: int, facings: int, present: Present, language: str) -> DrawnLane:
    name, chinese = present.catalogue.names(sku)
    shown = chinese if language.startswith("zh") and chinese else name
    return DrawnLane(sku, shown, present.catalogue.group(sku), depth, facings)


def _followers(session: Session, services: Services, caller: Caller, days: LatestDays) -> Mapping[int, Followers]:
    services.rollups.before_reading()
    return followers(session, services.facts, caller.tenant, days.start, days.end)


def _row(versions: Sequence[Planogram], found: Mapping[int, Followers]) -> PlanogramRow:
    newest = versions[-1]
    every = Followers([one for plan in versions for one in found.get(plan.id, NOBODY).coolers])
    return PlanogramRow(
        id=newest.id,
        name=newest.name,
        version=newest.version,
        kind=newest.kind,
        facings=sum(newest.facings().values()),
        products=len(newest.facings()),
        coolers=len(every.coolers),
        older=len(every.coolers) - len(found.get(newest.id, NOBODY).coolers),
        judged=every.judged,
        present=every.level("present"),
        position=every.level("position"),
    )


def _rules(session: Session, plans: Mapping[int, Planogram]) -> list[RuleRow]:
    order = (PlanogramRule.cooler_type.desc(), PlanogramRule.outlet_class.desc())
    return [
        RuleRow(
            id=rule.id,
            outlet_class=rule.outlet_class,
            cooler_type=rule.cooler_type,
            planogram=rule.planogram_id,
            name=plans[rule.planogram_id].name,
            version=plans[rule.planogram_id].version,
        )
        for rule in session.scalars(select(PlanogramRule).order_by(*order))
    ]


def _follower(one: Follower, outlets: Mapping[str, str], language: str) -> FollowerRow:
    cooler: Cooler = one.cooler
    return FollowerRow(
        cooler=cooler.id,
        name=named(cooler, language),
        outlet=outlets[cooler.outlet_id],
        by_hand=cooler.planogram_by == "hand",
        present=one.level("present"),
        position=one.level("position"),
        count=one.level("count"),
        moves=one.moves,
    )
