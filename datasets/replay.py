"""Checks of replay sets: every file of the manifest is there, whole, and the one that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from datasets.files import sha256_of
from facings.errors import BadInputError
from facings.replay import REPLAY_FILE, ReplayFile, ReplayManifest, ReplayPhoto, read_manifest


def read_photo(folder: Path, entry: ReplayPhoto) -> bytes:
    """The bytes of a photo of the manifest in `folder`.

    Raises:
        BadInputError: the photo is missing, or not the one that the manifest means.
    """
    file = folder / entry.file
    content = _read(file, "photo")
    if len(content) != entry.bytes:
        raise BadInputError(f"{file}: {len(content)} bytes, but the manifest says {entry.bytes}: copy the file again")
    _must_be(file, content, entry.sha256)
    return content


def read_beside(folder: Path, named: ReplayFile, what: str) -> bytes:
    """The bytes of a file of labels or truth that the manifest in `folder` names.

    Raises:
        BadInputError: the file is missing, or not the one that the manifest means.
    """
    file = folder / named.file
    content = _read(file, what)
    _must_be(file, content, named.sha256)
    return content


def _read(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInputError(f"{file}: the replay's {what} cannot be read ({error.strerror})") from error


def _must_be(file: Path, content: bytes, sha256: str) -> None:
    if sha256_of(content) != sha256:
        raise BadInputError(f"{file}: its content is not what the manifest says: copy the file again")


def check_entry(folder: Path, entry: ReplayPhoto) -> Iterator[str]:
    """What is wrong with the files of one entry, a text for each."""
    try:
        read_photo(folder, entry)
    except BadInputError as error:
        yield str(error)
    for what, named in (("labels", entry.labels), ("truth", entry.truth)):
        if named is not None:
            try:
                read_beside(folder, named, what)
            except BadInputError as error:
                yield str(error)


def find_manifests(path: Path) -> list[Path]:
    """The manifest that `path` is or holds, or those of the folders below it.

    Raises:
        BadInputError: there is none.
    """
    if path.is_file():
        return [path]
    found = sorted(path.rglob(REPLAY_FILE))
    if not found:
        raise BadInputError(f"{path}: no {REPLAY_FILE} in it or below it")
    return found


def check_replay(manifest: Path) -> ReplayManifest:
    """Reads a manifest and every file of it.

    Raises:
        BadInputError: the manifest or the first file that is wrong.
    """
    read = read_manifest(manifest)
    for entry in read.entries:
        for text in check_entry(manifest.parent, entry):
            raise BadInputError(text)
    return read
