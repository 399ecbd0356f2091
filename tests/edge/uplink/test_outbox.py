"""The outbox: numbers, acks, what is given up when room is short, what a full disk does."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.capture.intake import Intake
from edge.capture.shot import Shot
from edge.device.identity import REPLAY_CLOCK, Identity
from edge.uplink.glance import glance
from edge.uplink.outbox import Outbox
from edge.uplink.quota import Quota
from edge.uplink.spool import Spool
from edge.uplink.store import DATABASE_FILE, Store
from facings.errors import UnavailableError
from facings.messages import Ack, BootAck, DroppedRange, Event, Observation, RefusedMessage, SeqRange
from tests.support.cooler import FIRST, square_photo
from tests.support.messages import observation

LOG = logging.getLogger("test")
ROOMY = 10**9


@dataclass
class Kept:
    """A device's disk."""

    store: Store
    outbox: Outbox
    spool: Spool
    quota: Quota
    intake: Intake
    identity: Identity

    def observe(self, count: int = 1) -> None:
        for _ in range(count):
            with self.quota.enforced():
                self.outbox.add(observation(boot_id=self.identity.boot_id, seq=None))

    def shoot(self, *, read: bool) -> uuid.UUID:
        photo = self.intake.keep(Shot(square_photo(3), FIRST, FIRST, FIRST, "replay", REPLAY_CLOCK))
        if read:
            with self.quota.enforced():
                self.spool.mark_read(photo.photo_id, 320, 96, "image/png")
        return photo.photo_id

    def seqs(self) -> list[int]:
        return [row.seq for row in self.outbox.after(0, 1000)]

    def events(self) -> list[Event]:
        return [Event.from_wire(row.payload) for row in self.outbox.after(0, 1000) if row.kind == "event"]

    def ack(self, through: int, missing: list[tuple[int, int]] | None = None, **fields: object) -> int:
        gaps = tuple(SeqRange(first=first, last=last) for first, last in missing or [])
        boot = BootAck(boot_id=fields.pop("boot_id", self.identity.boot_id), through=through, missing=gaps, **fields)
        return self.outbox.acknowledge(Ack(at=datetime.now(UTC), boots=(boot,)))


def opened(folder: Path, max_bytes: int = ROOMY, max_photo_bytes: int = ROOMY) -> Kept:
    identity = Identity("acme", "cooler-01")
    store = Store(folder, LOG)
    outbox, spool = Outbox(store, identity, LOG), Spool(store)
    quota = Quota(store, outbox, spool, max_bytes, max_photo_bytes)
    for part in (store, outbox, spool):
        part.start()
    return Kept(store, outbox, spool, quota, Intake(store, outbox, spool, quota, LOG), identity)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    opened_here = opened(tmp_path)
    yield opened_here
    opened_here.store.stop()


ACKS = {
    "nothing yet": (0, [], [1, 2, 3, 4, 5]),
    "all": (5, [], []),
    "some": (3, [], [4, 5]),
    "a gap stays": (4, [(2, 3)], [2, 3, 5]),
    "two gaps stay": (5, [(1, 1), (4, 4)], [1, 4]),
}


@pytest.mark.parametrize(("through", "missing", "left"), ACKS.values(), ids=ACKS)
def test_only_what_the_cloud_has_goes(
    kept: Kept, through: int, missing: list[tuple[int, int]], left: list[int]
) -> None:
    kept.observe(5)
    assert kept.ack(through, missing) == 5 - len(left)
    assert kept.seqs() == left
    assert kept.ack(through, missing) == 0


def test_an_ack_of_another_boot_touches_nothing(kept: Kept) -> None:
    kept.observe(2)
    assert kept.ack(2, boot_id=uuid.uuid4()) == 0
    assert kept.seqs() == [1, 2]


def test_numbers_begin_anew_with_a_boot_and_old_rows_keep_theirs(kept: Kept, tmp_path: Path) -> None:
    kept.observe(2)
    first_boot = kept.identity.boot_id
    kept.store.stop()
    again = opened(tmp_path)
    again.observe(1)
    rows = again.outbox.after(0, 10)
    assert [(row.boot_id, row.seq) for row in rows] == [
        (str(first_boot), 1),
        (str(first_boot), 2),
        (str(again.identity.boot_id), 1),
    ]
    assert Observation.from_wire(rows[0].payload).boot_id == first_boot
    again.store.stop()


def test_a_failed_transaction_uses_up_no_number(kept: Kept) -> None:
    with pytest.raises(ZeroDivisionError), kept.store.transaction():
        kept.observe()
        raise ZeroDivisionError
    kept.observe()
    assert kept.seqs() == [1]
    assert glance(kept.store.folder)["messages"] == 1


def test_a_refused_observation_goes_with_an_event_and_a_refused_event_without(kept: Kept) -> None:
    kept.observe(2)
    refusal = RefusedMessage(seq=1, reason="two lines of one SKU")
    assert kept.ack(0, refused=(refusal,)) == 1
    assert kept.seqs() == [2, 3]
    (event,) = kept.events()
    assert (event.kind, event.reason, event.detail["seq"]) == ("message-refused", "two lines of one SKU", 1)
    kept.ack(0, refused=(refusal,))
    kept.ack(0, refused=(RefusedMessage(seq=3, reason="no"),))
    assert kept.seqs() == [2]


