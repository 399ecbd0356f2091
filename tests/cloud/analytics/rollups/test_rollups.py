"""Rollups hold the sums of the raw lines, whatever the order and number of times in which they came."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud.services import Services
from tests.support.cloud import running_services
from tests.support.new_tenant import new_tenant
from tests.support.raw_lines import RawPhoto, bring, judge, raw_sums, stored_rollup

ZONES = {
    "london": "Europe/London",
    "nepal": "Asia/Kathmandu",
    "lord-howe": "Australia/Lord_Howe",
    "delhi": "Asia/Kolkata",
    "utc": "UTC",
}
DST = datetime(2026, 10, 24, tzinfo=UTC)
"""Within three days of it London leaves summer time."""

SURE = "max(toInt64(if(units > 0, round(confidence * 1000000), 0)))"
SUMS = f"sum(units), sum(facings), sum(toInt64(round(linear_share * 1000000))), {SURE}, count()"
OF_RAW = f"""
    SELECT {{bucket}} AS bucket, cooler, outlet, sku, {SUMS} FROM shelf_line FINAL
    WHERE tenant = %(tenant)s AND verdict != 'unusable' AND clock_suspect = 0 AND {{where}}
    GROUP BY ALL ORDER BY ALL
"""

HEIGHTS = ("top", "eye_level", "bottom", "eye_level_variance", "beside", "photos")
JUDGED = {
    "height": ("cooler", "sku", *HEIGHTS),
    "judged": ("cooler", "planogram", "ordered", "planned", "position", "count", "variance", "moves", "photos"),
}
THIRD = "intDiv(3 * (2 * row + 1), 2 * rows)"
OF_JUDGED = {
    "height": f"""
        SELECT cooler, sku, sumIf(facings, {THIRD} = 0), sumIf(facings, {THIRD} = 1), sumIf(facings, {THIRD} = 2),
            sumIf(toInt64(round(variance * 1000000)), {THIRD} = 1), sum(beside_competitor), uniqExact(observation_id)
        FROM shelf_facing FINAL WHERE tenant = %(tenant)s AND rows >= 3 GROUP BY ALL ORDER BY ALL
    """,
    "judged": """
        SELECT cooler, planogram, sum(ordered), sum(planned), sum(position), sum(count),
            sum(toInt64(round(variance * 1000000))), sum(moves), count()
        FROM photo_judgement FINAL WHERE tenant = %(tenant)s GROUP BY ALL ORDER BY ALL
    """,
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running_services(tmp_path_factory.mktemp("rollups") / "cloud") as running:
        yield running


def photos_of(numbers: list[tuple[int, int, int, int]]) -> list[RawPhoto]:
    """Each from cooler, minutes after `DST`, units, and how it looks; every cooler stands in a zone of its own."""
    outlets = list(ZONES)
    return [
        RawPhoto(
            number,
            cooler=f"cooler-{which}",
            outlet=outlets[which],
            at=DST + timedelta(minutes=minutes),
            units={"cola": units} if units < 4 else {"cola": units, "lemon": 2},
            verdict="unusable" if looks == 0 else "ok",
            clock_suspect=int(looks == 1),
        )
        for number, (which, minutes, units, looks) in enumerate(numbers, 1)
    ]


PHOTOS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 3 * 24 * 60), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=25,
).map(photos_of)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[RawPhoto], list[list[RawPhoto]]]:
    """Photos, and batches in which they come: each at least once, in any order."""
    photos = draw(PHOTOS)
    again = draw(st.lists(st.sampled_from(photos), max_size=10))
    order = draw(st.permutations([*photos, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=2)))
    return photos, [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]


def of_raw(services: Services, tenant: str, grain: str) -> list[tuple[Any, ...]]:
    """The truth: plain SQL on the raw lines, each once."""
    if grain == "hour":
        bucket, where = "toDateTime64(toStartOfHour(captured_at), 3, 'UTC')", "true"
        return raw_sums(services, tenant, OF_RAW.format(bucket=bucket, where=where))
    rows = []
    for outlet, zone in list(ZONES.items())[:2]:
        where = f"outlet = '{outlet}'"
        rows += raw_sums(services, tenant, OF_RAW.format(bucket=f"toDate(captured_at, '{zone}')", where=where))
    return sorted(rows)


def rolled_up(services: Services, tenant: str, grain: str) -> list[tuple[Any, ...]]:
    columns = (grain, "cooler", "outlet", "sku", "units", "facings", "linear_share", "surest", "lines")
    return stored_rollup(services, tenant, f"shelf_{grain}", columns)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(arrivals())
def test_late_repeated_and_disordered_photos_end_in_the_same_numbers(
    services: Services, came: tuple[list[RawPhoto], list[list[RawPhoto]]]
) -> None:
    photos, batches = came
    in_order, in_disorder = new_tenant(services, ZONES), new_tenant(services, ZONES)
    bring(services, in_order, sorted(photos, key=lambda photo: photo.at))
    judge(services, in_order, photos)
    services.rollups.refresh()
    for batch in batches:
        judge(services, in_disorder, batch)
        bring(services, in_disorder, batch)
        services.rollups.refresh()
    for grain in ("hour", "day"):
        truth = of_raw(services, in_order, grain)
        assert rolled_up(services, in_order, grain) == truth
        assert rolled_up(services, in_disorder, grain) == truth
        for name, columns in JUDGED.items():
            stood = [
                stored_rollup(services, one, f"{name}_{grain}", (grain, *columns)) for one in (in_order, in_disorder)
            ]
            assert stood[0] == stood[1]
            assert totals(stood[0]) == raw_sums(services, in_order, OF_JUDGED[name])
        times = (grain, "cooler", "photos", "first", "last")
        photos_seen = [stored_rollup(services, one, f"photo_{grain}", times) for one in (in_order, in_disorder)]
        assert photos_seen[0] == photos_seen[1]
    usable = [photo for photo in photos if photo.verdict == "ok" and not photo.clock_suspect]
    assert spans(photos_seen[0]) == spans((None, one.cooler, 1, one.at, one.at) for one in usable)


def totals(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """By cooler, and outlet and SKU or planogram, the sums over all buckets."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for _, cooler, of, *sums in rows:
        before = found.get((cooler, of), [0] * len(sums))
        found[cooler, of] = [one + more for one, more in zip(before, sums, strict=True)]
    return sorted((*key, *sums) for key, sums in found.items())


