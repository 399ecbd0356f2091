"""What stood in the coolers over some time: from the rollups the same as from the photos themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import Scope
from cloud.analytics.share.window import Window, read_window, read_windows
from cloud.services import Services
from tests.support.cloud import running_services
from tests.support.new_tenant import new_tenant
from tests.support.raw_lines import RawPhoto, bring

ZONES = {"shanghai": "Asia/Shanghai", "delhi": "Asia/Kolkata", "london": "Europe/London"}
START = datetime(2026, 10, 23, 15, 20, tzinfo=UTC)
"""Two days later London leaves summer time."""
END = START + timedelta(days=4)
FIRST_HOUR = START.replace(minute=0)
AFTER = END.replace(minute=0) + timedelta(hours=1)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running_services(tmp_path_factory.mktemp("window") / "cloud") as running:
        yield running


@pytest.fixture
def tenant(services: Services) -> str:
    """With an outlet in each zone."""
    return new_tenant(services, ZONES)


def photos() -> list[RawPhoto]:
    """Every 100 minutes one in each outlet, beginning and ending a day around the period; some do not count."""
    found = []
    for number in range(90):
        at = START - timedelta(days=1) + timedelta(minutes=100 * number)
        for place, outlet in enumerate(ZONES):
            units = {"cola": (number + place) % 5, "lemon": number % 3} if number % 7 else {"cola": 6}
            looks = {"verdict": "unusable"} if number % 11 == 3 else {}
            suspect = int(number % 13 == 5)
            found.append(
                RawPhoto(100 * number + place, f"door-{place}", outlet, at, units, clock_suspect=suspect, **looks)
            )
    # A cooler that moved.
    found.append(RawPhoto(99_000, "door-0", "london", START + timedelta(days=2), {"cola": 9}))
    return found


def read(services: Services, tenant: str, scope: Scope | None = None) -> Window:
    with services.records.session(tenant, write=False) as session:
        return read_window(services.facts, tenant, Known(session), START, END, scope or Scope())


def told(window: Window) -> dict[tuple[str, str, str], tuple[float, ...]]:
    return {
        (one.cooler, one.outlet, one.sku): pytest.approx((one.units, one.facings, one.variance, one.stocked), abs=1e-5)
        for one in window.lines
    }


def truth(photos: Sequence[RawPhoto]) -> dict[tuple[str, str, str], tuple[float, ...]]:
    """By cooler, outlet and SKU: the means over the usable photos of the whole hours, and the surest line."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    seen: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for photo in photos:
        if FIRST_HOUR <= photo.at < AFTER and photo.verdict == "ok" and not photo.clock_suspect:
            counted[photo.cooler, photo.outlet] += 1
            for sku, units in photo.units.items():
                seen[photo.cooler, photo.outlet, sku].append(units)
    found = {}
    for (cooler, outlet, sku), units in seen.items():
        number, facings = counted[cooler, outlet], sum(one // 2 + 1 for one in units if one)
        variance = len(units) * 0.3**2 / number * (facings / sum(units)) ** 2
        found[cooler, outlet, sku] = (sum(units) / number, facings / number, variance, 0.7 + 0.03 * max(units))
    return found


def test_the_mean_photo_is_that_of_the_raw_lines_of_whole_hours(services: Services, tenant: str) -> None:
    came = photos()
    # The second half first, the first half twice.
    for batch in (came[len(came) // 2 :], came[: len(came) // 2], came[:40]):
        bring(services, tenant, batch)
        services.rollups.refresh()
    window = read(services, tenant)
    assert told(window) == truth(came)
    places = [(one.cooler, one.sku, one.outlet) for one in window.lines]
    assert places == sorted(places)
    assert (window.start, window.end) == (FIRST_HOUR, AFTER)
    usable = [one for one in came if FIRST_HOUR <= one.at < AFTER and one.verdict == "ok" and not one.clock_suspect]
    for watched in window.watched:
        times = [one.at for one in usable if (one.cooler, one.outlet) == (watched.cooler, watched.outlet)]
        assert (watched.photos, watched.first, watched.last) == (len(times), min(times), max(times))
    assert len(window.watched) == 4
    narrowed = read(services, tenant, Scope(outlets=frozenset(("delhi",))))
    assert {one.outlet for one in (*narrowed.lines, *narrowed.watched)} == {"delhi"}


def test_two_periods_meet_at_an_hour(services: Services, tenant: str) -> None:
    with services.records.session(tenant, write=False) as session:
        before, after = read_windows(services.facts, tenant, Known(session), START, END)
    assert (before.end, before.end - before.start) == (after.start, after.end - after.start)
    assert (list(before.lines), before.watched) == ([], ())


def test_a_bucket_of_before_there_were_surest_lines_tells_the_mean_of_its_lines(
    services: Services, tenant: str
) -> None:
    bring(services, tenant, [RawPhoto(number, "door-0", "delhi", START, {"cola": 2 * number}) for number in (1, 2)])
    services.rollups.refresh()
    for table, columns in (("shelf", "surest = 0"), ("photo", "first = 0, last = 0")):
        for grain in ("hour", "day"):
            services.facts.command(
                f"ALTER TABLE {table}_{grain} UPDATE {columns} WHERE tenant = %(tenant)s SETTINGS mutations_sync = 1",
                {"tenant": tenant},
            )
    window = read(services, tenant)
    assert [one.stocked for one in window.lines] == [pytest.approx(0.7 + 0.03 * 3)]
    assert [one.first == one.last for one in window.watched] == [True], "of the times nothing is known"
