"""The migrations make exactly the tables that the models describe."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from cloud.migrations import alembic_config, migrate
from cloud.models import metadata
from facings.errors import SettingsError, UnavailableError
from tests.support.broker import free_port
from tests.support.postgres import server


@pytest.fixture(params=["sqlite", "postgres"])
def url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Of a database that is empty, or not there yet."""
    return f"sqlite:///{tmp_path / 'new' / 'records.db'}" if request.param == "sqlite" else server().new_database()


def test_models_and_migrations_agree(url: str) -> None:
    migrate(url)
    migrate(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert not differences, 'make a revision: python -m cloud.migrations "What changed"'
    command.downgrade(alembic_config(url), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_records_of_a_newer_version_are_refused(url: str) -> None:
    migrate(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of-tomorrow'"))
    engine.dispose()
    with pytest.raises(SettingsError, match="another version of Facings"):
        migrate(url)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="cannot open the records"):
        migrate(f"sqlite:///{tmp_path / 'file' / 'records.db'}")
    with pytest.raises(UnavailableError, match="cannot open the records"):
        migrate(f"postgresql+psycopg://facings:secret@127.0.0.1:{free_port()}/records")
