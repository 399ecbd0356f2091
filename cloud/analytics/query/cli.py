"""`facings cloud export` and `facings cloud recompute`: what the API answers, as files and from the shell."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from cloud.asking import answered, asking
from cloud.options import Config, DataDir, Tenant
from cloud.settings import load_settings
from facings.errors import BadInputError
from facings.files import whole_path

RAW = ("observations", "lines", "price-tags")
console = Console(highlight=False, soft_wrap=True, stderr=True)

From = Annotated[str, typer.Option("--from", help="first moment or day, as 2026-11-01 or 2026-11-01T06:00:00Z")]
To = Annotated[str, typer.Option("--to", help="just after the last moment, or the last day")]
Cooler = Annotated[list[str], typer.Option(help="only this cooler; may be given several times")]


class FileFormat(StrEnum):
    """Formats of an exported file."""

    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"


def export(
    what: Annotated[str, typer.Argument(help="name of a KPI, or observations, or lines")],
    out: Annotated[Path, typer.Argument(help="file to write; its ending tells the format")],
    tenant: Tenant,
    start: From,
    end: To,
    by: Annotated[str, typer.Option(help="dimensions of a KPI with commas between, as week,brand")] = "day",
    outlet: Annotated[list[str], typer.Option(help="only this outlet; may be given several times")] = [],  # noqa: B006
    region: Annotated[list[str], typer.Option(help="only this region")] = [],  # noqa: B006
    brand: Annotated[list[str], typer.Option(help="only this brand")] = [],  # noqa: B006
    sku: Annotated[list[str], typer.Option(help="only this SKU")] = [],  # noqa: B006
    cooler: Cooler = [],  # noqa: B006
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a KPI, or raw observations or lines, of a period into a CSV, Parquet or Arrow file."""
    kind = _format_of(out)
    filters = {"outlet": outlet, "region": region, "brand": brand, "sku": sku, "cooler": cooler}
    query: dict[str, str | list[str]] = {name: values for name, values in filters.items() if values}
    query |= {"from": moment(start), "to": moment(end, last=True), "format": kind.value}
    path = f"/api/v1/exports/{what}" if what in RAW else f"/api/v1/kpis/{what}"
    if what not in RAW:
        query["by"] = by
    with (
        asking(load_settings(config, data_dir), tenant, "viewer") as client,
        client.stream("GET", path, params=query) as answer,
    ):
        _write(out, answered(answer))
    console.print(f"wrote {out}")


def recompute(
    tenant: Tenant,
    start: From,
    end: To,
    cooler: Cooler = [],  # noqa: B006
    sellout: Annotated[bool, typer.Option(help="also the daily sell-out")] = True,
    stockouts: Annotated[bool, typer.Option(help="also judge its photos and tell stock-outs anew")] = True,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Make a period anew from its stored photos: hourly and daily sums, judgements, stock-outs, and its sell-out."""
    period = {"from": moment(start), "to": moment(end, last=True)}
    body = period | {"coolers": cooler, "sellout": sellout, "stockouts": stockouts}
    with asking(load_settings(config, data_dir), tenant, "admin") as client:
        made = answered(client.post("/api/v1/recompute", json=body)).json()
    console.print(
        f"made {made['cooler_days']:,} days of coolers and {made['sellout_rows']:,} rows of sell-out anew; "
        f"judged {made['photos_judged']:,} photos and told {made['stockouts']:,} stock-outs anew"
    )


def moment(text: str, *, last: bool = False) -> str:
    """A moment as the API takes it; a day stands for its beginning in UTC, the last of a period for its end.

    Example:
        >>> moment("2026-11-01"), moment("2026-11-30", last=True)
        ('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z')
    """
    if "T" in text:
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            f"{text!r} is no day: write it as 2026-11-01, or a moment as 2026-11-01T06:00:00Z"
        ) from error
    return f"{day + timedelta(days=1) if last else day}T00:00:00Z"


def _format_of(out: Path) -> FileFormat:
    try:
        return FileFormat(out.suffix.lstrip("."))
    except ValueError as error:
        raise BadInputError(f"{out}: name it .csv, .parquet or .arrow, which tells the format") from error


def _write(out: Path, answer: httpx.Response) -> None:
    """A broken answer leaves no half of a file."""
    try:
        with whole_path(out) as part, part.open("wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)
    except OSError as error:
        raise BadInputError(f"cannot write into {out.parent}: {error.strerror}") from error
