"""Checks of replay sets: every photo of the manifest is there, whole, and the one that was meant."""

from __future__ import annotations

from pathlib import Path

from datasets.files import sha256_of
from facings.errors import BadInputError
from facings.replay import REPLAY_FILE, ReplayManifest, ReplayPhoto, read_manifest


def read_photo(folder: Path, entry: ReplayPhoto) -> bytes:
    """The bytes of a photo of the manifest in `folder`.

    Raises:
        BadInputError: the photo is missing, or not the one that the manifest means.
    """
    file = folder / entry.file
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInputError(f"{file}: the replay's photo cannot be read ({error.strerror})") from error
    if len(content) != entry.bytes:
        raise BadInputError(f"{file}: {len(content)} bytes, but the manifest says {entry.bytes}: copy the file again")
    if sha256_of(content) != entry.sha256:
        raise BadInputError(f"{file}: its content is not what the manifest says: copy the file again")
    return content


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
    """Reads a manifest and every photo of it.

    Raises:
        BadInputError: the manifest or the first photo that is wrong.
    """
    read = read_manifest(manifest)
    for entry in read.entries:
        read_photo(manifest.parent, entry)
    return read
