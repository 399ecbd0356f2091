"""Brings the records database to the present tables: `migrate(url)`, at each start and by `facings cloud migrate`.

A new revision, after a change of the models: `python -m cloud.migrations "Add the price list"`; then read what it
wrote.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from facings.errors import SettingsError, UnavailableError


def alembic_config(url: str, secret: str | None = None) -> Config:
    """Alembic's configuration, without an ini file; `secret` is the installation's, for revisions that seal."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    config.attributes["secret"] = secret
    return config


def migrate(url: str, secret: str | None = None) -> None:
    """Bring the database at `url` to the newest revision.

    Args:
        url: SQLAlchemy URL of the records.
        secret: the installation's; a new database needs none.

    Raises:
        SettingsError: the database is of a newer Facings, or holds what only the secret can seal.
        UnavailableError: it cannot be opened or written.
    """
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        command.upgrade(alembic_config(url, secret), "head")
    except CommandError as error:
        raise SettingsError(f"the records at {parsed!r} are of another version of Facings: {error}") from error
    except (OSError, OperationalError) as error:
        raise UnavailableError(f"cannot open the records at {parsed!r}: {getattr(error, 'orig', error)}") from error
