"""The progress of boots in the records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.audits.models import BootProgress
from cloud.audits.progress import Progress
from facings.messages import BootAck, RefusedMessage, SeqRange

Boot = tuple[str, uuid.UUID]
"""A device and one of its boots."""


class Boots:
    """The progress of some boots of a tenant, within one session; `write` keeps what changed."""

    def __init__(self, session: Session, boots: Iterable[Boot], *, write: bool) -> None:
        wanted = set(boots)
        rows = select(BootProgress).where(
            BootProgress.device_id.in_({device for device, _ in wanted}),
            BootProgress.boot_id.in_({boot for _, boot in wanted}),
        )
        self._session = session
        self._rows = {(r.device_id, r.boot_id): r for r in session.scalars(rows.with_for_update() if write else rows)}
        self._progress = {
            boot: Progress(row.through, [(a, b) for a, b in row.missing], [(a, b) for a, b in row.lost])
            for boot, row in self._rows.items()
        }

    def __getitem__(self, boot: Boot) -> Progress:
        """The progress of a boot, which may be new."""
        if (known := self._progress.get(boot)) is None:
            known = self._progress[boot] = Progress()
        return known

    def write(self, now: datetime) -> None:
        """Keep the progress of all boots asked for."""
        for boot, progress in self._progress.items():
            row = self._rows.get(boot)
            if row is None:
                row = self._rows[boot] = BootProgress(device_id=boot[0], boot_id=boot[1])
                self._session.add(row)
            row.through = progress.through
            row.missing, row.lost = [list(r) for r in progress.missing], [list(r) for r in progress.lost]
            row.updated_at = now

    def ack(self, boot: Boot, refused: Iterable[RefusedMessage]) -> BootAck:
        """What to tell the device of a boot."""
        progress = self[boot]
        missing = tuple(SeqRange(first=first, last=last) for first, last in sorted(progress.missing))
        return BootAck(boot_id=boot[1], through=progress.through, missing=missing, refused=tuple(refused))
