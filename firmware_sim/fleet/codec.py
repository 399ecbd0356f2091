"""The packets of MQTT 3.1.1 that a publishing device needs, to bytes and from bytes.

Source: OASIS, MQTT Version 3.1.1 (2014), chapters 2 and 3. A client of our own, because paho runs a thread per
connection and so does what wraps it: thousands of devices in one process need thousands of plain sockets on one loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from facings.errors import MessageError


class Packet(IntEnum):
    """Packet types."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBSCRIBE = 8
    SUBACK = 9
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


PING = bytes([Packet.PINGREQ << 4, 0])
DISCONNECT = bytes([Packet.DISCONNECT << 4, 0])

REFUSALS = {
    1: "unacceptable protocol version",
    2: "client id rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorised",
}
"""Return codes of a CONNACK."""
REFUSED = 0x80
"""Return code of a SUBACK."""


@dataclass(frozen=True)
class SignIn:
    """What a device connects with; the will is what the broker says, retained, when the device is gone."""

    client_id: str
    username: str
    password: str
    will_topic: str
    will: bytes
    keepalive_s: int = 60


def connect(sign_in: SignIn) -> bytes:
    """CONNECT: a session that the broker keeps, with a retained will of quality 1."""
    flags = 0b1110_1100  # user name, password, will retained, will quality 1, will; not a clean session
    head = _text("MQTT") + bytes([4, flags]) + sign_in.keepalive_s.to_bytes(2)
    strings = (_text(sign_in.client_id), _text(sign_in.will_topic), _blob(sign_in.will))
    return _packet(Packet.CONNECT, 0, head + b"".join(strings) + _text(sign_in.username) + _text(sign_in.password))


def publish(topic: str, payload: bytes, packet_id: int, *, retain: bool = False, again: bool = False) -> bytes:
    """PUBLISH of quality 1."""
    flags = 0b0010 | (0b1000 if again else 0) | (0b0001 if retain else 0)
    return _packet(Packet.PUBLISH, flags, _text(topic) + packet_id.to_bytes(2) + payload)


def subscribe(filters: Mapping[str, int], packet_id: int) -> bytes:
    """SUBSCRIBE to topic filters, each with its quality."""
    wanted = b"".join(_text(topic) + bytes([quality]) for topic, quality in filters.items())
    return _packet(Packet.SUBSCRIBE, 0b0010, packet_id.to_bytes(2) + wanted)


def puback(packet_id: int) -> bytes:
    """PUBACK."""
    return _packet(Packet.PUBACK, 0, packet_id.to_bytes(2))


@dataclass(frozen=True)
class Received:
    """A packet from the broker."""

    kind: int
    flags: int
    body: bytes

    @property
    def packet_id(self) -> int:
        """Of a PUBACK or SUBACK."""
        return int.from_bytes(self.body[:2])

    def published(self) -> tuple[str, bytes, int | None]:
        """Topic, payload and packet id (None at quality 0) of a PUBLISH.

        Raises:
            MessageError: the packet is shorter than it says.
        """
        length = int.from_bytes(self.body[:2])
        after = 2 + length
        quality = self.flags >> 1 & 0b11
        start = after + (2 if quality else 0)
        if len(self.body) < start:
            raise MessageError("a PUBLISH packet that ends before its topic does")
        packet_id = int.from_bytes(self.body[after:start]) if quality else None
        return self.body[2:after].decode(), self.body[start:], packet_id


class Decoder:
    """Cuts what arrives into packets.

    Example:
        >>> [packet.kind for packet in Decoder().feed(bytes([0xD0, 0, 0x40]))]
        [13]
    """

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, arrived: bytes) -> Iterator[Received]:
        """The packets that are whole now.

        Raises:
            MessageError: a length that MQTT does not allow.
        """
        self._waiting += arrived
        while (span := _span(self._waiting)) is not None and len(self._waiting) >= span[1]:
            head, end = span
            first = self._waiting[0]
            body = bytes(self._waiting[head:end])
            del self._waiting[:end]
            yield Received(first >> 4, first & 0b1111, body)


def _span(waiting: bytearray) -> tuple[int, int] | None:
    """Where the first packet's body begins and ends; None while its length is not all here (section 2.2.3)."""
    length = 0
    for place in range(1, min(len(waiting), 5)):
        length |= (waiting[place] & 0x7F) << 7 * (place - 1)
        if not waiting[place] & 0x80:
            return place + 1, place + 1 + length
    if len(waiting) >= 5:
        raise MessageError("a packet whose length takes more than four bytes: not MQTT")
    return None


def _packet(kind: Packet, flags: int, body: bytes) -> bytes:
    length = len(body)
    digits = bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind << 4 | flags]) + bytes(digits) + body


def _text(text: str) -> bytes:
    return _blob(text.encode())


def _blob(blob: bytes) -> bytes:
    return len(blob).to_bytes(2) + blob