def test_what_the_cloud_misses_and_the_device_has_no_more_is_told_once(kept: Kept) -> None:
    kept.observe(6)
    kept.ack(4)
    kept.ack(5, [(2, 3), (5, 5)])
    assert kept.outbox.tell_losses()
    kept.ack(5, [(2, 3), (5, 5)])
    assert not kept.outbox.tell_losses()
    (event,) = kept.events()
    assert event.dropped == (DroppedRange(boot_id=kept.identity.boot_id, first=2, last=3),)
    assert kept.seqs() == [5, 6, 7]


def test_over_the_quota_photos_go_first_then_observations_and_each_loss_is_told(tmp_path: Path) -> None:
    size = len(square_photo(3))
    kept = opened(tmp_path, max_bytes=12_000)
    old, new = kept.shoot(read=True), kept.shoot(read=True)
    unread = kept.shoot(read=False)
    kept.observe(20)
    assert kept.spool.next_upload() is None
    assert kept.spool.next_unread().photo_id == unread
    assert [file.name for file in (tmp_path / "photos").iterdir()] == [str(unread)]
    left = kept.seqs()
    assert left == list(range(left[0], 21))
    assert kept.outbox.depth()[1] + size <= 12_000
    assert kept.outbox.tell_losses()
    (event,) = kept.events()
    assert event.dropped == (DroppedRange(boot_id=kept.identity.boot_id, first=1, last=left[0] - 1),)
    assert event.detail["photo_ids"] == [str(old), str(new)]
    kept.store.stop()


def test_photos_have_a_quota_of_their_own_which_spares_the_unread(tmp_path: Path) -> None:
    size = len(square_photo(3))
    kept = opened(tmp_path, max_photo_bytes=3 * size)
    photos = [kept.shoot(read=True) for _ in range(5)]
    assert kept.spool.count("read") == 3
    assert kept.spool.next_upload().photo_id == photos[4]
    for _ in range(3):
        kept.shoot(read=False)
    assert (kept.spool.count("read"), kept.spool.count("captured")) == (0, 3)
    with pytest.raises(UnavailableError, match="spool is full"):
        kept.shoot(read=False)
    kept.store.stop()


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room_again(kept: Kept) -> None:
    kept.observe(3)
    with kept.store.transaction() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UnavailableError, match="full"):
        kept.observe(100)
    before = kept.seqs()
    with pytest.raises(UnavailableError):
        [kept.shoot(read=False) for _ in range(100)]
    files = {file.name for file in (kept.store.folder / "photos").iterdir()}
    assert len(files) == kept.spool.count("captured")
    while kept.intake.not_taken("the disk is full", FIRST):
        pass
    assert not kept.intake.not_taken("the disk is still full", FIRST)
    with kept.store.transaction() as db:
        db.execute("PRAGMA max_page_count = 100000")
    assert kept.intake.not_taken("the disk has room again", FIRST)
    assert kept.events()[-1].detail == {"earlier_untold": 2}
    assert kept.seqs()[: len(before)] == before
    assert kept.seqs() == list(range(1, len(kept.seqs()) + 1))


def test_files_without_a_row_were_never_taken(kept: Kept, tmp_path: Path) -> None:
    photo_id = kept.shoot(read=False)
    (tmp_path / "photos" / str(uuid.uuid4())).write_bytes(b"killed before the commit")
    (tmp_path / "photos" / "x.partial").write_bytes(b"killed before the rename")
    kept.store.stop()
    again = opened(tmp_path)
    assert [file.name for file in (tmp_path / "photos").iterdir()] == [str(photo_id)]
    again.store.stop()


def test_a_database_of_a_newer_version_is_left_alone(kept: Kept, tmp_path: Path) -> None:
    kept.store.stop()
    connection = sqlite3.connect(tmp_path / DATABASE_FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UnavailableError, match="newer version"):
        opened(tmp_path)


def test_photos_kept_by_an_earlier_version_are_read_on(tmp_path: Path) -> None:
    kept = opened(tmp_path)
    photo_id = kept.shoot(read=False)
    with kept.store.transaction() as db:  # as version 1 left it
        db.execute("DROP TABLE occasions")
        db.execute("DROP INDEX photos_by_occasion")
        for column in ("boot_id", "steady_s", "camera", "occasion"):
            db.execute(f"ALTER TABLE photos DROP COLUMN {column}")
        db.execute("PRAGMA user_version = 1")
    kept.store.stop()
    again = opened(tmp_path)
    found = again.spool.next_unread()
    assert (found.photo_id, found.boot_id, found.steady_s, found.occasion) == (photo_id, None, None, None)
    again.shoot(read=True)
    again.store.stop()


def test_a_broken_database_says_which_file(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(UnavailableError, match=str(tmp_path)):
        opened(tmp_path)
