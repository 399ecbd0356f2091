"""Coolers that changed their outlet: their sell-out cannot be told apart by outlet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from cloud.analytics.promo.evidence import Days
from cloud.analytics.promo.refusals import StudyRefusedError
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts, observation

NAMED = 5


def outlets_of_coolers(facts: Facts, tenant: str, days: Days) -> dict[str, set[str]]:
    """By cooler, the outlets in which it stood: by its photos at the time, and by its sell-out."""
    photo, sold = observation.c, sellout_day.c
    start = datetime.combine(days.first, time(), UTC)
    taken = photo.captured_at.between(start, start + timedelta(days=len(days)))
    photos = select(photo.cooler, photo.outlet).where(taken, photo.clock_suspect == 0).distinct()
    rows = select(sold.cooler, sold.outlet).where(sold.day.between(days.first, days.last), sold.withdrawn == 0)
    stood: dict[str, set[str]] = defaultdict(set)
    for one in (*facts.select(tenant, photos, observation), *facts.select(tenant, rows.distinct(), sellout_day)):
        stood[one.cooler].add(one.outlet)
    return stood


def outlets_of_moved(facts: Facts, tenant: str, days: Days, promoted: Collection[str]) -> set[str]:
    """The outlets, none of them promoted, between which coolers moved in the days of the study.

    Raises:
        StudyRefusedError: a cooler moved to or from an outlet of the promotion.
    """
    moved = {cooler: outlets for cooler, outlets in outlets_of_coolers(facts, tenant, days).items() if len(outlets) > 1}
    touched = {cooler: outlets for cooler, outlets in moved.items() if outlets & set(promoted)}
    if touched:
        told = [f"{cooler} ({', '.join(sorted(outlets))})" for cooler, outlets in sorted(touched.items())]
        more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
        raise StudyRefusedError(
            "moved-cooler",
            f"coolers changed their outlet between {days.first} and {days.last}: {'; '.join(told[:NAMED])}{more}: what "
            "these outlets sold before and after cannot be compared; leave the outlets out of the promotion",
        )
    return {outlet for outlets in moved.values() for outlet in outlets}
