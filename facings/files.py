"""Files and folders that are either whole or not there.

Everything is written under a hidden name beside its place and then renamed, which happens at once: whoever reads
meanwhile finds what was there before, and a killed process leaves no half of a file. A power cut is another matter:
only what is written `durable` is on disk, contents and name, when the call returns. That costs a wait for the disk, so
it is for what nobody could give again: a device's photos, its choice of gallery, secrets.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


def write_atomic(path: Path, content: bytes | str, *, durable: bool = False) -> None:
    """Write a file; a text as UTF-8. Missing folders are made.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    with whole_path(path, durable=durable) as part:
        part.write_bytes(_encoded(content))


def write_private(path: Path, content: bytes | str) -> None:
    """Write a secret: durable, and readable by its owner only from its first byte on.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    with whole_path(path, durable=True) as part:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_encoded(content))


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file to write bit by bit; it takes its place when the block ends, and is not there if the block fails."""
    with whole_path(path) as part, part.open("w", encoding="utf-8") as file:
        yield file


@contextmanager
def whole_path(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Where to write what becomes `path` when the block ends: for libraries that want a path, not a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(path)
    part.unlink(missing_ok=True)
    try:
        yield part
        if durable:
            sync(part)
        part.replace(path)
    finally:
        with suppress(OSError):  # a disk that fails has failed already, and that error says more
            part.unlink(missing_ok=True)
    if durable:
        sync(path.parent)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder to fill that becomes `path`, which is empty or not there, when the block ends; gone if it fails."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(path)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        yield part
        part.replace(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def clear_parts(folder: Path) -> None:
    """Remove what killed runs had begun to write in `folder` and will never finish."""
    for part in folder.glob(".*.part"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file's contents are on disk; of a folder, the names in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _part_of(path: Path) -> Path:
    """Process and thread are in the name: two may write one file, and the later one wins."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")


def _encoded(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content
