"""Ingest while something behind it fails: nothing is acknowledged that is not stored, and it goes on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from cloud.audits import facts
from cloud.audits.inbox import Arrival, Inbox
from cloud.audits.ingest import Ingest
from cloud.audits.intake import Accepted, Refused, read
from cloud.audits.models import Quarantined
from cloud.broker.link import OnMessage, Receipt
from facings.messages import Ack, Observation
from facings.topics import DeviceTopics
from tests.support.cloud import wait_until
from tests.support.shelf import Shelf

TOPICS = DeviceTopics("acme", "cooler-01")


class Wire:
    """A link whose messages come from the test; keeps what is published and which messages the broker may forget."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []
        self.forgotten: list[Receipt] = []
        self._number = 0
        self._callback: OnMessage | None = None

    def on_message(self, callback: OnMessage) -> None:
        self._callback = callback

    def publish(self, topic: str, payload: bytes) -> bool:
        self.published.append((topic, payload))
        return True

    def bring(self, *messages: Observation) -> None:
        assert self._callback
        for message in messages:
            self._number += 1
            self._callback(TOPICS.observation, message.to_wire(), Receipt(1, self._number))

    def acknowledge(self, receipts: Iterable[Receipt]) -> None:
        self.forgotten += receipts

    def through(self) -> int:
        acks = [Ack.from_wire(payload) for topic, payload in self.published if topic == TOPICS.ack]
        return max((boot.through for ack in acks for boot in ack.boots), default=0)


@pytest.fixture
def wire(shelf: Shelf) -> Iterator[Wire]:
    link = Wire()
    ingest = Ingest(shelf.services, link)  # type: ignore[arg-type]
    ingest.start()
    yield link
    ingest.stop()


def test_stores_that_are_away_delay_and_lose_nothing(
    shelf: Shelf, wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    insert, attempts = shelf.services.facts.insert, []

    def locked(table: Any, rows: Sequence[Any]) -> None:
        attempts.append(table)
        if len(attempts) < 3:
            assert not wire.published
            assert not wire.forgotten
            raise OperationalError("INSERT", {}, Exception("the disk is full"))
        insert(table, rows)

    monkeypatch.setattr(shelf.services.facts, "insert", locked)
    wire.bring(shelf.photo(0, {"cola-330": 3}))
    wait_until(lambda: wire.through() == 1, what="the ack")
    assert len(wire.forgotten) == 1
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"], "once when away, once when back"


def test_a_message_that_breaks_us_is_set_aside_and_stays_with_its_device(
    shelf: Shelf, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = shelf.services.facts.insert

    def brittle(table: Any, rows: Sequence[Any]) -> None:
        if table is facts.observation and any(row[5] == 2 for row in rows):
            raise ZeroDivisionError("seq 2")
        insert(table, rows)

    monkeypatch.setattr(shelf.services.facts, "insert", brittle)
    good, bad, other = (shelf.photo(hour, {"cola-330": 3}) for hour in range(3))
    wire.bring(good, bad, other)
    wait_until(lambda: wire.through() == 3 and len(wire.forgotten) == 3, what="the ack")
    last = Ack.from_wire(wire.published[-1][1])
    assert [(gap.first, gap.last) for gap in last.boots[0].missing] == [(2, 2)]
    assert last.boots[0].refused == ()
    (row,) = shelf.rows(Quarantined)
    assert row.reason == "storing it failed: ZeroDivisionError: seq 2"
    monkeypatch.setattr(shelf.services.facts, "insert", insert)
    wire.bring(bad)
    wait_until(lambda: not Ack.from_wire(wire.published[-1][1]).boots[0].missing, what="the gap to close")
    assert shelf.facts(facts.observation) == 3


def test_a_message_that_breaks_the_check_is_set_aside_alone(
    shelf: Shelf, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, other = (shelf.photo(hour, {"cola-330": 3}) for hour in range(3))

    def brittle(arrival: Arrival) -> Accepted | Refused:
        if arrival.payload == bad.to_wire():
            raise ZeroDivisionError("seq 2")
        return read(arrival)

    monkeypatch.setattr("cloud.audits.ingest.read", brittle)
    wire.bring(good, bad, other)
    wait_until(lambda: wire.through() == 3 and len(wire.forgotten) == 3, what="the ack")
    last = Ack.from_wire(wire.published[-1][1])
    assert [(gap.first, gap.last) for gap in last.boots[0].missing] == [(2, 2)], "its device keeps it"
    (row,) = shelf.rows(Quarantined)
    assert row.reason == "checking it failed: ZeroDivisionError: seq 2"


def test_what_the_broker_sends_again_is_taken_again_once_it_is_settled(shelf: Shelf) -> None:
    inbox = Inbox()
    arrival: Arrival = shelf.arrival(b"x")
    first, of_no_number = replace(arrival, receipt=Receipt(1, 7)), replace(arrival, receipt=Receipt(1, 0))
    after_reconnecting = replace(arrival, receipt=Receipt(2, 7))
    for one in (first, first, after_reconnecting, of_no_number, of_no_number):
        inbox.put(one)
    taken = inbox.take(9, gather_s=0)
    assert taken == [first, after_reconnecting, of_no_number, of_no_number]
    inbox.put(first)
    inbox.settle([first])
    inbox.put(first)
    assert inbox.take(9, gather_s=0) == [first], "another message may have its number now"


def test_the_inbox_holds_back_when_full_and_lets_go_when_closed(shelf: Shelf) -> None:
    inbox = Inbox(limit_bytes=10)
    arrival: Arrival = shelf.arrival(b"x" * 20)
    inbox.put(arrival)
    assert inbox.take(5, gather_s=30) == [arrival], "a full inbox does not wait for more"
    inbox.put(replace(arrival, receipt=Receipt(1, 2)))
    inbox.close()
    inbox.put(replace(arrival, receipt=Receipt(1, 3)))
    assert inbox.take(5, gather_s=30) == []
