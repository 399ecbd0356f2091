"""Photos go to the cloud over HTTP: ask for a grant, put the bytes where it says, then delete the local file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import httpx

from edge.peer import Backoff, Peer
from edge.uplink.outbox import Outbox
from edge.uplink.spool import Spool, SpooledPhoto
from edge.uplink.store import Store
from facings.clock import format_utc
from facings.errors import BadInputError, PhotoError, UnavailableError
from facings.worker import Worker, WorkingPart

GRANTS_PATH = "/api/v1/device/photo-grants"
TIMEOUT_S = 60.0
_KEY_REFUSED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
# What the cloud answers to the request for a grant when it will never take the photo. Anything else, such as a 404 or
# 413, may come from a proxy or a wrong address and may pass: only what is certain costs a photo.
_NEVER = (httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY)


class PhotoRefusedError(BadInputError):
    """The cloud will never take this photo."""


class PhotoUploader(WorkingPart):
    """Uploads the photos that vision has read, newest first, and forgets each once the cloud has it.

    `key` gives the device key when the work begins.
    """

    def __init__(
        self,
        cloud_url: str,
        key: Callable[[], str | None],
        store: Store,
        spool: Spool,
        outbox: Outbox,
        backoff: Backoff,
        log: logging.Logger,
    ) -> None:
        super().__init__("uploads", log)
        self._url = cloud_url
        self._key = key
        self._store = store
        self._spool = spool
        self._outbox = outbox
        self._backoff = backoff
        self._peer = Peer("cloud, for photos", log)

    def _work(self, worker: Worker) -> None:
        key = self._key()
        sign_in = {"Authorization": f"Bearer {key}"} if key else {}
        with httpx.Client(base_url=self._url, timeout=TIMEOUT_S) as http:
            while not worker.stopping:
                try:
                    while not worker.stopping and (photo := self._spool.next_upload()):
                        self._upload(http, sign_in, photo)
                        self._peer.back()
                        self._backoff.reset()
                except (UnavailableError, httpx.HTTPError) as error:
                    self._peer.lost(str(error) or type(error).__name__)
                    worker.pause(self._backoff.next_s())
                else:
                    worker.wait()

    def _upload(self, http: httpx.Client, sign_in: dict[str, str], photo: SpooledPhoto) -> None:
        try:
            encoded = self._spool.encoded(photo)
            answer = http.post(GRANTS_PATH, json=_request(photo), headers=sign_in)
            if answer.status_code in _NEVER:
                raise PhotoRefusedError(_told(answer, "photo grant"))
            grant = _success(answer, "photo grant").json()
            if not grant.get("stored"):
                _success(self._put(http, grant, encoded, photo), "photo upload")
        except (PhotoError, PhotoRefusedError) as error:
            self._give_up(photo, str(error))
            return
        except (ValueError, KeyError, AttributeError) as error:
            raise UnavailableError(f"the answer to a photo grant is no grant: {error!r}; check cloud.url") from error
        self._spool.forget(photo.photo_id)
        self._spool.remove_file(photo.photo_id)

    def _put(self, http: httpx.Client, grant: dict[str, Any], encoded: bytes, photo: SpooledPhoto) -> httpx.Response:
        """Send the bytes where the grant says, which may be another company's store: the device key stays here."""
        headers = {"Content-Type": photo.media_type or "application/octet-stream", **grant.get("headers", {})}
        return http.request(grant.get("method", "PUT"), grant["url"], content=encoded, headers=headers)

    def _give_up(self, photo: SpooledPhoto, reason: str) -> None:
        self._log.error("photo %s is given up: %s", photo.photo_id, reason)
        detail = {"photos": 1, "photo_ids": [str(photo.photo_id)]}
        with self._store.transaction():
            self._outbox.report("outbox-dropped", reason, detail=detail)
            self._spool.forget(photo.photo_id)
        self._spool.remove_file(photo.photo_id)


def _request(photo: SpooledPhoto) -> dict[str, Any]:
    return {
        "photo_id": str(photo.photo_id),
        "sha256": photo.sha256,
        "bytes": photo.bytes,
        "media_type": photo.media_type,
        "width": photo.width,
        "height": photo.height,
        "captured_at": format_utc(photo.captured_at),
    }


def _success(response: httpx.Response, what: str) -> httpx.Response:
    if response.is_success:
        return response
    hint = "the device's key may have been revoked" if response.status_code in _KEY_REFUSED else "the photo waits"
    raise UnavailableError(f"{_told(response, what)}; check cloud.url and cloud.key: {hint}")


def _told(response: httpx.Response, what: str) -> str:
    return f"{what} answered {response.status_code}: {response.text[:200]}"
