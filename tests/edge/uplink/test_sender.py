"""The sender: order, window, resending, what differs between two sendings."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.device.identity import Identity
from edge.uplink.outbox import Outbox
from edge.uplink.sender import LATE, MISSING_AFTER_S, RESEND_AFTER_S, WINDOW, Sender
from edge.uplink.store import Store
from facings.messages import Ack, BootAck, SeqRange
from tests.support.messages import NOON, observation

LOG = logging.getLogger("test")


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Desk:
    """A sender, its outbox, and what it handed over."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.identity = Identity("acme", "cooler-01", self.clock)
        self.store = Store(folder, LOG)
        self.outbox = Outbox(self.store, self.identity, LOG)
        self.handed: list[dict[str, Any]] = []
        self.online = True
        self.sender = Sender(self.outbox, self.identity, self._publish, LOG)

    def _publish(self, topic: str, payload: bytes) -> bool:
        if self.online:
            self.handed.append(json.loads(payload))
        return self.online

    def observe(self, count: int) -> None:
        for _ in range(count):
            self.outbox.add(observation(boot_id=self.identity.boot_id, seq=None))

    def sent(self) -> list[int]:
        """Numbers handed over since the last call."""
        self.sender.pump()
        numbers = [message["seq"] for message in self.handed]
        self.handed.clear()
        return numbers

    def ack(self, through: int, *missing: tuple[int, int]) -> None:
        gaps = tuple(SeqRange(first=first, last=last) for first, last in missing)
        boot = BootAck(boot_id=self.identity.boot_id, through=through, missing=gaps)
        self.sender.on_ack(Ack(at=datetime.now(UTC), boots=(boot,)).to_wire())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    opened.store.start()
    opened.outbox.start()
    yield opened
    opened.store.stop()


def test_oldest_first_and_never_more_than_the_window_on_the_way(desk: Desk) -> None:
    desk.observe(WINDOW + 10)
    assert desk.sent() == list(range(1, WINDOW + 1))
    assert desk.sent() == []
    desk.ack(3)
    assert desk.sent() == [WINDOW + 1, WINDOW + 2, WINDOW + 3]


def test_a_new_connection_begins_with_everything_not_acknowledged(desk: Desk) -> None:
    desk.observe(4)
    assert desk.sent() == [1, 2, 3, 4]
    desk.ack(2)
    desk.online = False
    desk.observe(1)
    assert desk.sent() == []
    desk.online = True
    desk.sender.start_over()
    assert desk.sent() == [3, 4, 5]


def test_without_acks_everything_goes_again_at_intervals_that_double(desk: Desk) -> None:
    desk.observe(2)
    assert desk.sent() == [1, 2]
    times = []
    while len(times) < 3:
        desk.clock.seconds += 1
        if desk.sent() == [1, 2]:
            times.append(desk.clock.seconds)
    first = RESEND_AFTER_S + 1
    assert times == [first, first + 2 * RESEND_AFTER_S + 1, first + 6 * RESEND_AFTER_S + 2]


def test_acks_that_go_on_hold_the_resending_back(desk: Desk) -> None:
    desk.observe(5)
    desk.sent()
    for through in (1, 2, 3, 4):
        desk.clock.seconds += RESEND_AFTER_S - 1
        desk.ack(through)
        assert desk.sent() == []


def test_what_the_cloud_misses_goes_again_but_not_while_it_may_be_on_the_way(desk: Desk) -> None:
    desk.observe(4)
    desk.sent()
    desk.ack(4, (2, 3))
    assert desk.sent() == []
    desk.clock.seconds += MISSING_AFTER_S
    desk.ack(4, (2, 3))
    assert desk.sent() == [2, 3]
    desk.ack(4)
    assert desk.outbox.depth()[0] == 0


def test_only_the_time_of_sending_and_lateness_differ_between_sendings(desk: Desk) -> None:
    desk.observe(1)
    desk.sender.pump()
    desk.clock.seconds += LATE.total_seconds() + 1
    desk.sender.start_over()
    desk.sender.pump()
    first, second = desk.handed
    assert (first.pop("historical"), second.pop("historical")) == (False, True)
    assert first.pop("sent_at") != second.pop("sent_at")
    assert first == second


def test_an_ack_that_cannot_be_read_is_told_and_changes_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.observe(1)
    for payload in (b"", b"[]", b'{"schema": "facings/ack/2"}', b'{"schema": "facings/ack/1"}'):
        desk.sender.on_ack(payload)
    assert len(caplog.records) == 4
    assert desk.outbox.depth()[0] == 1


def test_an_ack_for_a_device_of_another_life_is_harmless(desk: Desk) -> None:
    desk.observe(1)
    boot = BootAck(boot_id=uuid.uuid4(), through=9, missing=(SeqRange(first=2, last=10**12),))
    desk.sender.on_ack(Ack(at=datetime.now(UTC), boots=(boot,)).to_wire())
    assert desk.sent() == [1, 2]
    assert desk.handed == []
