"""Tables of the facts store that an earlier version made otherwise, brought to this version's columns, keys, settings.

The engine cannot change by what a table is sorted, nor which rows it takes for one. So the rows are copied into a new
table, and the two change their names at once: whoever is killed in between finds the old table as it was. A table that
had another key names its present one in its `info`, under `KEY`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, MetaData, Table, text

log = logging.getLogger(__name__)


KEY = "key"
_COLUMNS = text("SELECT table, name FROM system.columns WHERE database = currentDatabase()")
_STORED = text("SELECT name, sorting_key, engine_full FROM system.tables WHERE database = currentDatabase()")
_SETTING = re.compile(r"(\w+) = (\d+)")


def widen(engine: Engine, metadata: MetaData) -> list[str]:
    """Add the columns that stored tables lack, at their ends; rows of before have defaults in them."""
    added = []
    with engine.connect() as connection:
        stored = {(row.table, row.name) for row in connection.execute(_COLUMNS)}
        for table in metadata.sorted_tables:
            for column in table.columns:
                if (table.name, column.name) not in stored:
                    kind = column.type.compile(engine.dialect)
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}"))
                    added.append(f"{table.name}.{column.name}")
    return added


def rekey(engine: Engine, metadata: MetaData) -> list[str]:
    """Bring each table that is stored with another key than `metadata` names to that key; their names."""
    with engine.connect() as connection:
        stored = {row.name: row.sorting_key for row in connection.execute(_STORED)}
        changed = [
            table for table in metadata.sorted_tables if table.info.get(KEY, stored[table.name]) != stored[table.name]
        ]
        for table in changed:
            log.info("copying %s: its key was %s, and is now %s", table.name, stored[table.name], table.info[KEY])
            _copy(connection, table)
    return [table.name for table in changed]


def retune(engine: Engine, metadata: MetaData, settings: Mapping[str, int]) -> list[str]:
    """Give each table that is stored with other `settings` than these the ones that differ; their names."""
    changed = []
    with engine.connect() as connection:
        stored = {row.name: dict(_SETTING.findall(row.engine_full)) for row in connection.execute(_STORED)}
        for table in metadata.sorted_tables:
            has = stored[table.name]
            differ = [f"{name} = {value}" for name, value in settings.items() if has.get(name) != str(value)]
            if differ:
                connection.execute(text(f"ALTER TABLE {table.name} MODIFY SETTING {', '.join(differ)}"))
                changed.append(table.name)
    return changed


def _copy(connection: Connection, table: Table) -> None:
    new, old = f"{table.name}_rekeyed", f"{table.name}_before"
    columns = ", ".join(table.columns.keys())
    connection.execute(text(f"DROP TABLE IF EXISTS {new}"))
    table.to_metadata(MetaData(), name=new).create(connection)
    connection.execute(text(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {table.name} FINAL"))  # noqa: S608
    connection.execute(text(f"RENAME TABLE {table.name} TO {old}, {new} TO {table.name}"))
    connection.execute(text(f"DROP TABLE {old}"))
