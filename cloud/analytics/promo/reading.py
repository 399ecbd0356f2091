"""From a promotion in the records to what its study needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.promo import sellout
from cloud.analytics.promo.answer import Overlap
from cloud.analytics.promo.beside import apart_from_others
from cloud.analytics.promo.cautions import Caution
from cloud.analytics.promo.evidence import Days, Known, check_history, known_days, sell_out_of, that_sold_before
from cloud.analytics.promo.execution import Sighting
from cloud.analytics.promo.moves import outlets_of_moved
from cloud.analytics.promo.overlaps import Apart
from cloud.analytics.promo.prepared import Horizon
from cloud.analytics.promo.refusals import StudyRefusedError
from cloud.analytics.promo.sightings import sightings_of
from cloud.audits.facts import Facts
from cloud.outlets.models import Outlet
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.service import promoted_outlets
from facings.messages import Coverage


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that a study is made from."""

    sell_out: sellout.SellOut
    promotion: sellout.Promotion
    sightings: list[Sighting]
    coverage: Coverage
    """Promoted outlets whose sell-out is known well enough, of all promoted."""
    overlap: Overlap | None
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Where evidence is read from."""

    session: Session
    facts: Facts
    tenant: str
    horizon: Horizon = field(default_factory=Horizon)

    def evidence(self, promotion: Promotion, now: datetime) -> Evidence:
        """What is known of a promotion that is over.

        Raises:
            StudyRefusedError: it is not over, or what is known cannot tell; says why.
        """
        places = promoted_outlets(self.session, promotion)
        promoted = frozenset(place.id for place in places)
        check_over(promotion, places, now)
        apart = apart_from_others(self.session, promotion, promoted, self.horizon)
        moved = outlets_of_moved(self.facts, self.tenant, apart.days, promoted)
        outlets = {row.id: row for row in self.session.scalars(select(Outlet))}
        known = known_days(self.facts, self.tenant, apart.days, outlets.keys() - moved - (apart.elsewhere - promoted))
        check_history(known, promoted, promotion.first)
        all_known = self._sell_out(promotion, known, outlets, promoted)
        sell_out = all_known.without(promoted - apart.outlets)
        zones = {place.id: place.timezone for place in places}
        ran = Days(promotion.first, promotion.last)
        return Evidence(
            sell_out=sell_out,
            promotion=_studied(promotion, promoted, apart, all_known),
            sightings=sightings_of(self.facts, self.tenant, promotion.skus, promotion.least_facings, ran, zones),
            coverage=Coverage(reporting=len(promoted.intersection(known.well())), expected=len(promoted)),
            overlap=apart.overlap,
            cautions=tuple(_cautions(moved, apart, promoted, promotion, sell_out)),
        )

    def _sell_out(
        self, promotion: Promotion, known: Known, outlets: dict[str, Outlet], promoted: Collection[str]
    ) -> sellout.SellOut:
        kinds = {one.id: sellout.Outlet(one.id, one.region, one.outlet_class) for one in outlets.values()}
        found = sell_out_of(self.facts, self.tenant, {*promotion.skus, *promotion.sisters}, known, kinds)
        if missing := sorted(set(promotion.skus) - set(found.skus)):
            raise StudyRefusedError("no-sell-out", f"no sell-out is known of the SKUs {', '.join(missing)}")
        use = that_sold_before(found, promotion.skus, promotion.first) | frozenset(promoted)
        left = [number for number, outlet in enumerate(found.outlets) if outlet.id in use]
        places = tuple(found.outlets[number] for number in left)
        if all(place.id in promoted for place in places):
            raise StudyRefusedError(
                "no-controls",
                "every outlet with sell-out of these SKUs had the promotion: there is nothing to compare it with; "
                "leave some outlets of each region and class without it next time",
            )
        return sellout.SellOut(places, found.skus, found.days, found.units[left])


def check_over(promotion: Promotion, places: Collection[Outlet], now: datetime) -> None:
    """Whether a promotion is over in each of its outlets: looked at before, chance would look like success.

    Raises:
        StudyRefusedError: it is not, or it has no outlets any more.
    """
    if not places:
        raise StudyRefusedError("no-sell-out", "no outlet is of the regions and classes of the promotion any more")
    today = min(now.astimezone(ZoneInfo(place.timezone)).date() for place in places)
    if today < promotion.first:
        raise StudyRefusedError("planned", f"it begins on {promotion.first}: it is studied when it is over")
    if today <= promotion.last:
        raise StudyRefusedError(
            "running",
            f"it runs until {promotion.last}: who looks before the end, and stops when it looks good, takes chance for "
            "success",
        )


def _studied(
    promotion: Promotion, promoted: frozenset[str], apart: Apart, sell_out: sellout.SellOut
) -> sellout.Promotion:
    """What is studied of a promotion; `sell_out` is that of all its outlets."""
    cost = float(promotion.cost)
    if apart.outlets != promoted:
        before = sell_out.before(promotion.first)
        of_all = before.a_day(promotion.skus, promoted)
        if not of_all:
            raise StudyRefusedError(
                "no-sell-out", "its outlets sold none of the SKUs before: the cost cannot be told apart by outlet"
            )
        cost *= before.a_day(promotion.skus, apart.outlets) / of_all
    return sellout.Promotion(
        skus=apart.skus,
        outlets=apart.outlets,
        first=promotion.first,
        last=promotion.last,
        margins=promotion.margins,
        cost=cost,
        sisters=frozenset(promotion.sisters).intersection(sell_out.skus),
    )


def _cautions(
    moved: Collection[str],
    apart: Apart,
    promoted: frozenset[str],
    promotion: Promotion,
    sell_out: sellout.SellOut,
) -> list[Caution]:
    found = []
    if moved:
        found.append(Caution(code="moved-coolers", n=len(moved)))
    if out := apart.elsewhere - promoted:
        found.append(Caution(code="other-promotion", n=len(out)))
    if (overlap := apart.overlap) and overlap.apart_by == "outlets":
        left_out, names = len(overlap.left_out), list(overlap.promotions)
        found.append(Caution(code="alone", n=len(apart.outlets), others=left_out, names=names))
    if missing := sorted(set(promotion.sisters) - set(sell_out.skus)):
        found.append(Caution(code="sisters-unknown", names=missing))
    return found
