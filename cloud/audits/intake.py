"""From bytes to a checked message: what ingest takes, and why it refuses the rest."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cloud.audits.inbox import Arrival
from cloud.audits.observed import ObservationColumns
from facings.errors import MessageError
from facings.messages import (
    Birth,
    CommandReply,
    ConfigReported,
    Envelope,
    Event,
    Health,
    State,
)
from facings.topics import UpwardTopic, parse_upward

KINDS: dict[str, type[Envelope]] = {
    "observation": ObservationColumns,
    "event": Event,
    "state": State,
    "birth": Birth,
    "health": Health,
    "config/reported": ConfigReported,
}
NUMBERED = ("observation", "event")
"""Kinds of which none may be lost: they carry a sequence number and are acknowledged."""

MOST_LINES = 2_000
MOST_UNITS = 100_000
MOST_ROWS = 200
"""No cooler has as many; the facts count the shelves of a photo in a byte, and a list is made for each."""
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(days=1)

_BOOT = re.compile(rb'"boot_id"\s*:\s*"([0-9a-fA-F-]{36})"')
_SEQ = re.compile(rb'"seq"\s*:\s*(\d{1,19})\s*[,}]')
_HEAD_BYTES = 1_000


Number = tuple[uuid.UUID, int]
"""A boot and a sequence number of it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message of the contract."""

    arrival: Arrival
    topic: UpwardTopic
    message: Envelope
    number: Number | None = None
    """Of the numbered kinds."""

    @property
    def clock_suspect(self) -> bool:
        """Whether the time of the message cannot be true: before 2020, or over a day after its arrival."""
        return not EARLIEST <= self.message.captured_at <= self.arrival.received_at + MOST_AHEAD


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that cannot be used; `number` is there where it could be read all the same."""

    arrival: Arrival
    topic: UpwardTopic | None
    reason: str
    number: Number | None


def read(arrival: Arrival) -> Accepted | Refused:
    """Check a message against the contract. Who sent it is told by its topic alone, which the broker guards."""
    topic = None
    try:
        topic = parse_upward(arrival.topic)
        message = KINDS.get(topic.kind, CommandReply).from_wire(arrival.payload)
        _check(topic.kind, message)
    except MessageError as error:
        return Refused(arrival, topic, str(error), _number(topic, arrival.payload))
    number = (message.boot_id, message.seq) if topic.kind in NUMBERED and message.seq is not None else None
    return Accepted(arrival, topic, message, number)


def refuse(arrival: Arrival, reason: str) -> Refused:
    """Set a message aside without telling its device, which keeps it."""
    try:
        topic = parse_upward(arrival.topic)
    except MessageError:
        topic = None
    return Refused(arrival, topic, reason, None)


def _check(kind: str, message: Envelope) -> None:
    if kind in NUMBERED and message.seq is None:
        raise MessageError(f"seq is missing: every {kind} is numbered")
    if isinstance(message, ObservationColumns):
        lines = message.lines
        if len(lines) > MOST_LINES:
            raise MessageError(f"{len(lines):,} lines; at most {MOST_LINES:,} are taken")
        if max((*lines.units, *lines.count_sd), default=0) > MOST_UNITS:
            raise MessageError(f"a line of more than {MOST_UNITS:,} units")
        if len(message.price_tags) > MOST_LINES:
            raise MessageError(f"{len(message.price_tags):,} price tags; at most {MOST_LINES:,} are taken")
        rows = max(message.rows, message.products.lowest_row + 1, *(gap.row + 1 for gap in message.gaps))
        if rows > MOST_ROWS:
            raise MessageError(f"{rows:,} shelf rows; at most {MOST_ROWS:,} are taken")


def _number(topic: UpwardTopic | None, payload: bytes) -> Number | None:
    """What the envelope of a bad message says of itself, so that the device can be told to stop sending it."""
    if topic is None or topic.kind not in NUMBERED:
        return None
    head = payload[:_HEAD_BYTES]
    boot, seq = _BOOT.search(head), _SEQ.search(head)
    if boot is None or seq is None or not 1 <= int(seq[1]) < 2**63:
        return None
    try:
        return uuid.UUID(boot[1].decode()), int(seq[1])
    except ValueError:
        return None
