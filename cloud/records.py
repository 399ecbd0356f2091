"""The records store: SQLAlchemy on SQLite by default, on PostgreSQL when it grows.

A session belongs to one tenant. Every ORM statement on a tenant's table is narrowed to that tenant here, in one place,
and what is added gets its id, so that no query elsewhere can forget it. What could not be narrowed is refused:
statements that are not the ORM's, and INSERT statements (add objects instead, or many rows with `add_rows`).

A session reads or writes. There is one writer at a time, SQLite's rule, which PostgreSQL is held to as well: what
reads, decides and then writes never meets another that decides at the same moment. A writing session takes its turn at
the start; a reading one sees one moment, never waits, and is refused when it tries to write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, DateTime, Engine, ForeignKey, MetaData, Table, create_engine, event, insert
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)
from sqlalchemy.types import TypeDecorator

from facings.errors import SettingsError

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ALL_TENANTS = "*"
WRITES = "facings_writes"

_TURN = int.from_bytes(b"facings")
"""Of PostgreSQL's advisory locks, the one that the writer holds."""
_TURN_WITHIN = "30s"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as naive UTC so that every database compares and sorts it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database; a moment without a zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database, aware again."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all records."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (declared so by SQLAlchemy)


class TenantScoped:
    """Mixin of every table whose rows belong to a tenant."""

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.id"), primary_key=False, index=True)


class TenantKeyed:
    """Mixin of the tables named by tenant and a slug of the tenant's own: the key is the two, the tenant first."""

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.id"), primary_key=True, sort_order=-1)


class CrossTenantError(Exception):
    """A defect: a session reached for a row of another tenant, or for tenants' rows without naming a tenant."""


class ReadOnlyError(Exception):
    """A defect: something was changed in a session opened for reading."""


class Records:
    """The records database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None
        self._factory: sessionmaker[Session] | None = None

    def start(self) -> None:
        """Open the database; tables are made by the migrations, not here.

        Raises:
            SettingsError: the URL's driver is not installed.
        """
        url = make_url(self.url)
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # Room for each of the HTTP server's 40 threads, and for ingest and the live numbers.
        self._engine = engine_of(self.url, pool_size=20, max_overflow=30, pool_pre_ping=True)
        if url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _sqlite_durable)
            event.listen(self._engine, "begin", _sqlite_begin)
        elif url.get_backend_name() == "postgresql":
            event.listen(self._engine, "begin", _postgres_begin)
        self._factory = sessionmaker(self._engine, expire_on_commit=False)
        event.listen(self._factory, "do_orm_execute", _narrow_to_tenant)
        event.listen(self._factory, "before_flush", _stamp_tenant)

    def stop(self) -> None:
        """Close all connections."""
        if self._engine:
            self._engine.dispose()

    @property
    def _reading(self) -> dict[str, Any]:
        if self.engine.dialect.name != "postgresql":
            return {}
        return {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}

    @property
    def engine(self) -> Engine:
        """The engine, once started."""
        assert self._engine, "records are not started"
        return self._engine

    @contextmanager
    def session(self, tenant: str, *, write: bool = True) -> Iterator[Session]:
        """A session narrowed to `tenant`; commits at the end, rolls back on an error.

        With `write=False` it reads one snapshot and takes no lock.
        """
        assert self._factory, "records are not started"
        bind = self.engine.execution_options(**({WRITES: True} if write else self._reading))
        with self._factory(bind=bind, info={"tenant": tenant, WRITES: write}) as session, session.begin():
            yield session

    def all_tenants(self, *, write: bool = True) -> AbstractContextManager[Session]:
        """A session over all tenants, for the few places that serve them all: ingest, sign-in, the broker's logins."""
        return self.session(ALL_TENANTS, write=write)


def engine_of(url: str, **options: Any) -> Engine:
    """SQLAlchemy's engine for the records at `url`.

    Raises:
        SettingsError: no such database is known, or its driver is not installed.
    """
    try:
        return create_engine(url, **options)
    except NoSuchModuleError as error:
        raise SettingsError(f"store.records_url: {error}; use sqlite:/// or postgresql+psycopg://") from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"store.records_url needs the package {error.name}: pip install 'facings[cloud,postgres]', and write "
            "postgresql+psycopg://"
        ) from error


def add_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows of one of the tenant's tables at once, in a third of the time that as many objects take.

    Args:
        session: one of a tenant, which writes; what it holds of the table does not learn of the rows.
        model: the table.
        rows: values by attribute; the tenant is put in here.

    Raises:
        CrossTenantError: the session is over all tenants, or the table is no tenant's.
        ReadOnlyError: the session reads.
    """
    tenant = session.info["tenant"]
    if not session.info[WRITES]:
        raise ReadOnlyError("this session reads; open it with write=True")
    if tenant == ALL_TENANTS or not issubclass(model, TenantScoped | TenantKeyed):
        raise CrossTenantError(f"rows of {model.__name__} are added in the session of the tenant whose they are")
    if rows:
        table = cast(Table, model.__table__)
        session.connection().execute(insert(table), [{**row, "tenant_id": tenant} for row in rows])


def _sqlite_durable(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below, so that a writer locks at its start
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    # IMMEDIATE: a deferred transaction that turns writer late fails at once when another wrote in between.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_begin(connection: Connection) -> None:
    # Without turns, two photos of one cooler that arrive at once would each tell its stock-outs anew, and both write.
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TURN_WITHIN}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")


def _narrow_to_tenant(state: ORMExecuteState) -> None:
    tenant = state.session.info.get("tenant")
    if tenant is None:
        raise CrossTenantError("open sessions with Records.session(tenant) or Records.all_tenants()")
    if not (state.is_select or state.session.info[WRITES]):
        raise ReadOnlyError("this session reads; open it with write=True")
    if tenant == ALL_TENANTS or state.is_column_load or state.is_relationship_load:
        return
    if state.is_insert or not state.is_orm_statement:
        raise CrossTenantError("only ORM SELECT, UPDATE and DELETE can be narrowed to a tenant; add rows as objects")
    for mixin in (TenantScoped, TenantKeyed):
        state.statement = state.statement.options(
            with_loader_criteria(mixin, lambda row: row.tenant_id == tenant, include_aliases=True)
        )


def _stamp_tenant(session: Session, _context: object, _instances: object) -> None:
    tenant = session.info["tenant"]
    if not session.info[WRITES]:
        raise ReadOnlyError("this session reads; open it with write=True")
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantScoped | TenantKeyed):
            continue
        if row.tenant_id is None and tenant != ALL_TENANTS:
            row.tenant_id = tenant
        if row.tenant_id is None or (tenant not in (ALL_TENANTS, row.tenant_id)):
            raise CrossTenantError(f"{type(row).__name__} of tenant {row.tenant_id!r} in a session of {tenant!r}")
