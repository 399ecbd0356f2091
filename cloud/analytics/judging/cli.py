"""`facings cloud set-aside`: stored observations that could not be judged."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cloud.asking import answered, asking
from cloud.options import Config, DataDir, Tenant
from cloud.settings import load_settings

set_aside = typer.Typer(help="Stored observations that could not be judged.", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)

Cooler = Annotated[str | None, typer.Option(help="only those of this cooler")]


@set_aside.command("list")
def list_set_aside(tenant: Tenant, cooler: Cooler = None, config: Config = None, data_dir: DataDir = None) -> None:
    """The observations that could not be judged, and why."""
    table = Table("observation", "cooler", "taken", "reason")
    table.columns[0].no_wrap = True
    query = {"cooler": cooler} if cooler else {}
    with asking(load_settings(config, data_dir), tenant, "admin") as client:
        after: str | None = ""
        while after is not None:
            page = answered(client.get("/api/v1/set-aside", params=query)).json()
            for one in page["items"]:
                table.add_row(one["observation_id"], one["cooler_id"], one["captured_at"], one["reason"])
            after = query["after"] = page["next"]
    console.print(table if table.row_count else "nothing is set aside")


@set_aside.command()
def again(tenant: Tenant, cooler: Cooler = None, config: Config = None, data_dir: DataDir = None) -> None:
    """Have them judged again, as after an update; the start of the cloud does so by itself."""
    query = {"cooler": cooler} if cooler else {}
    with asking(load_settings(config, data_dir), tenant, "admin") as client:
        taken_up = answered(client.post("/api/v1/set-aside/again", params=query)).json()["observations"]
    console.print(f"{taken_up:,} observations are judged again")
