"""The page of one cooler: a photo, what was found on it, and what the photos around it showed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics import measures
from cloud.analytics.compliance.answer import photo_compliance
from cloud.analytics.measures import Counted, Front
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.overview import device_states
from cloud.analytics.present import Catalogue, Present, stockouts
from cloud.audits.archive import readable
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.audits.models import Photo
from cloud.identity.service import Caller
from cloud.services import Services
from cloud.web.i18n import Formats, translations
from cloud.web.loop import may_act, named
from cloud.web.pictures import Pictures, unseen_of
from cloud.web.prices import tag_prices
from cloud.web.views import CoolerView, History, HistorySeries, LineRow, Shot, TagPrice, Tile, Unused
from facings.messages import Observation, Stockout

HISTORY_PHOTOS = 300
"""Photos of the history chart: seven weeks at six a day."""

MOST_EPISODES = 20


def cooler_view(
    session: Session, services: Services, caller: Caller, cooler: str, photo: uuid.UUID | None, language: str
) -> CoolerView | None:
    """The page of `cooler` with `photo`, or with the latest usable one; None where there is no such cooler or photo."""
    tenant = caller.tenant
    present = Present(session, services.clock.now(), only=[cooler])
    record = present.coolers.get(cooler)
    if record is None:
        return None
    latest = present.latest[cooler].photo_id if cooler in present.latest else None
    shown = read_photo(services.facts, tenant, cooler, photo or latest)
    if shown is None and photo is not None:
        return None
    outlet = present.outlets[record.outlet_id]
    view = CoolerView(
        cooler=cooler,
        name=named(record, language),
        cooler_type=record.cooler_type,
        outlet_id=outlet.id,
        outlet=named(outlet, language),
        region=outlet.region,
        timezone=outlet.timezone,
        state=device_states(session).get(cooler, "never"),
        is_latest=photo is None or photo == latest,
        planned=bool(present.planned(cooler)),
        episodes=_episodes(session, present, cooler),
    )
    if shown is None:
        return view
    prices = tag_prices(session, shown, outlet)
    reading = Reading(shown, present.catalogue, present.planned(cooler), language, prices)
    earlier, later = neighbours(services.facts, tenant, cooler, shown.captured_at)
    return replace(
        view,
        shot=reading.shot(_stored(session, shown)),
        compliance=photo_compliance(session, record, shown, present.catalogue) if shown.stands_for_cooler else None,
        may_plan=may_act(caller) and shown.stands_for_cooler,
        lines=reading.lines(),
        tiles=reading.tiles(),
        previous=earlier,
        next=later,
        unused=_unused(services.facts, tenant, cooler) if photo is None and later else None,
        history=history(services.facts, tenant, cooler, present.catalogue, outlet.timezone),
    )


def _unused(facts: Facts, tenant: str, cooler: str) -> Unused | None:
    """The newest photos, where they were not good enough to be the latest."""
    newest = read_photo(facts, tenant, cooler, None)
    if newest is None or newest.stands_for_cooler:
        return None
    return Unused(newest.photo_id, newest.captured_at, newest.quality.reasons, unseen_of(newest))


def _stored(session: Session, found: Observation) -> set[uuid.UUID]:
    ids = [photo for photo, _ in found.pictures]
    return set(session.scalars(select(Photo.id).where(Photo.id.in_(ids), Photo.stored_at.is_not(None))))


def _episodes(session: Session, present: Present, cooler: str) -> list[Stockout]:
    rows = session.scalars(
        select(StockoutEpisode)
        .where(StockoutEpisode.cooler_id == cooler, StockoutEpisode.withdrawn_at.is_(None))
        .order_by(StockoutEpisode.first_missed_at.desc())
        .limit(MOST_EPISODES)
    )
    found = stockouts(session, rows, present.catalogue, present.coolers, present.outlets)
    return sorted(found, key=lambda stockout: (stockout.back_at is None, stockout.first_missed_at), reverse=True)


@dataclass(frozen=True)
class Reading:
    """One photo in the words of the catalogue."""

    found: Observation
    catalogue: Catalogue
    planned: Mapping[str, int]
    language: str
    prices: Mapping[str, TagPrice] = field(default_factory=dict)

    def shot(self, stored: Set[uuid.UUID]) -> Shot:
        """What is drawn over the photos; `stored` are those that have come."""
        return Pictures(self.found, self._name, self.catalogue.group, stored).shot()

    def lines(self) -> list[LineRow]:
        """What was seen, most facings first, after what is planned and missing where all of the cooler was seen."""
        counted = self._counted()
        total = sum(line.facings for line in counted)
        seen = [
            LineRow(
                sku=line.sku or None,
                name=self._name(line.sku),
                group=line.group,
                units=measures.units([line]),
                facings=line.facings,
                planned=self.planned.get(line.sku, 0),
                share=line.facings / total if total else 0,
                confidence=line.confidence,
                price=self.prices.get(line.sku),
            )
            for line in sorted(counted, key=lambda line: (-line.facings, line.sku))
        ]
        absent = self.planned.keys() - {line.sku for line in counted} if self.found.stands_for_cooler else ()
        return [self._missing(sku) for sku in sorted(absent)] + seen

    def _missing(self, sku: str) -> LineRow:
        name, group, price = self._name(sku), self.catalogue.group(sku), self.prices.get(sku)
        return LineRow(sku, name, group, measures.units([]), 0, self.planned[sku], 0, 0, price)

    def tiles(self) -> list[Tile]:
        """The figures of this photo alone."""
        _, write, counted = translations(self.language).gettext, Formats(self.language), self._counted()
        units, own = measures.units(counted), measures.share(counted).own
        fronts = [Front(sum(self.planned.values()), [line for line in counted if line.sku in self.planned])]
        judged = self.planned and self.found.stands_for_cooler
        filled = measures.occupancy(fronts if judged else [])
        why_not = _("not all was seen") if self.planned else _("needs a planogram")
        facings = sum(line.facings for line in counted)
        return [
            Tile(_("Units seen"), write.integer(units.value), write.range_integer(units)),
            Tile(_("Facings"), write.integer(facings)),
            Tile(_("Own share"), write.percent(own.value), write.range_percent(own)),
            Tile(
                _("Occupancy"),
                write.percent(filled.value if filled else None),
                write.range_percent(filled) if filled else why_not,
            ),
        ]

    def _counted(self) -> list[Counted]:
        return [
            Counted(
                sku=line.sku or "",
                group=self.catalogue.group(line.sku or ""),
                **line.model_dump(include={"units", "facings", "linear_share", "confidence", "count_sd"}),
            )
            for line in self.found.lines
        ]

    def _name(self, sku: str | None) -> str:
        name, name_zh = self.catalogue.names(sku or "")
        return name_zh if self.language.startswith("zh") and name_zh else name


def read_photo(facts: Facts, tenant: str, cooler: str, photo: uuid.UUID | None) -> Observation | None:
    """The observation that names `photo` first, or the cooler's newest; None where there is none."""
    seen = observation.c
    wanted = select(seen.document).where(seen.cooler == cooler).order_by(seen.captured_at.desc()).limit(1)
    wanted = wanted.where(seen.clock_suspect == 0 if photo is None else seen.photo_id == photo)
    rows = facts.select(tenant, wanted, observation)
    return next(readable((row.document for row in rows), Observation), None)


