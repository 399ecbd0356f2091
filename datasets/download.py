"""`download`: one file over HTTP, resumed where it was cut, checked against its checksum, or not there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import httpx

from facings.errors import BadInputError, UnavailableError
from facings.files import write_atomic

_TRIES = 5
_TIMEOUT_S = 30.0
_PLAIN = {"Accept-Encoding": "identity"}  # a range of compressed bytes could not be put together

Progress = Callable[[int, int | None], None]
"""Told how many bytes are here and how many there are, where that is known."""


class _Partial:
    """What has come so far of a file, and by which ETag to know whether the rest belongs to it."""

    def __init__(self, goal: Path) -> None:
        self.file = goal.with_name(f"{goal.name}.part")
        self._tag = goal.with_name(f"{goal.name}.etag")

    def size(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    def headers(self) -> dict[str, str]:
        """What asks for the rest; without an ETag a changed file shows in its checksum only."""
        if not self.size():
            return _PLAIN
        tag = {"If-Range": self._tag.read_text()} if self._tag.exists() else {}
        return {"Range": f"bytes={self.size()}-", **tag, **_PLAIN}

    def begin(self, answer: httpx.Response) -> None:
        self.file.unlink(missing_ok=True)
        tag = answer.headers.get("etag", "")
        if tag and not tag.startswith("W/"):
            self._tag.write_text(tag)
        else:
            self._tag.unlink(missing_ok=True)

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)


def download(
    url: str, goal: Path, sha256: str | None, size: int | None = None, progress: Progress = lambda _here, _all: None
) -> str:
    """Gets `url` into `goal` and gives its SHA-256; a file that is there already is checked, not fetched again.

    A cut connection is resumed, also by a later call. A file with a wrong checksum is removed.

    Raises:
        UnavailableError: no answer, or cut again and again; what has come is kept for the next call.
        BadInputError: the server refuses, or the file is not the expected one.
    """
    goal.parent.mkdir(parents=True, exist_ok=True)
    partial = _Partial(goal)
    if not goal.exists():
        _get_whole(url, partial, size, progress)
        partial.file.replace(goal)
        partial.clear()
    found = file_sha256(goal)
    if sha256 is not None and found != sha256:
        goal.unlink()
        raise BadInputError(f"{url}: its SHA-256 is {found}, expected {sha256}: the file was removed; fetch it again")
    return found


def _get_whole(url: str, partial: _Partial, size: int | None, progress: Progress) -> None:
    fault = ""
    for _ in range(_TRIES):
        before = partial.size()
        try:
            _get_rest(url, partial, size, progress)
        except httpx.TransportError as error:
            fault = str(error) or type(error).__name__
            if partial.size() <= before:  # nothing came: the peer is away, not only the line cut
                break
        else:
            return
    raise UnavailableError(f"{url}: cut after {partial.size():,} bytes ({fault}): the same command goes on from there")


def _get_rest(url: str, partial: _Partial, size: int | None, progress: Progress) -> None:
    with httpx.stream("GET", url, headers=partial.headers(), timeout=_TIMEOUT_S, follow_redirects=True) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            partial.clear()
            raise BadInputError(f"{url}: the file has changed since it was begun: fetch it again")
        if answer.is_error:
            raise BadInputError(f"{url}: the server answers {answer.status_code} {answer.reason_phrase}")
        if answer.status_code != httpx.codes.PARTIAL_CONTENT:
            partial.begin(answer)
        length = answer.headers.get("content-length")
        whole = size or (partial.size() + int(length) if length else None)
        with partial.file.open("ab") as out:
            here = out.tell()
            for piece in answer.iter_raw():
                out.write(piece)
                here += len(piece)
                progress(here, whole)
                if size is not None and here > size:
                    break
    if size is not None and partial.size() != size:
        how = "longer" if partial.size() > size else "shorter"
        partial.clear()
        raise BadInputError(f"{url}: {how} than the {size:,} bytes expected: not the file that was meant")


def file_sha256(file: Path) -> str:
    """Hex digest of a file, read in pieces."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


class Pins:
    """Checksums seen first, of archives whose makers publish none: kept beside the downloads."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, url: str) -> str | None:
        """The checksum seen at this address, if any."""
        return self._read().get(url)

    def keep(self, url: str, sha256: str) -> None:
        """Expect this checksum from now on."""
        pins = self._read() | {url: sha256}
        write_atomic(self._file, json.dumps(pins, indent=1))

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        try:
            found: dict[str, str] = json.loads(self._file.read_text())
        except ValueError as error:
            raise BadInputError(f"{self._file}: not JSON: repair or remove it") from error
        return found
