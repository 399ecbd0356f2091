"""What is deleted, what stays, and what is made anew."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.analytics.registry import BY_NAME
from cloud.analytics.rollups.retention import Retention
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.analytics.series import Period
from cloud.audits.facts import shelf_line
from cloud.audits.models import Photo
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from cloud.settings import RetentionSettings
from tests.support.cloud import running_services
from tests.support.new_tenant import new_tenant
from tests.support.raw_lines import RawPhoto, bring, stored_rollup

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, NEW = NOW - timedelta(days=100), NOW - timedelta(days=3)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running_services(tmp_path_factory.mktemp("retention") / "cloud") as services:
        yield services


@pytest.fixture
def tenant(running: Services) -> str:
    """A tenant of its own with an outlet and a cooler."""
    name = new_tenant(running, {"kiosk": "UTC"})
    with running.records.all_tenants() as session:
        session.add(Cooler(tenant_id=name, id="front", outlet_id="kiosk", name="Front"))
    return name


def photo(number: int, at: datetime, units: int) -> RawPhoto:
    return RawPhoto(number, "front", "kiosk", at, {"cola": units})


def units(services: Services, tenant: str) -> dict[str, float]:
    services.rollups.before_reading()
    with services.records.session(tenant, write=False) as session:
        period = Period(session, services.facts, tenant, OLD - timedelta(days=2), NOW)
        return {point.key: point.value.value for point in period.series(BY_NAME["units"], "day").points}


def raw_lines(services: Services, tenant: str) -> int:
    counted = select(func.count()).select_from(shelf_line)
    return int(services.facts.select(tenant, counted, shelf_line)[0][0])


def test_rollups_outlive_the_raw_lines(running: Services, tenant: str) -> None:
    bring(running, tenant, [photo(1, OLD, 4), photo(2, OLD + timedelta(hours=1), 6), photo(3, NEW, 3)])
    before = units(running, tenant)
    assert before == {OLD.date().isoformat(): 5, NEW.date().isoformat(): 3}
    Retention(running).delete_lines(NOW - timedelta(days=80))
    assert (raw_lines(running, tenant), units(running, tenant)) == (1, before)
    # What is too late to be counted must not wipe out what was counted.
    bring(running, tenant, [photo(4, OLD + timedelta(hours=2), 50)])
    running.rollups.recompute(tenant, OLD - timedelta(days=1), NOW)
    assert units(running, tenant) == before
    Retention(running).delete_rollups(NOW - timedelta(days=50))
    assert units(running, tenant) == {NEW.date().isoformat(): 3}


def test_lines_deleted_while_their_time_is_made_anew_stay_counted(
    running: Services, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(running, tenant, [photo(1, NOW - timedelta(days=70), 4), photo(2, NEW, 3)])
    before, look = units(running, tenant), running.rollups._with_facts

    def look_and_delete(*asked: Any) -> Any:
        found = look(*asked)
        Retention(running).delete_lines(NOW - timedelta(days=60))
        return found

    monkeypatch.setattr(running.rollups, "_with_facts", look_and_delete)
    running.rollups.recompute(tenant, OLD, NOW)
    assert (raw_lines(running, tenant), units(running, tenant)) == (1, before)
    assert stored_rollup(running, tenant, "shelf_hour", ("units",)) == [(3,), (4,)]


def test_what_was_made_of_photos_and_days_goes_with_the_rollups(running: Services, tenant: str) -> None:
    for at in (OLD, NEW):
        key = (tenant, "front", at, uuid.uuid4(), "kiosk")
        running.facts.insert(judgement, [(*key, 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0, at)])
        running.facts.insert(shelf_facing, [(*key, 0, 1, "cola", 1, 0.0, 0, at)])
        running.facts.insert(sellout_day, [(tenant, "front", "cola", at.date(), "kiosk", *(0.0,) * 7, 0, at)])
    Retention(running).delete_rollups(NOW - timedelta(days=50))
    for table, column in ((judgement, "captured_at"), (shelf_facing, "captured_at"), (sellout_day, "day")):
        (row,) = running.facts.select(tenant, select(table.c[column]), table)
        assert row[0] in (NEW, NEW.date()), table.name


def test_photos_go_and_what_was_seen_on_them_stays(running: Services, tenant: str) -> None:
    store = Path(running.photos._root)
    with running.records.session(tenant) as session:
        for name, at in (("old", OLD), ("new", NEW)):
            one = Photo(
                id=uuid.uuid5(uuid.NAMESPACE_DNS, name),
                cooler_id="front",
                device_id="front",
                captured_at=at,
                stored_at=at,
                sha256="",
                bytes=1,
                media_type="image/jpeg",
                width=1,
                height=1,
            )
            one.tenant_id = tenant
            session.add(one)
            (store / one.path).parent.mkdir(parents=True)
            (store / one.path).write_bytes(b"x")
    assert Retention(running).delete_photos(NOW - timedelta(days=30)) == 1
    with running.records.session(tenant, write=False) as session:
        kept = {one.captured_at: one.stored_at for one in session.scalars(select(Photo))}
    assert kept == {OLD: None, NEW: NEW}
    assert len(list((store / tenant).rglob("*.jpg"))) == 1
    assert Retention(running).delete_photos(NOW - timedelta(days=30)) == 0


@pytest.mark.parametrize(
    "said",
    [{"lines_days": 10}, {"photos_days": 0}, {"rollups_days": 400}, {"lines_days": 200, "rollups_days": 100}],
)
def test_settings_that_would_lose_numbers_are_refused(said: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        RetentionSettings(**said)


def test_facts_from_before_the_rollups_are_adopted_once(running: Services, tenant: str) -> None:
    with_notes = running.rollups.note
    running.rollups.note = lambda places: None  # type: ignore[method-assign]  # as a version without rollups
    bring(running, tenant, [photo(1, NEW, 4)])
    running.rollups.note = with_notes  # type: ignore[method-assign]
    assert units(running, tenant) == {}
    running.rollups.adopt()
    assert units(running, tenant) == {NEW.date().isoformat(): 4}


def test_judgements_that_a_crash_kept_from_being_noted_are_found_at_the_next_start(
    running: Services, tenant: str
) -> None:
    running.facts.insert(judgement, [photo(1, NEW, 4).judgement(tenant)])
    running.rollups.note_last_judged()
    running.rollups.refresh()
    assert stored_rollup(running, tenant, "judged_day", ("planogram", "photos")) == [(7, 1)]


def test_a_changed_time_zone_makes_the_business_days_anew(running: Services, tenant: str) -> None:
    late = NEW.replace(hour=20)
    bring(running, tenant, [photo(1, late, 4)])
    assert units(running, tenant) == {late.date().isoformat(): 4}
    with running.records.session(tenant) as session:
        outlet = session.get_one(Outlet, (tenant, "kiosk"))
        outlet.timezone = "Asia/Shanghai"
    assert running.rollups.rezone() == 1
    assert units(running, tenant) == {(late + timedelta(days=1)).date().isoformat(): 4}
    assert running.rollups.rezone() == 0


def test_lines_that_were_corrected_are_made_anew(running: Services, tenant: str) -> None:
    bring(running, tenant, [photo(1, NEW, 4)])
    assert units(running, tenant) == {NEW.date().isoformat(): 4}
    bring(running, tenant, [replace(photo(1, NEW, 9), units={"lemon": 9})])
    assert stored_rollup(running, tenant, "shelf_day", ("sku", "units")) == [("cola", 4)], "not before it is read"
    assert units(running, tenant) == {NEW.date().isoformat(): 9}
    assert stored_rollup(running, tenant, "shelf_day", ("sku", "units")) == [("lemon", 9)]
