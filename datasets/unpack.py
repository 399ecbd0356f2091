"""`unpack`: archives of strangers, without letting them write elsewhere or fill the disk."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from datasets.sets.names import name_in_set
from facings.archives import DAMAGE
from facings.errors import BadInputError

MOST_MEMBERS = 2_000_000
MOST_TIMES = 100
"""Photos hardly shrink in an archive: one that unpacks to more than this times its size (and to more than
`HARMLESS_BYTES`) is a bomb."""
HARMLESS_BYTES = 100_000_000
"""What any archive may unpack to."""

_PIECE = 1 << 20
_DAMAGE: tuple[type[Exception], ...] = (tarfile.TarError, *DAMAGE)


def unpack(archive: Path, folder: Path) -> None:
    """Writes the files of a zip or tar archive into `folder`.

    Raises:
        BadInputError: neither zip nor tar; a name that leads out of the folder; a link or device; a bomb; damage.
    """
    allowed = max(HARMLESS_BYTES, MOST_TIMES * archive.stat().st_size)
    try:
        for number, (name, opened) in enumerate(_members(archive), start=1):
            if number > MOST_MEMBERS:
                raise BadInputError(f"{archive}: more than {MOST_MEMBERS:,} files: refused")
            allowed -= _write(archive, folder, name, opened, allowed)
    except _DAMAGE as error:
        raise BadInputError(f"{archive}: cannot be unpacked: {error}") from error


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(archive):
        yield from _zip_members(archive)
    elif tarfile.is_tarfile(archive):
        yield from _tar_members(archive)
    else:
        raise BadInputError(f"{archive}: neither a zip nor a tar archive")


def _zip_members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            if (member.external_attr >> 28) == 0xA:  # Unix file type: a link
                raise BadInputError(f"{archive}: {member.filename!r} is a link: refused")
            if not member.is_dir():
                with opened.open(member) as content:
                    yield member.filename, content


def _tar_members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.isdir():
                continue
            content = opened.extractfile(member) if member.isreg() else None
            if content is None:
                raise BadInputError(f"{archive}: {member.name!r} is a link or device: refused")
            with content:
                yield member.name, content


def _write(archive: Path, folder: Path, name: str, opened: IO[bytes], allowed: int) -> int:
    try:
        goal = folder / name_in_set(name)
    except ValueError as error:
        raise BadInputError(f"{archive}: {error}") from error
    goal.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with goal.open("wb") as out:
        while piece := opened.read(_PIECE):
            written += len(piece)  # what comes, whatever the archive's headers say
            if written > allowed:
                raise BadInputError(f"{archive}: unpacks to far more than it weighs, as no set of photos does: refused")
            out.write(piece)
    return written
