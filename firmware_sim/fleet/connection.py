"""`Connection`: one device's session at the broker, as an asyncio protocol."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from facings.errors import BadInputError, MessageError, UnavailableError
from firmware_sim.fleet import codec
from firmware_sim.fleet.codec import Decoder, Packet, Received, SignIn

_ANSWER_WITHIN_S = 60.0


class Broker:
    """Where the broker listens.

    Raises:
        BadInputError: no mqtt:// or mqtts:// address.

    Example:
        >>> Broker("mqtt://broker.example").port
        1883
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise BadInputError(f"broker {url!r}: expected mqtt://HOST:PORT or mqtts://HOST:PORT")
        self.tls = ssl.create_default_context() if parts.scheme == "mqtts" else None
        self.host, self.port = parts.hostname, parts.port or (8883 if self.tls else 1883)


class Connection(asyncio.Protocol):
    """Connects, subscribes, publishes with quality 1; tells what arrives and when it is lost.

    Args:
        on_message: called with the topic and payload of each message.
        on_lost: called once when an open session ends, however it ends.
    """

    def __init__(self, on_message: Callable[[str, bytes], None], on_lost: Callable[[], None]) -> None:
        self._on_message, self._on_lost = on_message, on_lost
        self._transport: asyncio.Transport | None = None
        self._decoder = Decoder()
        self._answers: dict[int, asyncio.Future[Received]] = {}
        self._last_id = 0
        self._silent = 0
        self.is_open = False

    async def open(self, broker: Broker, sign_in: SignIn, filters: Mapping[str, int]) -> None:
        """Connect, and subscribe to topic filters, each with its quality.

        Raises:
            UnavailableError: no broker there, or it refuses; the text says why.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await loop.create_connection(lambda: self, broker.host, broker.port, ssl=broker.tls)
                answer = await self._ask(Packet.CONNACK, codec.connect(sign_in))
                if code := answer.body[1]:
                    reason = codec.REFUSALS.get(code, str(code))
                    raise UnavailableError(f"the broker refuses {sign_in.username}: {reason}")
                answer = await self._ask(Packet.SUBACK, codec.subscribe(filters, self._next_id()))
                if codec.REFUSED in answer.body[2:]:
                    raise UnavailableError(f"the broker refuses what {sign_in.username} subscribes to: see its log")
        except (OSError, TimeoutError, ConnectionError) as error:
            self.abort()
            raise UnavailableError(f"broker {broker.host}:{broker.port}: {error or type(error).__name__}") from error
        except UnavailableError:
            self.abort()
            raise
        self.is_open = True

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, again: bool = False) -> None:
        """Hand a message over; the broker's PUBACK says no more than that it has it, so nobody waits for it."""
        if self._transport is not None:
            self._transport.write(codec.publish(topic, payload, self._next_id(), retain=retain, again=again))

    def ping(self) -> None:
        """Keep the session alive; a broker that leaves two pings unanswered is gone."""
        if self._transport is None:
            return
        self._silent += 1
        if self._silent > 2:
            self.abort()
        else:
            self._transport.write(codec.PING)

    def close(self) -> None:
        """Say goodbye: the broker does not speak the will."""
        if self._transport is not None:
            self.is_open = False
            self._transport.write(codec.DISCONNECT)
            self._transport.close()

    def abort(self) -> None:
        """Drop the line, as a power cut does."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line stands (asyncio's callback)."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes came (asyncio's callback)."""
        self._silent = 0
        try:
            for packet in self._decoder.feed(data):
                self._take(packet)
        except (MessageError, UnicodeDecodeError):
            self.abort()  # not MQTT: a new connection is the only way on

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone (asyncio's callback)."""
        self._transport = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError(str(exc) if exc else "the broker hung up"))
        self._answers.clear()
        if self.is_open:
            self.is_open = False
            self._on_lost()

    def _take(self, packet: Received) -> None:
        if packet.kind == Packet.PUBLISH:
            topic, payload, packet_id = packet.published()
            if packet_id is not None and self._transport is not None:
                self._transport.write(codec.puback(packet_id))
            self._on_message(topic, payload)
        elif (answer := self._answers.pop(packet.kind, None)) and not answer.done():
            answer.set_result(packet)

    async def _ask(self, kind: Packet, request: bytes) -> Received:
        if self._transport is None:
            raise ConnectionError("the broker hung up")
        answer: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._answers[kind] = answer
        self._transport.write(request)
        return await answer

    def _next_id(self) -> int:
        self._last_id = self._last_id % 0xFFFF + 1
        return self._last_id
