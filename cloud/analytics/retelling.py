"""Telling stock-outs anew: after a planogram, a cooler or the rules have changed, or a photo came late."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from cloud.analytics.episodes import StockoutBook
from cloud.analytics.photo_reading import NewPhotos
from cloud.audits.models import LatestObservation
from cloud.outlets.models import Cooler
from cloud.services import Services

TOGETHER = 20
"""Coolers of one transaction: ingest waits for no longer than these take."""


def tell_stockouts_anew(services: Services, tenant: str, coolers: Collection[str], since: datetime) -> int:
    """Tell the stock-outs of `coolers` anew from `since` to their latest photos; how many episodes that touched.

    They become what they would be had all photos come in with the planograms, and what else is known, of now. Episodes
    keep their rows, so what was sent of them is not sent again; those that were none are withdrawn.
    """
    return _tell(services, tenant, coolers, TOGETHER, lambda book, known: book.tell_anew(known, since))


def tell_waiting_stockouts(services: Services, tenant: str, coolers: Collection[str]) -> int:
    """Tell the stock-outs of `coolers` anew that wait for it; how many episodes that touched.

    They become what they would be had all photos come in the order they were taken.
    """
    return _tell(services, tenant, coolers, 1, StockoutBook.tell_waiting)


def _tell(
    services: Services,
    tenant: str,
    coolers: Collection[str],
    together: int,
    tell: Callable[[StockoutBook, NewPhotos], int],
) -> int:
    touched, every = 0, sorted(coolers)
    for at in range(0, len(every), together):
        touched += _tell_some(services, tenant, every[at : at + together], tell)
    services.live.refresh(tenant, every)
    return touched


def _tell_some(
    services: Services, tenant: str, coolers: Sequence[str], tell: Callable[[StockoutBook, NewPhotos], int]
) -> int:
    with services.records.session(tenant) as session:
        known = {one.id: one for one in session.scalars(select(Cooler).where(Cooler.id.in_(coolers)))}
        latest = session.scalars(select(LatestObservation).where(LatestObservation.cooler_id.in_(known))).all()
        book = StockoutBook(session, services.facts, tenant, [known[one.cooler_id] for one in latest])
        now, touched = services.clock.now(), 0
        for one in latest:
            # A photo that is in the facts and not yet in the records is taken into account by who brings it.
            touched += tell(book, NewPhotos(known[one.cooler_id], (), one.seen_at, now - one.received_at))
        book.finish()
    return touched
