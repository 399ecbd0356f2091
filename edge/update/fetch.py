"""Fetches a gallery bundle from the cloud over HTTP, with the device's key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from facings.bundles import MOST_BYTES
from facings.errors import UnavailableError

PATH = "/api/v1/device/gallery/versions"
TIMEOUT_S = 60.0


@contextmanager
def fetched(cloud_url: str, key: str | None, version: int, since: int | None, target: Path) -> Iterator[Path]:
    """The bundle of `version` in the file `target`, which is gone afterwards.

    Args:
        cloud_url: address of the cloud.
        key: the device's key.
        version: which to fetch.
        since: version whose pictures may be left out, as they are here.
        target: where the bytes go meanwhile.

    Raises:
        UnavailableError: the cloud does not give it now.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _download(f"{cloud_url}{PATH}/{version}", key, since, target)
        yield target
    except httpx.HTTPError as error:
        raise UnavailableError(f"gallery {version} cannot be fetched: {error or type(error).__name__}") from error
    finally:
        target.unlink(missing_ok=True)


def _download(url: str, key: str | None, since: int | None, target: Path) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    wanted = {} if since is None else {"since": since}
    with httpx.stream("GET", url, params=wanted, headers=headers, timeout=TIMEOUT_S) as answer:
        if not answer.is_success:
            answer.read()
            raise UnavailableError(f"{url} answered {answer.status_code}: {answer.text[:200]}; check cloud.url and key")
        received = 0
        try:
            with target.open("wb") as file:
                for chunk in answer.iter_bytes():
                    received += len(chunk)
                    if received > MOST_BYTES:
                        raise UnavailableError(f"{url} sends more than {MOST_BYTES // 1_000_000} MB: no gallery has")
                    file.write(chunk)
        except OSError as error:
            raise UnavailableError(f"the gallery cannot be written to {target}: {error.strerror}") from error
