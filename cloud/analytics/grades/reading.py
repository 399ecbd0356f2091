"""From the stores to the pillars of each outlet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.compliance.judgement import Judgement
from cloud.analytics.compliance.means import mean_judgements
from cloud.analytics.coverage import coverage_of
from cloud.analytics.grades.grade import DEFAULT, Grade, Pillar, Scheme, grade
from cloud.analytics.grades.models import GradeScheme
from cloud.analytics.grades.pillars import (
    availability_pillars,
    planogram_pillar,
    purity_pillars,
    sell_out_pillars,
    share_pillars,
)
from cloud.analytics.present import Catalogue
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.sellout.sums import lost_by_sku, sold_on_days, sold_sums
from cloud.analytics.share.shelf_times import shelf_times
from cloud.analytics.share.window import read_window
from cloud.audits.facts import Facts
from cloud.outlets.models import Cooler, Outlet
from cloud.settings import SellOutSettings
from facings.messages import Estimate


class OutletGrades:
    """The grades of a tenant's outlets over some time.

    With `only`, of this one: no more is read than it takes, its own shelves and sales, and what its peers sold in all.
    """

    def __init__(
        self,
        session: Session,
        facts: Facts,
        tenant: str,
        start: datetime,
        end: datetime,
        settings: SellOutSettings,
        only: str | None = None,
    ) -> None:
        self._only = only
        self.outlets = {row.id: row for row in session.scalars(select(Outlet))}
        known = Known(session)
        scope = EVERYTHING if only is None else Scope(outlets=frozenset({only}))
        self.window = read_window(facts, tenant, known, start, end, scope)
        self.coverage = coverage_of(facts, tenant, known, self.window, scope)
        self.catalogue = Catalogue(session)
        self._own = {sku for sku, product in self.catalogue.products.items() if product.own}
        # As columns: thousands of records as objects would take longer than what is made of them.
        coolers = session.execute(select(Cooler.id, Cooler.outlet_id, Cooler.owned, Cooler.name, Cooler.name_zh)).all()
        self._owned = {cooler.id for cooler in coolers if cooler.owned}
        self._names_of = {cooler.id: (cooler.name, cooler.name_zh) for cooler in coolers}
        self._outlet_of = {cooler.id: cooler.outlet_id for cooler in coolers}
        self.schemes = schemes(session)
        targets = {outlet: self.scheme(outlet).targets["share"] for outlet in self.outlets}
        self._share = share_pillars(self.window.lines, self._own, targets)
        self._purity = purity_pillars(self.window.lines, self._owned, self._own)
        watched = None if only is None else {one.cooler for one in self.window.watched}
        self._availability = availability_pillars(shelf_times(session, self.window, settings, watched))
        self._judged = self._judgements(facts, tenant, known)
        self._sell_out = self._sold(facts, tenant)

    def scheme(self, outlet: str) -> Scheme:
        """Weights and targets of the class of an outlet."""
        return self.schemes.get(self.outlets[outlet].outlet_class) or self.schemes.get("") or DEFAULT

    def cooler_names(self, cooler: str) -> tuple[str, str]:
        """Name and Chinese name of a cooler."""
        return self._names_of[cooler]

    def grades(self) -> dict[str, Grade]:
        """The grade of each outlet of which anything is known."""
        asked = self.outlets if self._only is None else self.outlets.keys() & {self._only}
        found = {outlet: grade(self.pillars(outlet), self.scheme(outlet)) for outlet in asked}
        return {outlet: one for outlet, one in found.items() if one is not None}

    def pillars(self, outlet: str) -> Mapping[str, Pillar | None]:
        """What is known of an outlet."""
        return {
            "availability": self._availability.get(outlet),
            "share": self._share.get(outlet),
            "purity": self._purity.get(outlet),
            "planogram": planogram_pillar(self._judged[outlet]),
            "sell-out": self._sell_out.get(outlet),
        }

    def _judgements(self, facts: Facts, tenant: str, known: Known) -> Mapping[str, dict[str, tuple[Judgement, float]]]:
        found: dict[str, dict[str, tuple[Judgement, float]]] = defaultdict(dict)
        here = frozenset(cooler for cooler, outlet in self._outlet_of.items() if outlet == self._only)
        scope = EVERYTHING if self._only is None else Scope(coolers=here)
        for one in mean_judgements(facts, tenant, known, self.window.start, self.window.end, scope):
            if one.cooler in self._outlet_of:
                found[self._outlet_of[one.cooler]][one.cooler] = (one.judged, one.moves)
        return found

    def _sold(self, facts: Facts, tenant: str) -> dict[str, Pillar]:
        when = self.window.start, self.window.end
        of_all = sold_on_days(facts, tenant, *when, self._own)
        days = {outlet: number for outlet, (_, number) in of_all.items()}
        sums = sold_sums(facts, tenant, *when, self._own, "outlet", self._only)
        # An outlet whose first sell-out arrives between two questions is in the next grades.
        sold = {one.outlet: _a_day(one.units, days[one.outlet]) for one in sums if one.outlet in days}
        lost = lost_by_sku(facts, tenant, *when, self._own, self._only)
        lost_a_day = {
            outlet: {sku: units / days[outlet] for sku, units in skus.items()}
            for outlet, skus in lost.items()
            if outlet in days
        }
        classes = {outlet.id: outlet.outlet_class for outlet in self.outlets.values()}
        a_day = {outlet: units / number for outlet, (units, number) in of_all.items()}
        return sell_out_pillars(sold, classes, lost_a_day, a_day)


def schemes(session: Session) -> dict[str, Scheme]:
    """The schemes that were set, by outlet class; the empty class stands for all without their own."""
    rows: Sequence[GradeScheme] = session.scalars(select(GradeScheme)).all()
    return {row.outlet_class: Scheme(row.weights, row.targets) for row in rows}


def _a_day(units: Estimate, days: int) -> Estimate:
    return Estimate(value=units.value / days, low=units.low / days, high=units.high / days)
