"""`facings datasets fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from datasets.sets.commands import ReadFormat, tell

if TYPE_CHECKING:
    from datasets.sources import Source

console = Console(stderr=True)

_DOWNLOADS = Path("~/.cache/facings/datasets")


def fetch_set(
    name: Annotated[str, typer.Argument(help="Which set; without a name, the known ones are listed.")] = "",
    out: Annotated[Path | None, typer.Option(help="New folder; NAME in this one where not given.")] = None,
    agree: Annotated[bool, typer.Option("--agree", help="Agree to the licence without being asked.")] = False,
    registry: Annotated[Path | None, typer.Option(help="A registry of your own (TOML), in place of ours.")] = None,
    url: Annotated[str, typer.Option(help="Fetch this archive, under NAME; needs --licence.")] = "",
    sha256: Annotated[str, typer.Option(help="With --url: its checksum.")] = "",
    licence: Annotated[str, typer.Option(help="With --url: its licence.")] = "",
    form: Annotated[ReadFormat, typer.Option("--format", help="With --url: how it is labelled.")] = ReadFormat.AUTO,
    downloads: Annotated[Path, typer.Option(help="Where archives are kept, half ones too.")] = _DOWNLOADS,
    leave_out_faults: Annotated[bool, typer.Option(help="Leave faulty photos and boxes out, not refuse the set.")] = (
        False
    ),
) -> None:
    """Fetch a public set of photos: licence agreed, checksum checked, imported into our layout."""
    from datasets.fetch import fetch  # noqa: PLC0415 - numpy and OpenCV only when needed
    from datasets.sources import OUR_REGISTRY, read_registry, source_named  # noqa: PLC0415

    if not name:
        _list(read_registry(registry or OUR_REGISTRY))
        return
    source = _own(url, sha256, licence, form) if url else source_named(name, read_registry(registry or OUR_REGISTRY))
    goal = out or Path(name)
    columns = (TextColumn("[progress.description]{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=console) as bars:
        bars.stop()  # not over the question

        def asked(one: Source) -> bool:
            answer = _ask(name, one, agree)
            bars.start()
            return answer

        bar = bars.add_task(name, total=None)
        fetched = fetch(
            name, source, goal, downloads.expanduser(), asked,
            lambda here, whole: bars.update(bar, completed=here, total=whole), leave_out_faults,
        )  # fmt: skip
    for address, seen in fetched.pinned.items():
        console.print(f"{address}: SHA-256 {seen}, seen first and kept: any other is refused from now on")
    tell(fetched.labelled, goal)


def _own(url: str, sha256: str, licence: str, form: ReadFormat) -> Source:
    from pydantic import ValidationError  # noqa: PLC0415

    from datasets.sets.formats import Format  # noqa: PLC0415
    from datasets.sources import Archive, Source  # noqa: PLC0415
    from facings.errors import BadInputError  # noqa: PLC0415
    from facings.faults import described  # noqa: PLC0415

    try:
        archive = Archive(url=url, sha256=sha256 or None)
        return Source(archives=(archive,), licence=licence, format=Format(form.value))
    except ValidationError as error:
        raise BadInputError(f"--url, --sha256, --licence: {described(error, 'source')}") from error


def _ask(name: str, source: Source, agree: bool) -> bool:
    console.print(f"[bold]{name}[/] {source.description}", highlight=False)
    for what, value in (("licence", source.licence), ("", source.licence_url), ("credit", source.attribution)):
        if value:
            console.print(f"  {what or '  see'}: {value}", highlight=False, soft_wrap=True)
    for archive in source.archives:
        size = f" ({archive.bytes / 1e6:,.0f} MB)" if archive.bytes else ""
        console.print(f"  from: {archive.url}{size}", highlight=False, soft_wrap=True)
    return agree or typer.confirm("Do you agree to this licence?", err=True)


def _list(registry: dict[str, Source]) -> None:
    table = Table("name", "licence", "what")
    for name, source in sorted(registry.items()):
        table.add_row(name, source.licence, source.description)
    console.print(table)
