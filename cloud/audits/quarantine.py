"""Messages that could not be used: kept for an operator, bounded per tenant."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cloud.audits.intake import Refused
from cloud.audits.models import Quarantined

MOST_ROWS = 10_000
"""Of one tenant; the oldest go first."""

MOST_PAYLOAD_BYTES = 64_000

log = logging.getLogger(__name__)


def quarantine(session: Session, tenant: str, refused: Sequence[Refused]) -> int:
    """Keep refused messages; returns how many old ones had to go."""
    if not refused:
        return 0
    for bad in refused:
        session.add(
            Quarantined(
                tenant_id=tenant,
                device_id=bad.topic.device if bad.topic else "",
                topic=bad.arrival.topic[:1000],
                reason=bad.reason[:1000],
                size=len(bad.arrival.payload),
                payload=bad.arrival.payload[:MOST_PAYLOAD_BYTES],
                received_at=bad.arrival.received_at,
            )
        )
        log.warning("quarantined a message on %s: %s", bad.arrival.topic, bad.reason)
    session.flush()
    return _trim(session, tenant)


def _trim(session: Session, tenant: str) -> int:
    mine = Quarantined.tenant_id == tenant
    surplus = (session.scalar(select(func.count(Quarantined.id)).where(mine)) or 0) - MOST_ROWS
    if surplus <= 0:
        return 0
    newest_to_go = select(Quarantined.id).where(mine).order_by(Quarantined.id).offset(surplus - 1).limit(1)
    session.execute(delete(Quarantined).where(mine, Quarantined.id <= newest_to_go.scalar_subquery()))
    return surplus
