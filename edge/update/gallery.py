"""Keeps the device's gallery at the version the cloud published last: told over MQTT, fetched over HTTP, taken up at
once. Whatever is wrong with a new version, the device goes on with the one it has and says why.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import Any

from edge.peer import Backoff, Peer
from edge.reader import SharedReader
from edge.settings import EdgeSettings
from edge.update.fetch import fetched
from edge.update.versions import GalleryVersions, Installed, MissingPicturesError
from edge.uplink.outbox import Outbox
from edge.uplink.store import Store
from facings.bundles import Bundle
from facings.errors import BadInputError, MessageError, UnavailableError
from facings.galleries import BundleError, SignedManifest
from facings.messages import GalleryDesired
from facings.worker import Worker, WorkingPart

WISH = "gallery-desired"
PINNED = "gallery-key"
FOLDER = "gallery"
LOOK_EVERY_S = 30.0
"""How soon a gallery that was imported beside the running daemon is taken up."""
AGAIN_AFTER_S = 900.0
"""A version that was refused is tried again: its download may have been damaged on the way."""
MOST_PROBLEMS_TOLD = 20


class GalleryUpdater(WorkingPart):
    """The galleries of one device. `on_changed` is called when another version has come into use."""

    def __init__(
        self,
        settings: EdgeSettings,
        reader: SharedReader,
        store: Store,
        outbox: Outbox,
        backoff: Backoff,
        log: logging.Logger,
    ) -> None:
        super().__init__("galleries", log)
        self._settings = settings
        self._reader = reader
        self._store = store
        self._outbox = outbox
        self._backoff = backoff
        self._versions = GalleryVersions(settings.state_dir / FOLDER, settings.tenant)
        self._peer = Peer("cloud, for galleries", log)
        self._in_use: Installed | None = None
        self._unusable: Installed | None = None
        self._refused: tuple[str, float] | None = None
        self._due: tuple[str, float] | None = None
        self.on_changed: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Take up the gallery of the last run, then what the cloud wished for meanwhile."""
        self._versions.clear()
        self._take_up_installed()
        super().start()

    @property
    def version(self) -> int | None:
        """Number of the published gallery in use; None where there is none."""
        return self._in_use.version if self._in_use else None

    def on_desired(self, _topic: str, payload: bytes) -> None:
        """Take the cloud's word of a published version; it is fetched on a thread of its own."""
        try:
            wish = GalleryDesired.from_wire(payload)
        except MessageError as error:
            self._log.error("a gallery is announced in words that cannot be read: %s", error)
            return
        if not self._settings.gallery.from_cloud:
            return
        with self._store.transaction():
            if self._settings.gallery.key is None and self._store.kept(PINNED) is None:
                self._store.keep(PINNED, wish.public_key)
                self._log.info("galleries are signed with %s…; it is trusted from now on", wish.public_key[:8])
            self._store.keep(WISH, wish.to_wire().decode())
        self._worker.wake()

    def _work(self, worker: Worker) -> None:
        while not worker.stopping:
            try:
                self._take_up_installed()
                self._follow_wish()
                self._peer.back()
                self._backoff.reset()
            except UnavailableError as error:
                self._peer.lost(str(error))
                worker.pause(self._backoff.next_s())
            else:
                worker.wait(self._next_look_s())

    def _take_up_installed(self) -> None:
        """Use what lies on the disk, where that is another version: after a start, or after an import.

        One that cannot be used is told once, and not tried again before the next start.
        """
        installed = self._versions.current()
        if installed is None or installed in (self._in_use, self._unusable):
            return
        try:
            self._use(installed)
        except BadInputError as error:
            self._unusable = installed
            self._log.error("gallery %d cannot be used: %s", installed.version, error)

    def _follow_wish(self) -> None:
        kept = self._store.kept(WISH)
        if not kept or not self._settings.gallery.from_cloud or self._settings.cloud.url is None:
            return
        try:
            wish = GalleryDesired.from_wire(kept.encode())
        except MessageError as error:
            self._log.warning("the gallery wished for was kept by another version, and is waited for anew: %s", error)
            self._store.keep(WISH, "")
            return
        if self._in_use and (self._in_use.version, self._in_use.sha256) == (wish.version, wish.sha256):
            return
        if self._refused and self._refused[0] == wish.sha256 and time.monotonic() < self._refused[1]:
            return
        if not self._is_due(wish):
            return
        try:
            self._install(wish)
        except BadInputError as error:
            self._refuse(wish, str(error))

    def _is_due(self, wish: GalleryDesired) -> bool:
        """Whether the random delay of this wish is over: the whole fleet hears of a gallery in the same moment."""
        if self._due is None or self._due[0] != wish.sha256:
            delay = random.uniform(0, self._settings.gallery.spread_s)
            self._due = (wish.sha256, time.monotonic() + delay)
            self._log.info("gallery %d is fetched in %.0f s", wish.version, delay)
        return time.monotonic() >= self._due[1]

    def _next_look_s(self) -> float:
        until_due = self._due[1] - time.monotonic() if self._due else 0.0
        return min(LOOK_EVERY_S, until_due) if until_due > 0 else LOOK_EVERY_S

    def _install(self, wish: GalleryDesired) -> None:
        began = time.monotonic()
        self._tell("downloading", wish.version, f"fetching gallery {wish.version}")
        installed, signed = self._fetch(wish)
        self._use(installed)
        self._versions.make_current(installed)
        self._refused = None
        skus, pictures = len(signed.manifest.skus), len(signed.manifest.pictures)
        detail = {"skus": skus, "pictures": pictures, "seconds": round(time.monotonic() - began, 1)}
        problems = self._reader.gallery_problems[:MOST_PROBLEMS_TOLD]
        self._tell(
            "installed",
            wish.version,
            f"gallery {wish.version} is in use: {skus} SKUs, {pictures} pictures",
            **detail,
            **({"problems": list(problems)} if problems else {}),
        )

    def _fetch(self, wish: GalleryDesired) -> tuple[Installed, SignedManifest]:
        try:
            return self._fetch_since(wish, self._in_use.version if self._in_use else None)
        except MissingPicturesError as error:
            self._log.warning("%s", error)
            return self._fetch_since(wish, None)

    def _fetch_since(self, wish: GalleryDesired, since: int | None) -> tuple[Installed, SignedManifest]:
        url, key = self._settings.cloud.url, self._settings.gallery.key or self._store.kept(PINNED)
        assert url is not None and key is not None
        target = self._versions.folder / f".bundle-{wish.version}.part"
        with fetched(url, self._settings.cloud_key, wish.version, since, target) as file, Bundle(file) as bundle:
            signed = bundle.verified(key)
            if signed.sha256 != wish.sha256:
                raise BundleError(f"the cloud gave another gallery {signed.manifest.version} than it announced")
            self._versions.check(signed, self._reader.originals)
            return self._versions.unpack(bundle, signed), signed

    def _use(self, installed: Installed) -> None:
        self._reader.use_gallery(installed.folder)
        self._in_use = installed
        self._log.info("gallery %d is in use", installed.version)
        self.on_changed()

    def _refuse(self, wish: GalleryDesired, reason: str) -> None:
        told = self._refused is not None and self._refused[0] == wish.sha256
        self._refused = (wish.sha256, time.monotonic() + AGAIN_AFTER_S)
        if not told:
            self._log.error("gallery %d is refused: %s", wish.version, reason)
            self._tell("refused", wish.version, reason)

    def _tell(self, stage: str, version: int, reason: str, **detail: Any) -> None:
        self._outbox.report(
            "update-progress", reason, detail={"what": "gallery", "stage": stage, "version": version, **detail}
        )
