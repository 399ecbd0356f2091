import uuid

import pytest

from facings.messages import BootAck, RefusedMessage, SeqRange
from firmware_sim.fleet.outbox import MISSING_AFTER_S, RESEND_AFTER_S, WINDOW, FleetOutbox
from firmware_sim.fleet.totals import Totals


class Wire:
    """Takes messages while it is up."""

    def __init__(self) -> None:
        self.up, self.taken = True, list[tuple[bytes, bool]]()

    def publish(self, _topic: str, payload: bytes, again: bool) -> bool:
        if self.up:
            self.taken.append((payload, again))
        return self.up

    def drain(self) -> list[bytes]:
        """What came since."""
        taken, self.taken = [payload for payload, _ in self.taken], []
        return taken


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def outbox(wire: Wire) -> FleetOutbox:
    return FleetOutbox(Totals(), wire.publish, lambda payload: payload + b" again")


def fill(outbox: FleetOutbox, count: int, now: float = 0.0) -> None:
    for _ in range(count):
        seq = outbox.next_seq()
        outbox.add(seq, "topic", str(seq).encode(), now)


def ack(through: int, missing: tuple[tuple[int, int], ...] = (), refused: tuple[int, ...] = ()) -> BootAck:
    return BootAck(
        boot_id=uuid.uuid4(),
        through=through,
        missing=tuple(SeqRange(first=first, last=last) for first, last in missing),
        refused=tuple(RefusedMessage(seq=seq, reason="bad") for seq in refused),
    )


def test_only_an_ack_ends_a_message(outbox: FleetOutbox, wire: Wire) -> None:
    fill(outbox, 3)
    assert wire.drain() == [b"1", b"2", b"3"]
    outbox.acknowledge(ack(2), now=1.0)
    assert len(outbox) == 1
    outbox.acknowledge(ack(3), now=2.0)
    assert len(outbox) == 0


def test_no_more_than_the_window_is_on_its_way(outbox: FleetOutbox, wire: Wire) -> None:
    fill(outbox, WINDOW + 5)
    assert len(wire.drain()) == WINDOW
    outbox.acknowledge(ack(3), now=1.0)
    assert wire.drain() == [str(WINDOW + n).encode() for n in (1, 2, 3)]


def test_what_the_cloud_misses_is_sent_again_but_not_at_once(outbox: FleetOutbox, wire: Wire) -> None:
    fill(outbox, 5)
    wire.drain()
    outbox.acknowledge(ack(5, missing=((2, 3),)), now=MISSING_AFTER_S - 1)
    assert wire.drain() == []
    outbox.acknowledge(ack(5, missing=((2, 3),)), now=MISSING_AFTER_S + 1)
    assert wire.drain() == [b"2 again", b"3 again"]
    outbox.acknowledge(ack(5), now=MISSING_AFTER_S + 2)
    assert len(outbox) == 0


def test_refused_messages_are_not_sent_again(outbox: FleetOutbox, wire: Wire) -> None:
    fill(outbox, 2)
    wire.drain()
    outbox.acknowledge(ack(0, refused=(1,)), now=1.0)
    outbox.start_over(2.0)
    assert wire.drain() == [b"2 again"]


def test_silence_of_the_cloud_brings_everything_again(outbox: FleetOutbox, wire: Wire) -> None:
    fill(outbox, 2)
    wire.drain()
    outbox.remind(RESEND_AFTER_S - 1)
    assert wire.drain() == []
    outbox.remind(RESEND_AFTER_S + 1)
    assert wire.drain() == [b"1 again", b"2 again"]
    outbox.remind(3 * RESEND_AFTER_S)
    assert wire.drain() == [], "the second time it waits twice as long"
    outbox.remind(3 * RESEND_AFTER_S + 2)
    assert len(wire.drain()) == 2


def test_without_a_session_messages_wait_and_then_go_out_in_order(outbox: FleetOutbox, wire: Wire) -> None:
    wire.up = False
    fill(outbox, 3)
    wire.up = True
    outbox.start_over(9.0)
    assert wire.drain() == [b"1", b"2", b"3"]
