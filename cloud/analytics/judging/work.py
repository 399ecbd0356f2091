"""Judging the photos of some coolers and keeping what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from time import monotonic

from sqlalchemy import select

from cloud.analytics.compliance.judgement import judge
from cloud.analytics.compliance.moves import filling, moves
from cloud.analytics.compliance.shelf import Shelves, shelves_of, wanted
from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.analytics.judging.set_aside import ids_aside, put_aside
from cloud.analytics.judging.unjudged import Unjudged, by_newest_day, documents, unjudged, usable
from cloud.analytics.present import Catalogue
from cloud.analytics.share.intrusion_book import follow_intrusions
from cloud.outlets.models import PLACES, Cooler, Planogram
from cloud.outlets.planograms import PlanogramHistory
from cloud.services import Services
from facings.messages import Observation

LOOK_BACK = timedelta(days=35)
"""Photos are judged for the first time, or anew, so far back from the newest of their cooler."""

AT_ONCE = 200
"""Photos that are judged between two rests."""

COOLERS_AT_ONCE = 50

FactRow = tuple[object, ...]


Rest = Callable[[float], bool]
"""Called after some work with the seconds that it took; False when it is time to stop."""


def judge_photos(
    services: Services,
    tenant: str,
    coolers: Collection[str],
    back: timedelta = LOOK_BACK,
    rest: Rest = lambda _worked_s: True,
) -> int:
    """Judge what is to be judged of the photos of `coolers` and follow their intrusions; how many photos that were.

    Doing it again changes nothing; a crash in between, or a stop, only means doing it again.
    """
    judged = 0
    for day, some in by_newest_day(services.facts, tenant, coolers).items():
        judged += _judge_since(services, tenant, some, datetime.combine(day, time(), UTC) - back, rest)
    return judged


def judge_anew(services: Services, tenant: str, coolers: Collection[str], start: datetime, end: datetime) -> int:
    """Judge the photos of a period anew, each by the planogram of its time; how many that were."""
    judged, every = 0, sorted(coolers)
    for at in range(0, len(every), COOLERS_AT_ONCE):
        judged += _judge_since(services, tenant, every[at : at + COOLERS_AT_ONCE], start, lambda _worked_s: True, end)
    return judged


def _judge_since(
    services: Services,
    tenant: str,
    coolers: Collection[str],
    since: datetime,
    rest: Rest,
    anew_until: datetime | None = None,
) -> int:
    """Judge what is to be judged from `since` on, or all there is until `anew_until`."""
    began = monotonic()
    with services.records.session(tenant, write=False) as session:
        known = list(session.scalars(select(Cooler).where(Cooler.id.in_(sorted(coolers)))))
        history = PlanogramHistory(session, known)
        ids = [one.id for one in known]
        if anew_until:
            photos = usable(services.facts, tenant, ids, history, since, ids_aside(session, ids), anew_until)
        else:
            photos = unjudged(services.facts, tenant, ids, history, since, ids_aside(session, ids))
        used = {one.planogram for one in photos} - {None}
        plans = {plan.id: plan for plan in session.scalars(select(Planogram).where(Planogram.id.in_(used)))}
        catalogue = Catalogue(session)
    if not photos:
        return 0
    earliest: dict[str, datetime] = {}
    for photo in photos:
        earliest.setdefault(photo.cooler, photo.captured_at)
    follow_intrusions(services.records, services.facts, tenant, earliest)
    for at in range(0, len(photos), AT_ONCE):
        _store(services, tenant, photos[at : at + AT_ONCE], plans, catalogue)
        if not rest(monotonic() - began):
            return at + len(photos[at : at + AT_ONCE])
        began = monotonic()
    return len(photos)


def _store(
    services: Services, tenant: str, photos: list[Unjudged], plans: Mapping[int, Planogram], catalogue: Catalogue
) -> None:
    judged: list[FactRow] = []
    facings: list[FactRow] = []
    aside: list[tuple[Unjudged, str]] = []
    now = services.clock.now()
    for photo, document in documents(services.facts, tenant, photos):
        try:
            found, by_shelf = _looked_at(document, plans.get(photo.planogram or 0), catalogue)
        except Exception as error:
            # Of whatever kind: one photo that nobody foresaw must not keep those of all other coolers unjudged.
            aside.append((photo, f"{type(error).__name__}: {error}"))
            continue
        judged.append((*_key(tenant, photo), *found, now))
        facings += [(*_key(tenant, photo), *row, now) for row in by_shelf]
    # The judgement comes last: a photo that has one is not looked at again.
    services.facts.insert(shelf_facing, facings)
    services.facts.insert(judgement, judged)
    services.rollups.note(((tenant, one.cooler, one.outlet, one.captured_at) for one in photos), "judgements")
    if aside:
        with services.records.session(tenant) as session:
            put_aside(session, aside, now)


def _looked_at(document: str, plan: Planogram | None, catalogue: Catalogue) -> tuple[FactRow, list[FactRow]]:
    """The judgement of a photo, and its facings by shelf."""
    seen = Observation.from_wire(document.encode())
    shelves = shelves_of(seen)
    return _judged(plan, shelves, len(seen.gaps)), list(_by_shelf(shelves, catalogue))


def _key(tenant: str, photo: Unjudged) -> FactRow:
    return tenant, photo.cooler, photo.captured_at, photo.observation, photo.outlet


def _judged(plan: Planogram | None, shelves: Shelves, gaps: int) -> FactRow:
    if plan is None:
        return 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0
    rows, ordered = wanted(plan), plan.kind == PLACES
    one = judge(rows, shelves, ordered=ordered)
    needed = moves(rows, shelves) if ordered else filling(rows[0], shelves, gaps)
    places = (one.planned, one.present, one.shelf or 0, one.position or 0, one.count)
    return plan.id, int(ordered), *places, one.variance, one.unnamed, len(needed)


def _by_shelf(shelves: Shelves, catalogue: Catalogue) -> Iterator[FactRow]:
    """Row, rows, SKU, facings, their variance, and how many stand beside a competitor's product."""
    for number, row in enumerate(shelves):
        rival = [catalogue.group(one.sku) == "competitor" for one in row]
        counted: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0])
        for place, one in enumerate(row):
            sums = counted[one.sku]
            sums[0] += 1
            sums[1] += one.confidence * (1 - one.confidence)
            sums[2] += any(rival[max(place - 1, 0) : place]) or any(rival[place + 1 : place + 2])
        for sku, (facings, variance, beside) in counted.items():
            yield number, len(shelves), sku, int(facings), variance, int(beside)
