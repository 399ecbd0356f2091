"""Options that the cloud's commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option(help="settings file (TOML)")]
DataDir = Annotated[Path | None, typer.Option(help="folder of everything that must survive")]
Tenant = Annotated[str, typer.Option(help="id of the tenant")]
