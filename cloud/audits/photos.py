"""The photo store: a folder, or any store fsspec knows; and the grants with which devices upload to it.

A photo is named by its tenant, cooler, day and id, and never changes. A grant is a signed promise of one upload: this
tenant, device and photo, these bytes by size and SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import fsspec
import jwt
from fsspec.implementations.local import LocalFileSystem

from cloud.settings import CloudSettings
from facings.errors import BadInputError, PhotoError, UnavailableError
from facings.files import sync

MAX_PHOTO_BYTES = 20_000_000
GRANT_LIFETIME = timedelta(hours=1)
MAGIC = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}

_ALGORITHM = "HS256"
_AUDIENCE = "facings-photo"


class GrantError(BadInputError):
    """An upload grant that is forged, expired or of another photo."""


@dataclass(frozen=True)
class Grant:
    """The right to upload one photo."""

    tenant: str
    device: str
    photo: uuid.UUID
    sha256: str
    bytes: int
    media_type: str

    def signed(self, secret: str, expires_at: datetime) -> str:
        """The grant as a token for the upload's address."""
        claims = {
            "aud": _AUDIENCE,
            "exp": expires_at,
            "tenant": self.tenant,
            "sub": self.device,
            "photo": str(self.photo),
            "sha256": self.sha256,
            "bytes": self.bytes,
            "type": self.media_type,
        }
        return jwt.encode(claims, secret, algorithm=_ALGORITHM)

    @classmethod
    def read(cls, token: str, secret: str) -> Self:
        """The grant in `token`.

        Raises:
            GrantError: not signed here, or expired.
        """
        try:
            claims = jwt.decode(
                token, secret, algorithms=[_ALGORITHM], audience=_AUDIENCE, options={"require": ["exp", "aud"]}
            )
            return cls(
                claims["tenant"],
                claims["sub"],
                uuid.UUID(claims["photo"]),
                claims["sha256"],
                claims["bytes"],
                claims["type"],
            )
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise GrantError(f"the upload grant is not valid ({error}): ask for a new one") from error


class PhotoStore:
    """Where photos lie."""

    def __init__(self, settings: CloudSettings) -> None:
        self._settings = settings
        self._fs: Any = None
        self._root = ""
        self._incoming = Path()

    def start(self) -> None:
        """Open the store and clear what broken uploads left."""
        self._fs, self._root = fsspec.core.url_to_fs(self._settings.photos_url)
        local = isinstance(self._fs, LocalFileSystem)
        # Beside the photos where those are local, so that the finished file only takes its name.
        self._incoming = Path(self._root) / ".incoming" if local else self._settings.data_dir / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for leftover in self._incoming.iterdir():
            leftover.unlink()

    def stop(self) -> None:
        """Nothing runs."""

    async def receive(self, grant: Grant, body: AsyncIterable[bytes]) -> Path:
        """Take an upload into a temporary file and check it against its grant; `keep` or unlink that file.

        Raises:
            PhotoError: not the bytes the grant speaks of.
        """
        partial = self._incoming / f"{grant.photo}-{uuid.uuid4().hex}"
        try:
            await _write(partial, grant, body)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return partial

    def keep(self, file: Path, name: str) -> None:
        """Move a received file to its place; on return it survives a power cut."""
        target = f"{self._root}/{name}"
        if not isinstance(self._fs, LocalFileSystem):
            self._fs.put_file(str(file), target)
            file.unlink()
            return
        place = Path(target)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        sync(place.parent)

    def put(self, name: str, content: bytes) -> None:
        """Keep a small file, whole or not at all."""
        partial = self._incoming / uuid.uuid4().hex
        partial.write_bytes(content)
        sync(partial)
        self.keep(partial, name)

    def remove(self, name: str) -> None:
        """Delete the bytes of a photo; one that is gone already is no error."""
        with suppress(FileNotFoundError):
            self._fs.rm_file(f"{self._root}/{name}")

    def read(self, name: str) -> bytes:
        """The bytes of a stored photo.

        Raises:
            UnavailableError: they cannot be read now.
        """
        try:
            content: bytes = self._fs.cat_file(f"{self._root}/{name}")
        except OSError as error:
            raise UnavailableError(f"photo {name} is noted as stored but cannot be read: {error}") from error
        return content


async def _write(partial: Path, grant: Grant, body: AsyncIterable[bytes]) -> None:
    digest, size, head = hashlib.sha256(), 0, b""
    with partial.open("wb") as file:
        async for chunk in body:
            size += len(chunk)
            if size > grant.bytes:
                raise PhotoError(f"more bytes than the {grant.bytes:,} announced")
            if len(head) < 8:
                head = (head + chunk)[:8]
            digest.update(chunk)
            file.write(chunk)
        if size < grant.bytes:
            raise PhotoError(f"{size:,} bytes of the {grant.bytes:,} announced arrived: send the photo again")
        if digest.hexdigest() != grant.sha256:
            raise PhotoError("the SHA-256 is not the announced one: send the photo again")
        if not head.startswith(MAGIC[grant.media_type]):
            raise PhotoError(f"the file is no {grant.media_type}, whatever its name")
        file.flush()
        os.fsync(file.fileno())