def spans(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[int, datetime, datetime]]:
    """By cooler the number of photos, the first moment and the last."""
    found: dict[str, tuple[int, datetime, datetime]] = {}
    for _, cooler, photos, first, last in rows:
        before = found.get(cooler, (0, first, last))
        found[cooler] = before[0] + photos, min(before[1], first), max(before[2], last)
    return found


@pytest.mark.parametrize(
    ("outlet", "moment", "day"),
    [
        ("utc", datetime(2026, 3, 1, 23, 59, tzinfo=UTC), date(2026, 3, 1)),
        ("delhi", datetime(2026, 3, 1, 18, 29, tzinfo=UTC), date(2026, 3, 1)),
        ("delhi", datetime(2026, 3, 1, 18, 30, tzinfo=UTC), date(2026, 3, 2)),
        ("nepal", datetime(2026, 3, 1, 18, 14, tzinfo=UTC), date(2026, 3, 1)),
        ("nepal", datetime(2026, 3, 1, 18, 15, tzinfo=UTC), date(2026, 3, 2)),
        ("lord-howe", datetime(2026, 7, 1, 13, 30, tzinfo=UTC), date(2026, 7, 2)),
        ("lord-howe", datetime(2026, 12, 1, 12, 59, tzinfo=UTC), date(2026, 12, 1)),
        ("lord-howe", datetime(2026, 12, 1, 13, 0, tzinfo=UTC), date(2026, 12, 2)),
        ("london", datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_a_business_day_begins_at_the_outlets_midnight(
    services: Services, outlet: str, moment: datetime, day: date
) -> None:
    tenant = new_tenant(services, ZONES)
    bring(services, tenant, [RawPhoto(1, "front", outlet, moment, {"cola": 3})])
    services.rollups.refresh()
    assert stored_rollup(services, tenant, "shelf_day", ("day", "units")) == [(day, 3)]
    hour = moment.replace(minute=0)
    assert [row[1] for row in stored_rollup(services, tenant, "shelf_hour", ("hour", "units"))] == [3], hour
