"""The outbox: every durable message stays here, numbered, until the cloud says that it has stored it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from edge.device.identity import Identity
from edge.uplink.store import Store
from facings.messages import Ack, BootAck, DroppedRange, Event, EventKind, Observation, SeqRange

MAX_PHOTOS_NAMED = 100
MAX_LOSSES_KEPT = 1_000


@dataclass(frozen=True)
class Row:
    """A message waiting for the cloud's ack."""

    id: int
    boot_id: str
    seq: int
    kind: str
    payload: bytes
    happened_at: datetime


class Outbox:
    """Durable messages, oldest first.

    `on_stored` is called after each commit that added a message; it must not block.
    """

    def __init__(self, store: Store, identity: Identity, log: logging.Logger) -> None:
        self._store = store
        self._identity = identity
        self._log = log
        self._boot = str(identity.boot_id)
        self.on_stored: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to number the messages of this boot."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM boot")
            db.execute("INSERT INTO boot (boot_id, last_seq) VALUES (?, 0)", (self._boot,))

    def stop(self) -> None:
        """Nothing to end: every message is on disk."""

    def add(self, message: Observation | Event, happened_at: datetime | None = None) -> int:
        """Number `message` and keep it; number and row are committed together, so none is lost or used twice.

        Raises:
            UnavailableError: the disk is full or broken.
        """
        kind = "observation" if isinstance(message, Observation) else "event"
        self._store.check_room(0)
        with self._store.transaction() as db:
            seq: int = db.execute("UPDATE boot SET last_seq = last_seq + 1 RETURNING last_seq").fetchone()[0]
            payload = message.model_copy(update={"seq": seq}).to_wire()
            moment = (happened_at or self._identity.clock.now()).isoformat()
            db.execute(
                "INSERT INTO outbox (boot_id, seq, kind, payload, bytes, happened_at) VALUES (?, ?, ?, ?, ?, ?)",
                (self._boot, seq, kind, payload, len(payload), moment),
            )
        self.on_stored()
        return seq

    def report(
        self,
        kind: EventKind,
        reason: str,
        *,
        captured_at: datetime | None = None,
        dropped: tuple[DroppedRange, ...] = (),
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Keep an event."""
        return self.add(
            Event(
                **self._identity.envelope(captured_at),
                kind=kind,
                reason=reason,
                dropped=dropped,
                detail=dict(detail or {}),
            )
        )

    def after(self, row_id: int, limit: int) -> list[Row]:
        """Up to `limit` rows kept after `row_id`, oldest first."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT * FROM outbox WHERE id > ? ORDER BY id LIMIT ?", (row_id, limit)).fetchall()
        return [
            Row(
                row["id"],
                row["boot_id"],
                row["seq"],
                row["kind"],
                row["payload"],
                datetime.fromisoformat(row["happened_at"]),
            )
            for row in rows
        ]

    def depth(self) -> tuple[int, int]:
        """Messages waiting and their bytes."""
        return self._store.total("outbox")

    def acknowledge(self, ack: Ack) -> int:
        """Delete what the cloud has stored or refused; note what it misses and the device no longer has.

        Returns:
            How many rows went.
        """
        with self._store.transaction():
            return sum(self._refused(boot) + self._stored(boot) for boot in ack.boots)

    def drop_oldest_observation(self) -> bool:
        """Give up the oldest observation to make room; what is lost is noted and told. False where none is left."""
        with self._store.transaction() as db:
            row = db.execute("SELECT * FROM outbox WHERE kind = 'observation' ORDER BY id LIMIT 1").fetchone()
            if row is None:
                return False
            db.execute("DELETE FROM outbox WHERE id = ?", (row["id"],))
            self.note_loss(row["boot_id"], SeqRange(first=row["seq"], last=row["seq"]))
            return True

    def note_loss(self, boot_id: str, lost: SeqRange) -> None:
        """Remember that these messages are gone for good, until `tell_losses` says so."""
        with self._store.transaction() as db:
            db.execute("INSERT INTO losses (boot_id, first, last) VALUES (?, ?, ?)", (boot_id, lost.first, lost.last))

    def note_lost_photo(self, photo_id: uuid.UUID) -> None:
        """Remember that this photo was given up before its upload."""
        with self._store.transaction() as db:
            db.execute("INSERT INTO losses (photo_id) VALUES (?)", (str(photo_id),))

    def tell_losses(self) -> bool:
        """Put what was lost since the last time into one `outbox-dropped` event; False where nothing was."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT * FROM losses WHERE told = 0").fetchall()
            if not rows:
                return False
            ranges = _merged((row["boot_id"], row["first"], row["last"]) for row in rows if row["boot_id"])
            photos = [row["photo_id"] for row in rows if row["photo_id"]]
            messages = sum(lost.last - lost.first + 1 for lost in ranges)
            reason = f"{messages} messages and {len(photos)} photos were given up before the cloud had them"
            detail = {"photos": len(photos), "photo_ids": photos[:MAX_PHOTOS_NAMED]} if photos else {}
            self.report("outbox-dropped", reason, dropped=ranges, detail=detail)
            db.execute("UPDATE losses SET told = 1")
            db.execute("DELETE FROM losses WHERE id <= (SELECT max(id) FROM losses) - ?", (MAX_LOSSES_KEPT,))
        self._log.warning("%s", reason)
        return True

    def _refused(self, boot: BootAck) -> int:
        return sum(self._forget_refused(str(boot.boot_id), refusal.seq, refusal.reason) for refusal in boot.refused)

    def _forget_refused(self, boot_id: str, seq: int, reason: str) -> int:
        with self._store.transaction() as db:
            row = db.execute(
                "DELETE FROM outbox WHERE boot_id = ? AND seq = ? RETURNING kind", (boot_id, seq)
            ).fetchone()
            if row is None:
                return 0
            self._log.error("the cloud refused %s %d of boot %s: %s", row["kind"], seq, boot_id, reason)
            if row["kind"] == "observation":  # a refused event about a refused event would never end
                self.report("message-refused", reason, detail={"boot_id": boot_id, "seq": seq})
            return 1

    def _stored(self, boot: BootAck) -> int:
        boot_id = str(boot.boot_id)
        with self._store.transaction() as db:
            held = db.execute(
                "SELECT id, seq FROM outbox WHERE boot_id = ? AND seq <= ?", (boot_id, boot.through)
            ).fetchall()
            gone = [row["id"] for row in held if not any(gap.first <= row["seq"] <= gap.last for gap in boot.missing)]
            db.executemany("DELETE FROM outbox WHERE id = ?", [(row_id,) for row_id in gone])
            for gap in boot.missing:
                for lost in self._not_here(boot_id, gap):
                    self.note_loss(boot_id, lost)
        return len(gone)

    def _not_here(self, boot_id: str, gap: SeqRange) -> list[SeqRange]:
        """The parts of `gap` that are neither in the outbox nor noted as lost already."""
        with self._store.transaction() as db:
            here = db.execute(
                "SELECT seq AS first, seq AS last FROM outbox WHERE boot_id = ? AND seq BETWEEN ? AND ? "
                "UNION ALL SELECT first, last FROM losses WHERE boot_id = ? AND last >= ? AND first <= ? ORDER BY 1",
                (boot_id, gap.first, gap.last, boot_id, gap.first, gap.last),
            ).fetchall()
        lost, begin = [], gap.first
        for row in here:
            if row["first"] > begin:
                lost.append(SeqRange(first=begin, last=row["first"] - 1))
            begin = max(begin, row["last"] + 1)
        if begin <= gap.last:
            lost.append(SeqRange(first=begin, last=gap.last))
        return lost


def _merged(ranges: Iterable[tuple[str, int, int]]) -> tuple[DroppedRange, ...]:
    merged: list[DroppedRange] = []
    for boot_id, group in groupby(sorted(ranges), key=lambda item: item[0]):
        for _, first, last in group:
            before = merged[-1] if merged else None
            if before and str(before.boot_id) == boot_id and first <= before.last + 1:
                merged[-1] = before.model_copy(update={"last": max(before.last, last)})
            else:
                merged.append(DroppedRange(boot_id=uuid.UUID(boot_id), first=first, last=last))
    return tuple(merged)
