"""The controller on the network: a Modbus TCP server over the register map of `facings.registers`."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from facings.clock import Clock, SystemClock
from facings.errors import BadInputError, UnavailableError
from facings.registers import UNIT_ID, Register, Table, of_table, size
from firmware_sim.device.background import BackgroundLoop
from firmware_sim.device.controller import Controller

_log = logging.getLogger(__name__)

_TABLE_OF = {1: Table.COIL, 5: Table.COIL, 15: Table.COIL, 2: Table.DISCRETE_INPUT, 4: Table.INPUT}
_READS_COILS = 1


@dataclass
class ControllerServer:
    """Serves one controller; its time goes `speed` times as fast as the clock's. `port` 0 takes a free one.

    Example:
        server = ControllerServer(Controller(), port=0, speed=60)
        server.start()
        ... Modbus TCP on server.address ...
        server.stop()
    """

    controller: Controller
    port: int
    speed: float = 1.0
    clock: Clock = field(default_factory=SystemClock)
    host: str = "127.0.0.1"
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _loop: BackgroundLoop = field(default_factory=lambda: BackgroundLoop("controller"))
    _server: ModbusTcpServer | None = None
    _advanced_at: float = 0.0

    def start(self) -> None:
        """Serve in the background.

        Raises:
            UnavailableError: the port is taken.
        """
        self._advanced_at = self.clock.monotonic()
        self._loop.start()
        try:
            self._loop.run(self._serve())
        except RuntimeError as error:
            self._loop.stop()
            raise UnavailableError(f"the controller cannot listen on port {self.port}: choose another") from error

    def stop(self) -> None:
        """End the server and its connections."""
        if self._server:
            self._loop.run(self._close(self._server))
            self._server = None
        self._loop.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port where it serves."""
        assert self._server and self._server.transport, "start() comes first"
        listening = cast(asyncio.Server, self._server.transport)  # pymodbus keeps its server where transports are
        return self.host, int(listening.sockets[0].getsockname()[1])

    @contextmanager
    def now(self) -> Iterator[Controller]:
        """The controller at the present moment, for this thread alone."""
        with self._lock:
            moment = self.clock.monotonic()
            self.controller.advance((moment - self._advanced_at) * self.speed)
            self._advanced_at = moment
            yield self.controller

    async def _serve(self) -> None:
        self._server = ModbusTcpServer(self._device(), address=(self.host, self.port))
        await self._server.serve_forever(background=True)

    async def _close(self, server: ModbusTcpServer) -> None:
        await server.shutdown()  # type: ignore[no-untyped-call]

    def _device(self) -> SimDevice:
        bits = [
            [SimData(0, values=[False] * size(table), datatype=DataType.BITS)]
            for table in (Table.COIL, Table.DISCRETE_INPUT)
        ]
        words = [
            [SimData(0, values=[0] * size(table), datatype=DataType.REGISTERS, readonly=table is Table.INPUT)]
            for table in (Table.HOLDING, Table.INPUT)
        ]
        return SimDevice(UNIT_ID, (bits[0], bits[1], words[0], words[1]), action=self._on_access)

    async def _on_access(
        self,
        function_code: int,
        _start: int,
        address: int,
        _count: int,
        memory: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Bring the words that are read up to date, or take over those that are written."""
        table = _TABLE_OF.get(function_code, Table.HOLDING)
        if address + len(written or [0]) > size(table):
            return ExcCodes.ILLEGAL_ADDRESS
        with self.now() as controller:
            if written is not None:
                return _take(controller, table, address, [int(word) for word in written])
            if table is Table.COIL:
                _show_coils(function_code, memory)
            else:
                _show(controller.values(), table, memory)
        return None


def _take(controller: Controller, table: Table, address: int, words: list[int]) -> ExcCodes | None:
    """Write every register that `words` cover, or none of them."""
    registers = [register for register in of_table(table) if address <= register.address < address + len(words)]
    values = [(register, register.decode(words[register.address - address :])) for register in registers]
    try:
        for register, value in values:
            controller.check(register, value)
    except BadInputError as error:
        _log.info("a write is refused: %s", error)
        return ExcCodes.ILLEGAL_VALUE
    for register, value in values:
        controller.write(register, value)
    return None


def _show(values: dict[str, float | None], table: Table, memory: list[int]) -> None:
    for register in of_table(table):
        words = register.encode(values[register.name])
        if table is Table.DISCRETE_INPUT:
            memory[0] = _with_bit(memory[0], register, bool(words[0]))
        else:
            memory[register.address : register.address + len(words)] = words


def _show_coils(function_code: int, memory: list[int]) -> None:
    """A coil is an order, done at once: it reads 0, but the answer to a write repeats what was written."""
    if function_code == _READS_COILS:
        memory[0] = 0


def _with_bit(word: int, register: Register, on: bool) -> int:
    mask = 1 << register.address
    return word | mask if on else word & ~mask
