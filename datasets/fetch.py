"""`fetch`: a public set, downloaded, checked, unpacked and imported, after its licence was agreed to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from datasets.download import Pins, Progress, download
from datasets.sets.faults import sound, without_faults
from datasets.sets.formats import read_set
from datasets.sets.layout import write_set
from datasets.sets.model import LabelledSet, Provenance
from datasets.sources import Archive, Source
from datasets.unpack import unpack
from facings.errors import BadInputError


@dataclass(frozen=True)
class Fetched:
    """What came of it: the set as it was written, and the checksums that were seen here for the first time."""

    labelled: LabelledSet
    pinned: dict[str, str]


def fetch(
    name: str,
    source: Source,
    out: Path,
    downloads: Path,
    agree: Callable[[Source], bool],
    progress: Progress = lambda _here, _all: None,
    leave_out_faults: bool = False,
) -> Fetched:
    """Fetches a set into `out`, in our layout.

    Args:
        name: the set's name, which its downloads are kept under.
        source: where it is.
        out: new folder.
        downloads: where archives and half archives are kept for the next time.
        agree: asked once, before anything is fetched, whether the licence is agreed to.
        progress: told of the bytes of each archive.
        leave_out_faults: whether faulty photos and boxes are left out; otherwise they end the import.

    Raises:
        BadInputError: the licence is refused, an archive is not the expected one, or its set is faulty.
        UnavailableError: the server does not answer, or the connection was cut.
    """
    if out.exists() and any(out.iterdir()):
        raise BadInputError(f"{out} is there already: choose a new or an empty folder")
    if not agree(source):
        raise BadInputError(f"{name}: the licence ({source.licence}) was not agreed to: nothing was fetched")
    pins = Pins(downloads / "pins.json")
    files: list[Path] = []
    seen: dict[str, str] = {}
    pinned: dict[str, str] = {}
    for number, archive in enumerate(source.archives):
        file = downloads / name / _file_name(number, archive)
        known = archive.sha256 or pins.get(archive.url)
        seen[archive.url] = download(archive.url, file, known, archive.bytes, progress)
        if known is None:
            pins.keep(archive.url, seen[archive.url])
            pinned[archive.url] = seen[archive.url]
        files.append(file)
    labelled = _import(source, files, seen, out, leave_out_faults)
    return Fetched(labelled, pinned)


def _file_name(number: int, archive: Archive) -> str:
    tail = archive.url.split("?", 1)[0].rsplit("/", 1)[-1]
    return f"{number}-{re.sub(r'[^A-Za-z0-9._-]', '_', tail)[-80:]}"


def _lone_folder(folder: Path) -> Path:
    """Many archives hold one folder with everything in it: that one."""
    inside = list(folder.iterdir())
    return _lone_folder(inside[0]) if len(inside) == 1 and inside[0].is_dir() else folder


def _import(source: Source, files: list[Path], seen: dict[str, str], out: Path, leave_out: bool) -> LabelledSet:
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f".{out.name}.", suffix=".unpacked", dir=out.parent))
    try:
        for file in files:
            unpack(file, folder)
        root = folder / source.folder if source.folder else _lone_folder(folder)
        if not root.is_dir():
            raise BadInputError(f"the archives hold no folder {source.folder!r}: the set has changed its layout")
        said = Provenance("", source.licence, source.licence_url, source.attribution, " ".join(seen),
                          " ".join(seen.values()))  # fmt: skip
        read = read_set(root, source.format).with_source(said)
        labelled = without_faults(read) if leave_out else sound(read)
        write_set(labelled, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return labelled
