"""Observations that cannot be judged, as those of a version that wrote them otherwise: they hold up no others."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.analytics.judging.models import SetAside
from cloud.analytics.judging.unjudged import Unjudged

log = logging.getLogger(__name__)


def put_aside(session: Session, photos: Iterable[tuple[Unjudged, str]], now: datetime) -> None:
    """Note that these photos cannot be judged, and why."""
    for photo, reason in photos:
        row = SetAside(observation_id=photo.observation, cooler_id=photo.cooler, captured_at=photo.captured_at)
        row.reason, row.set_aside_at = reason[:500], now
        session.merge(row)
        log.error(
            "observation %s of cooler %s is set aside, it cannot be judged: %s; see `facings cloud set-aside list`",
            photo.observation,
            photo.cooler,
            reason,
        )


def ids_aside(session: Session, coolers: Collection[str]) -> set[uuid.UUID]:
    """The observations of `coolers` that are set aside."""
    return set(session.scalars(select(SetAside.observation_id).where(SetAside.cooler_id.in_(sorted(coolers)))))


def take_up_again(session: Session, cooler: str | None = None) -> list[str]:
    """Forget that observations, of one cooler or of all, were set aside: the next look judges them.

    Returns:
        The cooler of each.
    """
    condition = SetAside.cooler_id == cooler if cooler else SetAside.cooler_id.is_not(None)
    coolers = list(session.scalars(select(SetAside.cooler_id).where(condition)))
    session.execute(delete(SetAside).where(condition))
    return coolers
