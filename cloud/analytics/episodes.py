"""Stock-outs in the records: each batch of photos moves them on, a late photo has them told anew from the facts.

How much a message may have read is bounded: what needs more photos than that waits, noted with the watch of its cooler,
for `cloud.analytics.late_photos`, and goes on meanwhile as if no photo had come late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from cloud.analytics.absence import Belief, Reading
from cloud.analytics.models import ShelfWatch, SkuState, StockoutEpisode
from cloud.analytics.no_longer_kept import known_before
from cloud.analytics.photo_reading import NewPhotos, OverPlan, PhotoReading, Plan, over_plan, plans_of
from cloud.analytics.refills import Holes
from cloud.analytics.stockouts import Episode, SkuWatch, fold
from cloud.analytics.stored_photos import StoredPhotos, in_order
from cloud.audits.facts import Facts
from cloud.outlets.models import Cooler
from cloud.retail.service import stockout_closed, stockout_opened

NOT_PLANNED = "no longer planned in this cooler"
CORRECTED = "a photo that came late showed otherwise"
REFUTED = "the next photo showed it where it had been overlooked"
TOLD_ANEW = "told anew from the stored photos, it was none"
REFUTING = (CORRECTED, REFUTED)
"""Reasons for which a photo says that the product was there all the time."""
LOOK_BACK = timedelta(days=5)
"""Where a photo comes late, so much of what was before is read first; all of it only where that shows no sighting."""
MOST_AT_ONCE = 500
"""Photos of a cooler that are read for a batch of messages; three weeks of one that takes a photo an hour."""


@dataclass(frozen=True, slots=True)
class ToTell:
    """SKUs whose stock-outs are to be told anew.

    Attributes:
        skus: which.
        late_from: of the first photo that came late; None: they are told from the first photo on.
        reason: why those that turn out to be none are withdrawn.
        until: photos later than this are somebody else's to take into account.
        most: photos to be read; the SKUs that would take more are left as they are.
    """

    skus: Set[str]
    late_from: datetime | None
    reason: str
    until: datetime | None = None
    most: int | None = None

    @property
    def starts(self) -> tuple[datetime | None, ...]:
        """Moments from which on to read, as long as SKUs are left."""
        return (self.late_from - LOOK_BACK, None) if self.late_from else (None,)


class StockoutBook:
    """The stock-outs of some coolers of a tenant, within one transaction: `add` each, then `finish`."""

    def __init__(self, session: Session, facts: Facts, tenant: str, coolers: Sequence[Cooler]) -> None:
        self._session = session
        self._stored = StoredPhotos(facts, tenant)
        self._tenant = tenant
        self._touched: list[tuple[StockoutEpisode, bool, timedelta]] = []
        ids = [cooler.id for cooler in coolers]
        self._plans = plans_of(session, coolers)
        self._watches = {
            watch.cooler_id: watch for watch in session.scalars(select(ShelfWatch).where(ShelfWatch.cooler_id.in_(ids)))
        }
        self._open: dict[str, dict[str, StockoutEpisode]] = defaultdict(dict)
        for row in session.scalars(select(StockoutEpisode).where(still_open(), StockoutEpisode.cooler_id.in_(ids))):
            self._open[row.cooler_id][row.sku] = row

    def add(self, new: NewPhotos) -> None:
        """Take the photos of one cooler into account."""
        plan, watch = self._begin(new)
        planned, missing = plan.skus, self._open[new.cooler.id]
        photos = sorted(new.photos, key=in_order)
        known_until = watch.known_until or new.known_until
        late_from = photos[0].at if known_until is not None and photos[0].at <= known_until else None
        unknown = planned - watch.skus.keys() - (watch.waiting or {}).keys() if known_until else frozenset()
        told_anew = planned if late_from else unknown
        _note(watch, photos)
        asked = ToTell(told_anew, late_from, CORRECTED, most=MOST_AT_ONCE)
        watches = self._retell(new, plan, watch, asked) if told_anew else {}
        _let_wait(watch, {sku: None if sku in unknown else late_from for sku in told_anew - watches.keys()})
        waiting = (watch.waiting or {}).keys() - watch.skus.keys()
        in_time = [photo for photo in photos if late_from is None or known_until is None or photo.at > known_until]
        read = self._over_plan(new.cooler, in_time, plan, _holes(watch))
        for sku in planned - watches.keys() - waiting:
            row = missing.get(sku)
            episodes, watches[sku] = fold((one.of(sku) for one in read), _watch(watch.skus.get(sku), row))
            self._settle(new, sku, [row] if row else [], episodes, REFUTED)
        watch.skus = {sku: _state(state) for sku, state in watches.items()}
        self._session.add(watch)

    def tell_anew(self, known: NewPhotos, since: datetime) -> int:
        """Tell the stock-outs of a cooler anew from its stored photos, with what is planned and known of it now.

        Args:
            known: no photos, but until when they were taken into account.
            since: they stay as they are where a sure sighting before this moment closed them.

        Returns:
            How many episodes that touched.
        """
        before = len(self._touched)
        plan, watch = self._begin(known)
        until = watch.known_until or known.known_until
        told = self._retell(known, plan, watch, ToTell(plan.skus, since, TOLD_ANEW, until))
        watch.skus = {sku: _state(state) for sku, state in told.items()}
        self._session.add(watch)
        return len(self._touched) - before

    def tell_waiting(self, known: NewPhotos) -> int:
        """Tell the stock-outs of a cooler anew that wait for it, however many of its photos that takes.

        Args:
            known: no photos, but until when they were taken into account.

        Returns:
            How many episodes that touched.
        """
        before = len(self._touched)
        plan, watch = self._begin(known)
        until = watch.known_until or known.known_until
        told: dict[str, SkuWatch] = {}
        for late_from, skus in _waiting(watch, plan.skus).items():
            told |= self._retell(known, plan, watch, ToTell(skus, late_from, CORRECTED, until))
        watch.skus = watch.skus | {sku: _state(state) for sku, state in told.items()}
        watch.waiting = None
        self._session.add(watch)
        return len(self._touched) - before

    def _begin(self, new: NewPhotos) -> tuple[Plan, ShelfWatch]:
        """What is planned in the cooler, and what is known of it; episodes of what is not planned are withdrawn."""
        plan = self._plans.get(new.cooler.planogram_id or 0, Plan.EMPTY)
        missing = self._open[new.cooler.id]
        for sku in missing.keys() - plan.skus:
            self._withdraw(missing[sku], new, NOT_PLANNED)
        return plan, self._watches.get(new.cooler.id) or ShelfWatch(cooler_id=new.cooler.id, skus={})

    def _retell(self, new: NewPhotos, plan: Plan, watch: ShelfWatch, asked: ToTell) -> dict[str, SkuWatch]:
        """Fold the facts anew, for each SKU from its last sure sighting before the late photo, else from the first that
        are kept.

        Returns:
            What is known of each SKU then; those are missing that need more photos than may be read.
        """
        watches: dict[str, SkuWatch] = {}
        cooler = new.cooler.id
        for since in asked.starts:
            left = asked.skus - watches.keys()
            times = self._stored.times(cooler, since, asked.until, asked.most) if left else []
            if asked.most is not None and len(times) > asked.most:
                break
            photos = self._stored.readings(cooler, times)
            _note(watch, photos)
            seen = new if new.photos else replace(new, photos=_first_late(photos, asked.late_from))
            read = self._over_plan(new.cooler, photos, plan, {})
            for sku in left:
                readings = [one.of(sku) for one in read]
                start = _restart(readings, asked.late_from)
                if start is None and since:
                    continue
                rows, known = self._rows(cooler, sku, None if start is None else readings[start].at), SkuWatch()
                if start is None:
                    rows, known = known_before(rows, readings)
                episodes, watches[sku] = fold(readings[start or 0 :], known)
                self._settle(seen, sku, rows, episodes, asked.reason)
        return watches

    def _over_plan(self, cooler: Cooler, photos: Sequence[PhotoReading], plan: Plan, holes: Holes) -> list[OverPlan]:
        whole = self._stored.whole_before(cooler.id, photos[0].at) if photos and photos[0].unseen else None
        return over_plan(photos, plan, holes, gravity_feed=cooler.gravity_feed, whole=whole)

    def _rows(self, cooler: str, sku: str, since: datetime | None) -> list[StockoutEpisode]:
        rows = select(StockoutEpisode).where(StockoutEpisode.cooler_id == cooler, StockoutEpisode.sku == sku)
        if since is not None:
            rows = rows.where(StockoutEpisode.first_missed_at > since)
        return list(self._session.scalars(rows.order_by(StockoutEpisode.first_missed_at)))

    def _settle(
        self, new: NewPhotos, sku: str, rows: Sequence[StockoutEpisode], episodes: Sequence[Episode], reason: str
    ) -> None:
        """Make `rows` say what `episodes` say; those that are none are withdrawn for a `reason`."""
        superfluous = list(rows)
        for episode, known in _paired(episodes, rows):
            row = known or StockoutEpisode(tenant_id=self._tenant, cooler_id=new.cooler.id, sku=sku)
            self._touch(row, new.age)
            row.last_seen_at, row.first_missed_at = episode.last_seen_at, episode.first_missed_at
            row.last_missed_at, row.back_at = episode.last_missed_at, episode.back_at
            row.confidence, row.photos = episode.confidence, episode.photos
            row.withdrawn_at, row.withdrawn_reason = None, ""
            if known:
                superfluous.remove(known)
            else:
                self._session.add(row)
        for row in superfluous:
            if row.withdrawn_at is None:
                self._withdraw(row, new, reason)

    def _withdraw(self, row: StockoutEpisode, new: NewPhotos, reason: str) -> None:
        self._touch(row, new.age)
        row.withdrawn_at = _refuting(row, new.photos) if reason in REFUTING and new.photos else row.last_missed_at
        row.withdrawn_reason = reason

    def _touch(self, row: StockoutEpisode, age: timedelta) -> None:
        self._touched.append((row, row.id is not None and row.open, age))

    def finish(self) -> None:
        """Store the episodes and tell the retail core which are open and which have ended."""
        self._session.flush()
        for row, was_open, age in self._touched:
            if row.open:
                stockout_opened(self._session, row, photo_age=age)
            elif was_open:
                stockout_closed(self._session, row)
        self._touched.clear()


def episode_of(row: StockoutEpisode) -> Episode:
    """The episode in a row."""
    return Episode(row.last_seen_at, row.first_missed_at, row.last_missed_at, row.confidence, row.back_at, row.photos)


def refuted(session: Session, episodes: Collection[int]) -> dict[int, datetime]:
    """Those of some episodes that a photo has refuted, and when it was taken."""
    row = StockoutEpisode
    wanted = select(row.id, row.withdrawn_at).where(row.id.in_(episodes), row.withdrawn_reason.in_(REFUTING))
    return {number: at for number, at in session.execute(wanted) if at}


def _note(watch: ShelfWatch, photos: Sequence[PhotoReading]) -> None:
    """Note how far the photos go that are taken into account; they are in the order they were taken."""
    if photos and (watch.known_until is None or photos[-1].at > watch.known_until):
        watch.known_until = photos[-1].at


def _first_late(photos: Sequence[PhotoReading], late_from: datetime | None) -> Sequence[PhotoReading]:
    """The photo that came late, of those that are stored; the newest where none did."""
    return [photo for photo in photos if photo.at >= late_from][:1] if late_from else photos[-1:]


def _let_wait(watch: ShelfWatch, more: Mapping[str, datetime | None]) -> None:
    """Note SKUs that are to be told anew, each from the earliest photo that came late; None: from the first photo."""
    if more:
        waiting = watch.waiting or {}
        since = {sku: at.isoformat() if at else "" for sku, at in more.items()}
        watch.waiting = waiting | {sku: min(at, waiting.get(sku, at)) for sku, at in since.items()}


def _waiting(watch: ShelfWatch, planned: Set[str]) -> dict[datetime | None, set[str]]:
    """The planned SKUs that wait, by the photo that came late: those with one have the earliest of all of them."""
    waiting = {sku: at for sku, at in (watch.waiting or {}).items() if sku in planned}
    from_start = {sku for sku, at in waiting.items() if not at}
    late = {sku: at for sku, at in waiting.items() if at}
    found: dict[datetime | None, set[str]] = {None: from_start} if from_start else {}
    return found | ({datetime.fromisoformat(min(late.values())): set(late)} if late else {})


def _refuting(row: StockoutEpisode, photos: Sequence[PhotoReading]) -> datetime:
    """When the first of some photos was taken that shows what had been told as out; else the first of them."""
    shows_it = [photo.at for photo in photos if row.sku in photo.skus and photo.at > row.last_seen_at]
    return min(shows_it or [photo.at for photo in photos])


def still_open() -> ColumnElement[bool]:
    """Condition for the episodes that last."""
    return and_(StockoutEpisode.back_at.is_(None), StockoutEpisode.withdrawn_at.is_(None))


def _paired(
    episodes: Sequence[Episode], rows: Sequence[StockoutEpisode]
) -> Iterator[tuple[Episode, StockoutEpisode | None]]:
    """Each episode with the row it has: the one of the same start, else one of an overlapping time."""
    by_start = {row.first_missed_at: row for row in rows}
    kept = {episode.first_missed_at for episode in episodes}
    free = [row for row in rows if row.first_missed_at not in kept and row.withdrawn_at is None]
    for episode in episodes:
        row = by_start.get(episode.first_missed_at) or next((row for row in free if _overlap(row, episode)), None)
        if row in free:
            free.remove(row)
        yield episode, row


def _overlap(row: StockoutEpisode, episode: Episode) -> bool:
    return (episode.back_at is None or row.first_missed_at < episode.back_at) and (
        row.back_at is None or episode.first_missed_at < row.back_at
    )


def _restart(readings: Sequence[Reading], late_from: datetime | None) -> int | None:
    """Where to take the fold up again: the last sure sighting before `late_from`; None where there is none."""
    sightings = (i for i, r in enumerate(readings) if late_from and r.at < late_from and r.settles)
    return max(sightings, default=None)


def _watch(state: SkuState | None, row: StockoutEpisode | None) -> SkuWatch:
    if state is None:
        return SkuWatch()
    seen, lanes = state["seen"], state.get("lanes")
    belief = Belief(tuple((s, b) for s, b in lanes), state["out"], tuple(state["stood_in"])) if lanes else None
    episode, holes = episode_of(row) if row else None, tuple(state.get("holes", ()))
    return SkuWatch(datetime.fromisoformat(seen) if seen else None, belief, episode, holes)


def _state(watch: SkuWatch) -> SkuState:
    state: SkuState = {"seen": watch.last_seen_at.isoformat() if watch.last_seen_at else None}
    if belief := watch.belief:
        state |= {"lanes": [list(lane) for lane in belief.lanes], "out": belief.out, "stood_in": list(belief.stood_in)}
    if watch.holes:
        state["holes"] = list(watch.holes)
    return state


def _holes(watch: ShelfWatch) -> dict[str, list[int]]:
    """The lanes that the photo before told to be empty."""
    return {sku: state["holes"] for sku, state in watch.skus.items() if "holes" in state}
