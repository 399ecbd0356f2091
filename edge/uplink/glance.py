"""A look into a device's outbox from outside, also while the daemon runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from edge.uplink.store import DATABASE_FILE
from facings.errors import UnavailableError

_QUERY = """
SELECT (SELECT rows FROM totals WHERE what = 'outbox') AS messages,
       (SELECT bytes FROM totals WHERE what = 'outbox') AS message_bytes,
       (SELECT happened_at FROM outbox ORDER BY id LIMIT 1) AS oldest_message,
       (SELECT count(*) FROM photos WHERE state = 'captured') AS photos_unread,
       (SELECT count(*) FROM photos WHERE state = 'read') AS photos_to_upload,
       (SELECT bytes FROM totals WHERE what = 'photos') AS photo_bytes,
       (SELECT taken_at FROM photos ORDER BY id LIMIT 1) AS oldest_photo,
       (SELECT count(*) FROM losses WHERE told = 0) AS losses_untold
"""


def glance(state_dir: Path) -> dict[str, int | str | None]:
    """What waits in the outbox of `state_dir`.

    Raises:
        UnavailableError: no daemon has run with this folder yet, or the file cannot be read.
    """
    file = state_dir / DATABASE_FILE
    if not file.exists():
        raise UnavailableError(f"there is no outbox in {state_dir}: has the daemon run with this state_dir?")
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            return dict(connection.execute(_QUERY).fetchone())
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UnavailableError(f"{file} cannot be read: {error}") from error
