"""A session sees one tenant; whoever forgets the tenant, or reaches for another's rows, is refused."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, aliased

from cloud.catalog.models import Product
from cloud.identity.models import Tenant, User
from cloud.models import metadata
from cloud.outlets.models import Cooler, Outlet
from cloud.records import CrossTenantError, ReadOnlyError, Records, add_rows
from facings.clock import SystemClock
from facings.errors import SettingsError
from tests.support.postgres import server

NOW = SystemClock().now()


def outlet(name: str, tenant: str | None = None) -> Outlet:
    return Outlet(id="kiosk", name=name, **({"tenant_id": tenant} if tenant else {}))


@pytest.fixture(params=["sqlite", "postgres"])
def records(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Records]:
    """Tenants acme and bravo, each with an outlet `kiosk` of its own name, a cooler in it, and a user."""
    on_sqlite = request.param == "sqlite"
    records = Records(f"sqlite:///{tmp_path / 'records.db'}" if on_sqlite else server().new_database())
    records.start()
    metadata.create_all(records.engine)
    with records.all_tenants() as session:
        session.add_all(Tenant(id=tenant, name=tenant, created_at=NOW) for tenant in ("acme", "bravo"))
    for tenant in ("acme", "bravo"):
        with records.session(tenant) as session:
            session.add(outlet(f"{tenant}'s"))
            session.flush()
            session.add(Cooler(id="cooler", outlet_id="kiosk", name=f"{tenant}'s"))
            session.add(User(email=f"ann@{tenant}.example", password_hash="x", role="viewer", created_at=NOW))
    yield records
    records.stop()


def names(session: Session) -> list[str]:
    return sorted(session.scalars(select(Outlet.name)))


READS: dict[str, Callable[[Session], object]] = {
    "rows": lambda session: [row.name for row in session.scalars(select(Outlet))],
    "columns": names,
    "join": lambda session: session.scalars(select(Cooler.name).join(Outlet, Outlet.id == Cooler.outlet_id)).all(),
    "alias": lambda session: session.scalars(select(aliased(Outlet).name)).all(),
    "subquery": lambda session: session.scalars(
        select(Outlet.name).where(Outlet.id.in_(select(Cooler.outlet_id).where(Cooler.name == "acme's")))
    ).all(),
    "another tenant named": lambda session: (
        session.scalars(select(Outlet.name).where(Outlet.tenant_id == "bravo")).all() or ["acme's"]
    ),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("write", [True, False])
def test_reads_see_one_tenant(records: Records, read: Callable[[Session], object], write: bool) -> None:
    with records.session("acme", write=write) as session:
        assert read(session) == ["acme's"]


def test_counts_see_one_tenant(records: Records) -> None:
    with records.session("acme", write=False) as session:
        assert session.scalar(select(func.count()).select_from(Outlet)) == 1
        assert session.scalar(select(func.count(User.id))) == 1


def test_get_finds_nothing_of_another_tenant(records: Records) -> None:
    with records.all_tenants() as session:
        other = session.scalar(select(User.id).where(User.tenant_id == "bravo"))
    with records.session("acme") as session:
        assert session.get(Outlet, ("acme", "kiosk"))
        assert session.get(Outlet, ("bravo", "kiosk")) is None
        assert session.get(User, other) is None


@pytest.mark.parametrize(
    "statement", [update(Outlet).values(name="changed"), delete(Outlet).where(Outlet.id == "kiosk")]
)
def test_updates_and_deletes_touch_one_tenant(records: Records, statement: object) -> None:
    with records.all_tenants() as session:
        session.execute(delete(Cooler))
    with records.session("acme") as session:
        session.execute(statement)  # type: ignore[call-overload]
    with records.all_tenants(write=False) as session:
        assert "bravo's" in names(session)
        assert "acme's" not in names(session)


def test_two_tenants_in_turn_do_not_share_a_cached_statement(records: Records) -> None:
    for tenant in ("acme", "bravo", "acme"):
        with records.session(tenant, write=False) as session:
            assert names(session) == [f"{tenant}'s"]


FORBIDDEN: dict[str, Callable[[Session], object]] = {
    "adding a row of another tenant": lambda session: session.add(Outlet(tenant_id="bravo", id="new", name="x")),
    "moving a row to another tenant": lambda session: setattr(
        session.scalars(select(User)).one(), "tenant_id", "bravo"
    ),
    "inserting by statement": lambda session: session.execute(insert(Outlet), [{"id": "new", "name": "x"}]),
    "reading by the table": lambda session: session.execute(select(Outlet.__table__)),
    "writing by text": lambda session: session.execute(text("UPDATE outlet SET name = 'x'")),
}


@pytest.mark.parametrize("step", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_cannot_be_narrowed_is_refused(records: Records, step: Callable[[Session], object]) -> None:
    with pytest.raises(CrossTenantError), records.session("acme") as session:
        step(session)
    with records.all_tenants(write=False) as session:
        assert names(session) == ["acme's", "bravo's"]


def test_over_all_tenants_a_new_row_must_name_its_own(records: Records) -> None:
    with records.all_tenants() as session:
        session.add(Product(tenant_id="bravo", sku="cola", name="Cola", brand="C", owner="C", own=True))
    with pytest.raises(CrossTenantError, match="Product of tenant None"), records.all_tenants() as session:
        session.add(Product(sku="cola", name="Cola", brand="C", owner="C", own=True))


@pytest.mark.parametrize(
    "step",
    [
        lambda session: session.add(outlet("new")),
        lambda session: setattr(session.get(Outlet, ("acme", "kiosk")), "name", "changed"),
        lambda session: session.execute(update(Outlet).values(name="changed")),
    ],
    ids=["add", "change", "update"],
)
def test_a_reading_session_changes_nothing(records: Records, step: Callable[[Session], object]) -> None:
    with pytest.raises(ReadOnlyError), records.session("acme", write=False) as session:
        step(session)


def test_a_reader_does_not_wait_for_a_writer(records: Records) -> None:
    with records.session("acme") as writer:
        writer.add(Product(sku="cola", name="Cola", brand="C", owner="C", own=True))
        writer.flush()
        with records.session("acme", write=False) as reader:
            assert reader.scalars(select(Product.sku)).all() == []


def test_times_keep_their_moment(records: Records) -> None:
    beijing = datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    with records.all_tenants() as session:
        session.add(Tenant(id="charlie", name="c", created_at=beijing))
    with records.all_tenants() as session:
        found = session.get(Tenant, "charlie")
        assert found
        assert found.created_at == datetime(2026, 3, 1, tzinfo=UTC)
        assert found.created_at.tzinfo is UTC
    with pytest.raises(StatementError, match="a time needs its zone"), records.all_tenants() as session:
        session.add(Tenant(id="delta", name="d", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_many_rows_are_added_to_the_sessions_tenant(records: Records) -> None:
    rows = [{"sku": f"sku-{number}", "name": "Cola", "brand": "Cola", "owner": "us", "own": True} for number in (1, 2)]
    with records.session("acme") as session:
        add_rows(session, Product, [*rows[:1], rows[1] | {"tenant_id": "bravo"}])
        add_rows(session, Product, [])
    with records.session("acme", write=False) as session:
        assert [(row.sku, row.size_ml) for row in session.scalars(select(Product))] == [
            ("sku-1", None),
            ("sku-2", None),
        ]
    with records.session("bravo", write=False) as session:
        assert session.scalar(select(func.count(Product.sku))) == 0


def test_many_rows_need_a_writing_session_of_one_tenant(records: Records) -> None:
    row = {"id": "shop", "name": "Shop"}
    with records.session("acme", write=False) as session, pytest.raises(ReadOnlyError):
        add_rows(session, Outlet, [row])
    with records.all_tenants() as session, pytest.raises(CrossTenantError):
        add_rows(session, Outlet, [row])
    with records.session("acme") as session, pytest.raises(CrossTenantError):
        add_rows(session, Tenant, [{"id": "mine", "name": "mine", "created_at": NOW}])


def test_a_writer_takes_its_turn_at_its_first_read_and_the_next_decides_on_what_it_wrote(records: Records) -> None:
    near = Event()

    def seen_by_the_next() -> list[str]:
        near.set()
        with records.session("acme") as session:
            return names(session)

    with ThreadPoolExecutor(1) as other:
        with records.session("acme") as session:
            assert names(session) == ["acme's"]
            following = other.submit(seen_by_the_next)
            near.wait()
            session.add(Outlet(id="bar", name="Bar"))
        assert following.result(30) == ["Bar", "acme's"]


def test_a_reading_session_sees_one_moment(records: Records) -> None:
    with records.session("acme", write=False) as reading:
        assert len(names(reading)) == 1
        with records.session("acme") as session:
            session.add(Outlet(id="bar", name="Bar"))
        assert len(names(reading)) == 1
    with records.session("acme", write=False) as reading:
        assert len(names(reading)) == 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg2://nobody@127.0.0.1/x", "needs the package psycopg2: pip install"),
        ("oracel://nobody@127.0.0.1/x", "use sqlite:/// or postgresql"),
    ],
)
def test_a_database_without_its_driver_says_what_to_install(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        Records(url).start()
