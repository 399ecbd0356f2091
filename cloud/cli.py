"""`facings cloud`: set the cloud up and look into it, whether it runs or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.judging.cli import set_aside
from cloud.analytics.query.cli import export, recompute
from cloud.api.errors import ApiError
from cloud.audits.models import Quarantined
from cloud.broker.logins import tenant_logins
from cloud.fleet.provisioning import device_config
from cloud.fleet.service import add_device
from cloud.identity import service as identity
from cloud.identity.models import ROLES
from cloud.identity.models import Tenant as TenantRow
from cloud.migrations import migrate as migrate_records
from cloud.options import Config, DataDir, Tenant
from cloud.records import ALL_TENANTS, Records
from cloud.settings import CloudSettings, load_settings, session_secret
from facings.clock import format_utc
from facings.errors import BadInputError
from facings.files import write_private

app = typer.Typer(help="Set the cloud up and look into it: tenants, users, devices, quarantine.", no_args_is_help=True)
tenants = typer.Typer(help="Customers; nothing of one is visible to another.", no_args_is_help=True)
users = typer.Typer(help="People who sign in.", no_args_is_help=True)
keys = typer.Typer(help="API keys for programs.", no_args_is_help=True)
devices = typer.Typer(help="The computers in the coolers.", no_args_is_help=True)
quarantine = typer.Typer(help="Messages that could not be used.", no_args_is_help=True)
for name, group in (
    ("tenant", tenants),
    ("user", users),
    ("key", keys),
    ("device", devices),
    ("quarantine", quarantine),
    ("set-aside", set_aside),
):
    app.add_typer(group, name=name)

app.command()(export)
app.command()(recompute)

Role = Annotated[str, typer.Option(help=", ".join(ROLES))]
console = Console(highlight=False, soft_wrap=True)


@contextmanager
def _records(settings: CloudSettings, tenant: str, *, write: bool = True) -> Iterator[Session]:
    """A session on the records, brought to the present tables first; an error of a rule is one clear line."""
    migrate_records(settings.records_url, session_secret(settings))
    records = Records(settings.records_url)
    records.start()
    try:
        if tenant != ALL_TENANTS:
            with records.all_tenants(write=False) as session:
                if session.get(TenantRow, tenant) is None:
                    raise BadInputError(f"there is no tenant {tenant!r}: facings cloud tenant add {tenant}")
        with records.session(tenant, write=write) as session:
            yield session
    except ApiError as error:
        raise BadInputError(": ".join(filter(None, (str(error), error.body.hint)))) from error
    finally:
        records.stop()


@app.command()
def migrate(config: Config = None, data_dir: DataDir = None) -> None:
    """Bring the records to the present tables; `facings up` does so by itself."""
    settings = load_settings(config, data_dir)
    migrate_records(settings.records_url, session_secret(settings))
    console.print("the records are up to date")


@tenants.command("add")
def add_tenant(
    tenant: Annotated[str, typer.Argument(help="id: lower-case letters, digits and dashes")],
    name: Annotated[str, typer.Option(help="as people write it; default: the id")] = "",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Add a customer."""
    with _records(load_settings(config, data_dir), ALL_TENANTS) as session:
        identity.create_tenant(session, tenant, name or tenant)
    console.print(f"added tenant {tenant}")


@users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="with which they sign in")],
    tenant: Tenant,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, help="asked for when left out")],
    role: Role = "viewer",
    locale: Annotated[str, typer.Option(help="en or zh-CN")] = "en",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Add a person."""
    with _records(load_settings(config, data_dir), tenant) as session:
        identity.create_user(session, identity.operator(tenant), email, password, role, locale)
    console.print(f"added {email} to {tenant} as {role}")


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="which program it is for")],
    tenant: Tenant,
    role: Role = "viewer",
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Make an API key and print it; it is shown this once."""
    with _records(load_settings(config, data_dir), tenant) as session:
        _, key = identity.create_key(session, identity.operator(tenant), name, role)
    typer.echo(key)


@devices.command("add")
def provision(
    device: Annotated[str, typer.Argument(help="id: lower-case letters, digits and dashes")],
    tenant: Tenant,
    cooler: Annotated[str, typer.Option(help="id of the cooler it sits in")],
    out: Annotated[Path | None, typer.Option(help="write the device's settings file here (mode 600)")] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Provision a device. A running cloud admits it within a second."""
    settings = load_settings(config, data_dir)
    with _records(settings, tenant) as session:
        _, key = add_device(session, identity.operator(tenant), device, cooler)
        if out:
            write_private(out, device_config(settings, tenant, device, key))
    typer.echo(f"wrote {out}: facings edge run {out}" if out else key)


@app.command()
def logins(config: Config = None, data_dir: DataDir = None) -> None:
    """The users that an MQTT broker of your own needs, as JSON lines: password or bcrypt hash, and topics."""
    settings = load_settings(config, data_dir)
    with _records(settings, ALL_TENANTS, write=False) as session:
        for login in tenant_logins(session, session_secret(settings)):
            typer.echo(login.to_json())


@quarantine.command("list")
def list_quarantine(
    tenant: Annotated[str | None, typer.Option(help="only this tenant's; '' for messages of no tenant")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="newest first, at most so many")] = 50,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """The messages that could not be used, newest first."""
    wanted = select(Quarantined).order_by(Quarantined.id.desc()).limit(limit)
    if tenant is not None:
        wanted = wanted.where(Quarantined.tenant_id == tenant)
    table = Table("id", "received", "topic", "bytes", "reason")
    with _records(load_settings(config, data_dir), ALL_TENANTS, write=False) as session:
        for row in session.scalars(wanted):
            table.add_row(str(row.id), format_utc(row.received_at), row.topic, str(row.size), row.reason)
    console.print(table if table.row_count else "the quarantine is empty")


@quarantine.command("show")
def show_quarantined(
    number: Annotated[int, typer.Argument(help="id in the list")], config: Config = None, data_dir: DataDir = None
) -> None:
    """One message that could not be used: why, and its bytes as they came."""
    with _records(load_settings(config, data_dir), ALL_TENANTS, write=False) as session:
        found = session.get(Quarantined, number)
    if found is None:
        raise BadInputError(f"there is no message {number} in the quarantine: facings cloud quarantine list")
    console.print(
        f"topic    {found.topic}\nreceived {format_utc(found.received_at)}\nreason   {found.reason}", markup=False
    )
    typer.echo(found.payload.decode("utf-8", errors="backslashreplace"))
