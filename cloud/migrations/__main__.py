"""Writes a new revision from what the models say beyond the newest one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from cloud.migrations import alembic_config, migrate

with tempfile.TemporaryDirectory() as folder:
    url = f"sqlite:///{Path(folder) / 'records.db'}"
    migrate(url)
    command.revision(alembic_config(url), sys.argv[1], autogenerate=True)