def neighbours(facts: Facts, tenant: str, cooler: str, at: datetime) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The photos just before and just after the one taken `at`."""
    seen = observation.c
    photos = select(seen.photo_id).where(seen.cooler == cooler, seen.clock_suspect == 0).limit(1)
    before = photos.where(seen.captured_at < at).order_by(seen.captured_at.desc())
    after = photos.where(seen.captured_at > at).order_by(seen.captured_at)
    found = [facts.select(tenant, wanted, observation) for wanted in (before, after)]
    earlier, later = (rows[0].photo_id if rows else None for rows in found)
    return earlier, later


def history(facts: Facts, tenant: str, cooler: str, catalogue: Catalogue, zone: str) -> History:
    """Units per product on the last usable photos."""
    seen, line = observation.c, shelf_line.c
    usable = (seen.cooler == cooler, seen.verdict != "unusable", seen.clock_suspect == 0)
    newest = select(seen.observation_id, seen.captured_at).where(*usable).order_by(seen.captured_at.desc())
    photos = facts.select(tenant, newest.limit(HISTORY_PHOTOS), observation)[::-1]
    if not photos:
        return History(zone=zone)
    counted = facts.select(
        tenant,
        select(line.observation_id, line.sku, line.units).where(
            line.cooler == cooler, line.captured_at >= photos[0].captured_at
        ),
        shelf_line,
    )
    units = {(row.observation_id, row.sku): row.units for row in counted}
    skus = sorted({sku for _, sku in units}, key=lambda sku: (not sku, sku))
    ids = [photo.observation_id for photo in photos]
    return History(
        times=[photo.captured_at for photo in photos],
        zone=zone,
        series=[_series(catalogue, sku, [units.get((photo, sku), 0) for photo in ids]) for sku in skus],
    )


def _series(catalogue: Catalogue, sku: str, units: Sequence[int]) -> HistorySeries:
    name, name_zh = catalogue.names(sku)
    return HistorySeries(name=name, name_zh=name_zh, units=list(units))
