"""Keeping the rollups: what was touched is noted with the facts, and made anew before anyone reads."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from clickhouse_connect.cc_sqlalchemy import final
from sqlalchemy import func, select

from cloud.analytics.compliance.table import judgement
from cloud.analytics.rollups.boxes import Box, Touched, boxes, by_coolers
from cloud.analytics.rollups.kinds import Stored
from cloud.analytics.rollups.statements import Buckets, days, hours, making
from cloud.analytics.rollups.tables import ADOPTED, PARTS_ADOPTED, photo_day, rollup_state, touched_hour
from cloud.audits.facts import Facts, observation
from cloud.outlets.models import Outlet
from cloud.records import Records

Place = tuple[str, str, str, datetime]
"""Tenant, cooler, the outlet it stands in, and when its photo was taken."""

ALL: tuple[Stored, ...] = ("messages", "parts", "tags", "judgements")

UNSURE = timedelta(minutes=1)
"""Judgements that may not have been noted when a process ended are at most so much older than the newest."""

AT_ONCE = timedelta(days=30)
"""Made anew together: rollups and raw rows are kept by months."""

_DAY = timedelta(days=1)

log = logging.getLogger(__name__)


class Rollups:
    """The rollups of all tenants in one facts store.

    Noting and making follow one another by generations: while the buckets of one are made, what comes in is noted under
    the next. A crash between leaves the notes, and making a bucket twice changes nothing. `kept` is set while a part in
    the background makes what is noted.
    """

    def __init__(self, facts: Facts, records: Records) -> None:
        self._facts = facts
        self._records = records
        self._noting = threading.Lock()
        self._making = threading.Lock()
        self._generation: int | None = None
        self._waiting = True  # what a process before this one left
        self.kept = False

    def note(self, places: Iterable[Place], stored: Stored = "messages") -> None:
        """Note that something was stored of photos: their lines, or their judgements; it must be stored before."""
        touched = {(tenant, cooler, outlet, _hour_of(at)) for tenant, cooler, outlet, at in places}
        if not touched:
            return
        with self._noting:
            generation = self._next_generation()
            self._facts.insert(touched_hour, [(*one, generation, stored) for one in sorted(touched)])
            self._waiting = True

    def adopt(self) -> None:
        """Make the rollups of facts that are older than the rollups or than a column of theirs; once for each."""
        if not self._state(ADOPTED):
            for tenant, first, last in self._facts_before():
                log.info("making the rollups of %s from all that is stored", tenant)
                self.recompute(tenant, first, last + timedelta(milliseconds=1))
        elif not self._state(PARTS_ADOPTED):
            self._note_parts()
        else:
            return
        now = datetime.now(UTC)
        self._facts.insert(rollup_state, [(ADOPTED, now), (PARTS_ADOPTED, now)])

    def _note_parts(self) -> None:
        photo = observation.c
        wanted = select(photo.tenant, photo.cooler, photo.outlet, func.toStartOfHour(photo.captured_at)).distinct()
        with self._facts.engine.connect() as connection:
            rows = connection.execute(wanted.where(photo.part == 1, photo.clock_suspect == 0)).all()
        self.note(((row[0], row[1], row[2], row[3]) for row in rows), "parts")

    def note_last_judged(self) -> None:
        """Note the photos judged last: a crash may have come between storing their judgements and noting them.

        Messages need none of this: theirs are noted before they are acknowledged.
        """
        one = judgement.c
        with self._facts.engine.connect() as connection:
            newest = connection.execute(select(func.max(one.judged_at))).scalar()
            if not newest:
                return
            wanted = select(one.tenant, one.cooler, one.outlet, one.captured_at)
            rows = connection.execute(wanted.where(one.judged_at >= newest - UNSURE)).all()
        self.note(((row[0], row[1], row[2], row[3]) for row in rows), "judgements")

    def recompute(
        self,
        tenant: str,
        start: datetime,
        end: datetime,
        coolers: Collection[str] | None = None,
    ) -> int:
        """Make every bucket between two moments anew from the raw lines, of all coolers or of some.

        Buckets that are closed stay as they are, also those that are closed meanwhile.

        Returns:
            How many days of coolers that were.
        """
        closed = self._state("closed")
        begin, made = max(_hour_of(start), closed) if closed else _hour_of(start), 0
        while begin < end:
            until = min(begin.replace(hour=0) + AT_ONCE, end)
            touched, cooler_days = self._with_facts(tenant, begin, until, coolers)
            # Few coolers and many days at a time: so raw rows lie together.
            for some in by_coolers(touched):
                with self._making:
                    self._make_anew(tenant, some, self._state("closed"), ALL)
            made += cooler_days
            begin = until
        return made

    def rezone(self) -> int:
        """Make the business days anew of outlets whose time zone was changed; for how many coolers."""
        made, rows = 0, self._zones_made(self._state("closed"))
        zones = {tenant: self._zones(tenant) for tenant in {row[0] for row in rows}}
        for tenant, outlet, cooler, zone, first, last in rows:
            found = zones[tenant].get(outlet)
            if found not in (None, zone):
                log.info("%s of %s is in the time zone %s now", outlet, tenant, found)
                begin = datetime.combine(first, clock_time(), UTC) - _DAY  # days begin up to 14 hours apart
                days = [begin + _DAY * number for number in range((last - first).days + 3)]
                with self._making:
                    touched = [Touched(day, cooler, outlet) for day in days]
                    self._make_anew(tenant, touched, self._state("closed"), ALL)
                made += 1
        return made

    def _zones_made(self, closed: datetime | None) -> Sequence[tuple[str, str, str, str, date, date]]:
        row = photo_day.c
        keys = (row.tenant, row.outlet, row.cooler, row.zone)
        wanted = select(*keys, func.min(row.day), func.max(row.day)).where(row.photos > 0).group_by(*keys)
        if closed:
            wanted = wanted.where(row.day > closed.date() + _DAY)
        with self._facts.engine.connect() as connection:
            rows = connection.execute(final(wanted, photo_day)).all()
        return [(one[0], one[1], one[2], one[3], one[4], one[5]) for one in rows]

    def before_reading(self) -> None:
        """Make anew what was touched, unless a part in the background does: readers do not wait for what comes in."""
        if not self.kept:
            self.refresh()

    def refresh(self) -> int:
        """Make anew what was touched, so that the rollups are those of all raw lines; how many buckets that were."""
        if not self._waiting:
            return 0
        with self._making:
            with self._noting:
                upto = self._next_generation()
                self._generation = upto + 1
                self._waiting = False
            try:
                return self._make(upto)
            except BaseException:
                self._waiting = True
                raise

    def close(self, until: datetime) -> None:
        """From now on leave the buckets before `until` as they are, once all that was touched is made.

        On return nobody makes them any more: what they were made of may be deleted.
        """
        self.refresh()
        with self._making:
            self._facts.insert(rollup_state, [("closed", until)])

    def _state(self, kind: str) -> datetime | None:
        wanted = select(func.max(rollup_state.c.moment)).where(rollup_state.c.kind == kind)
        with self._facts.engine.connect() as connection:
            found: datetime | None = connection.execute(wanted).scalar()
        return found if found and found.timestamp() > 0 else None

    def _facts_before(self) -> Sequence[tuple[str, datetime, datetime]]:
        photo = observation.c
        wanted = select(photo.tenant, func.min(photo.captured_at), func.max(photo.captured_at))
        with self._facts.engine.connect() as connection:
            rows = connection.execute(wanted.where(photo.clock_suspect == 0).group_by(photo.tenant))
            return [(row[0], row[1], row[2]) for row in rows]

    def _with_facts(
        self, tenant: str, start: datetime, end: datetime, coolers: Collection[str] | None
    ) -> tuple[list[Touched], int]:
        """For each cooler and outlet with photos in the stretch its two ends; and how many days of coolers that is."""
        photo = observation.c
        days = func.uniqExact(func.toDate(photo.captured_at)).label("days")
        wanted = select(photo.cooler, photo.outlet, days).group_by(photo.cooler, photo.outlet)
        wanted = wanted.where(photo.tenant == tenant, photo.captured_at >= start, photo.captured_at < end)
        if coolers is not None:
            wanted = wanted.where(photo.cooler.in_(list(coolers)))
        with self._facts.engine.connect() as connection:
            rows = connection.execute(wanted.where(photo.clock_suspect == 0)).all()
        ends = _hour_of(start), _hour_of(end - timedelta(microseconds=1))
        return [Touched(hour, row.cooler, row.outlet) for row in rows for hour in ends], sum(row.days for row in rows)

    def _next_generation(self) -> int:
        if self._generation is None:
            with self._facts.engine.connect() as connection:
                self._generation = 1 + int(
                    connection.execute(select(func.max(touched_hour.c.generation))).scalar() or 0
                )
        return self._generation

    def _make(self, upto: int) -> int:
        note, closed = touched_hour.c, self._state("closed")
        wanted = select(note.tenant, note.cooler, note.outlet, note.hour, note.generation, note.stored)
        with self._facts.engine.connect() as connection:
            rows = connection.execute(wanted.where(note.generation <= upto)).all()
        together: dict[tuple[str, Stored], set[Touched]] = defaultdict(set)
        for row in rows:
            if closed is None or row.hour >= closed:
                together[row.tenant, row.stored or "messages"].add(Touched(row.hour, row.cooler, row.outlet))
        for (tenant, stored), touched in together.items():
            self._make_anew(tenant, touched, closed, (stored,))
        for generation in sorted({row.generation for row in rows}):
            self._facts.command(f"ALTER TABLE {touched_hour.name} DROP PARTITION {int(generation)}")
        return sum(len(touched) for touched in together.values())

    def _make_anew(
        self, tenant: str, touched: Collection[Touched], closed: datetime | None, stored: Collection[Stored]
    ) -> None:
        for box in boxes(list(touched)):
            self._make_box(tenant, box, hours(box, closed), stored)
        for zone, together in self._by_zone(tenant, touched).items():
            for box in boxes(together):
                self._make_box(tenant, box, days(box, zone, closed), stored)

    def _make_box(self, tenant: str, box: Box, buckets: Buckets | None, stored: Collection[Stored]) -> None:
        for statement, parameters in making(tenant, box, buckets, time.time_ns(), stored) if buckets else ():
            self._facts.command(statement, parameters)

    def _zones(self, tenant: str) -> Mapping[str, str]:
        """The time zone of each outlet now."""
        with self._records.session(tenant, write=False) as session:
            return {row.id: row.timezone for row in session.execute(select(Outlet.id, Outlet.timezone))}

    def _by_zone(self, tenant: str, touched: Collection[Touched]) -> Mapping[str, Sequence[Touched]]:
        zones = self._zones(tenant)
        found: dict[str, list[Touched]] = defaultdict(list)
        for one in touched:
            found[zones.get(one.outlet, "UTC")].append(one)
        return found


def _hour_of(moment: Any) -> datetime:
    hour: datetime = moment.replace(minute=0, second=0, microsecond=0)
    return hour
