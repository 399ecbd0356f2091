"""Open intrusions cooler by cooler: all are counted, those of the fullest coolers listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from cloud.analytics.present import Catalogue
from cloud.analytics.share.models import Intrusion
from cloud.outlets.models import Cooler, Outlet
from cloud.web.intruders import open_intruders
from tests.support.shelf import Shelf

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def intrusion(cooler: str, sku: str, facings: int, *, gone: bool = False) -> Intrusion:
    return Intrusion(
        tenant_id="acme",
        cooler_id=cooler,
        sku=sku,
        clear_at=None,
        first_seen_at=NOON,
        last_seen_at=NOON + timedelta(hours=6),
        gone_at=NOON + timedelta(hours=12) if gone else None,
        facings=facings,
        confidence=0.9,
        withdrawn_at=None,
    )


def test_the_coolers_with_the_most_facings_come_first_and_all_are_counted(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        session.add_all(
            [
                intrusion("cooler-01", "rival-330", 2),
                intrusion("cooler-02", "rival-330", 1),
                intrusion("cooler-02", "rival-500", 4),
                intrusion("cooler-01", "rival-500", 9, gone=True),
            ]
        )
        session.flush()
        coolers = {one.id: one for one in session.scalars(select(Cooler))}
        outlets = {one.id: one for one in session.scalars(select(Outlet))}
        found = open_intruders(session, Catalogue(session), coolers, outlets, "en", most=1)
    assert (found.in_all, found.coolers_in_all) == (3, 2)
    (fullest,) = found.coolers
    assert (fullest.id, fullest.facings) == ("cooler-02", 5)
    assert [one.sku for one in fullest.products] == ["rival-500", "rival-330"]
