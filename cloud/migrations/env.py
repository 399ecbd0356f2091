"""Run by alembic: migrates the database that `cloud.migrations.alembic_config` names."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.pool import NullPool

from cloud.models import metadata
from cloud.records import UtcDateTime, engine_of


def _plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    # A revision must not change when our own classes do.
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


engine = engine_of(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection, target_metadata=metadata, render_as_batch=True, render_item=_plainly)
    with context.begin_transaction():
        context.run_migrations()
