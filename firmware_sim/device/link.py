"""A network between daemon and cloud that can be cut or slow: a TCP proxy."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from facings.errors import UnavailableError
from firmware_sim.device.background import BackgroundLoop

PIECE_BYTES = 4096
PIECES_UNDER_WAY = 64


@dataclass
class Link:
    """Forwards connections to `host`:`port_to`; `port` 0 takes a free one.

    Example:
        link = Link("127.0.0.1", 1883)
        link.start()
        ... the daemon connects to link.address ...
        link.cut()
        link.mend()
        link.stop()
    """

    host: str
    port_to: int
    port: int = 0
    delay_s: float = 0.0
    bytes_per_s: float | None = None
    _loop: BackgroundLoop = field(default_factory=lambda: BackgroundLoop("link"))
    _server: asyncio.Server | None = None
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _refuses: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def start(self) -> None:
        """Forward from now on.

        Raises:
            UnavailableError: the port is taken.
        """
        self._loop.start()
        try:
            self._server = self._loop.run(self._listen())
        except OSError as error:
            self._loop.stop()
            raise UnavailableError(f"the link cannot listen on port {self.port}: {error.strerror}") from error

    def stop(self) -> None:
        """End every connection."""
        if self._server:
            self._loop.run(self._close(self._server))
            self._server = None
        self._loop.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to connect to."""
        assert self._server, "start() comes first"
        return "127.0.0.1", int(self._server.sockets[0].getsockname()[1])

    def cut(self, *, silent: bool = False) -> None:
        """Nothing gets through: connections are reset and refused or, if `silent`, just fall still, as by radio."""
        self._loop.run(self._cut(silent))

    def slow(self, delay_s: float, bytes_per_s: float | None) -> None:
        """Each piece arrives `delay_s` late, and each connection carries no more than `bytes_per_s` either way."""
        self.delay_s, self.bytes_per_s = delay_s, bytes_per_s

    def mend(self) -> None:
        """All is well again; what was under way in a silent cut arrives late."""
        self.slow(0.0, None)
        self._loop.run(self._let_flow())

    async def _listen(self) -> asyncio.Server:
        self._flows.set()
        return await asyncio.start_server(self._connect, "127.0.0.1", self.port)

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        self._reset_all()

    async def _cut(self, silent: bool) -> None:
        self._flows.clear()
        self._refuses = not silent
        if self._refuses:
            self._reset_all()

    async def _let_flow(self) -> None:
        self._refuses = False
        self._flows.set()

    def _reset_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if self._refuses:
            writer.transport.abort()
            return
        try:
            await self._flows.wait()
            far_reader, far_writer = await asyncio.open_connection(self.host, self.port_to)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(far_writer)
        try:
            await asyncio.gather(self._relay(reader, far_writer), self._relay(far_reader, writer))
        finally:
            for end in (writer, far_writer):
                self._writers.discard(end)
                end.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one direction until it ends."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(PIECES_UNDER_WAY)
        taking = asyncio.create_task(self._take(reader, under_way))
        try:
            with contextlib.suppress(OSError):
                while piece := await self._arrive(under_way):
                    writer.write(piece)
                    await writer.drain()
                if writer.can_write_eof():
                    writer.write_eof()
        finally:
            taking.cancel()

    async def _take(self, reader: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]]) -> None:
        piece = b"."
        while piece:
            try:
                piece = await reader.read(PIECE_BYTES)
            except OSError:
                piece = b""
            await under_way.put((asyncio.get_running_loop().time() + self.delay_s, piece))

    async def _arrive(self, under_way: asyncio.Queue[tuple[float, bytes]]) -> bytes:
        """The next piece, when it is due; empty at the end."""
        due, piece = await under_way.get()
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        if self.bytes_per_s:
            await asyncio.sleep(len(piece) / self.bytes_per_s)
        await self._flows.wait()
        return piece
