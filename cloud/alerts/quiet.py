"""Quiet hours, in the time of the outlet."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(now: datetime, zone: str, begins: str, ends: str) -> datetime:
    """When may be told what is known `now`: at once, or when the quiet hours end.

    Args:
        now: aware.
        zone: of the outlet, IANA.
        begins: `HH:MM` in that zone; empty for no quiet hours.
        ends: `HH:MM`; before `begins` means the next morning.

    Example:
        >>> late = datetime(2026, 1, 1, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
        >>> quiet_until(late, "Asia/Shanghai", "22:00", "07:00").isoformat()
        '2026-01-01T23:00:00+00:00'
    """
    if not begins or not ends or begins == ends:
        return now
    local = now.astimezone(ZoneInfo(zone))
    start, end, clock = time.fromisoformat(begins), time.fromisoformat(ends), local.time()
    over_midnight = start > end
    quiet = clock >= start or clock < end if over_midnight else start <= clock < end
    if not quiet:
        return now
    day = local.date() + timedelta(days=1 if over_midnight and clock >= start else 0)
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(UTC)
