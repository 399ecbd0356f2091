"""Writes a new revision from what the models say beyond the newest one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from cloud.migrations import alembic_config, migrate

with tempfile.TemporaryDirectory() as folder:
    url = f"sqlite:///{Path(folder) / 'records.db'}"
    migrate(url)
    made = command.revision(alembic_config(url), sys.argv[1], autogenerate=True)

assert isinstance(made, Script)
file = Path(made.path)
lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
file.write_text("".join(line for line in lines if "### " not in line), encoding="utf-8")
