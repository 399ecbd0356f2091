"""`Fleet`: opens the sessions, takes the photos when they are due, keeps everything alive, ends cleanly."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from facings.clock import Clock, SystemClock
from facings.errors import UnavailableError
from firmware_sim.fleet.connection import Broker
from firmware_sim.fleet.device import FleetDevice
from firmware_sim.fleet.pace import Pace
from firmware_sim.fleet.totals import Totals
from firmware_sim.world.state import ShelfState

_OPENING_AT_ONCE = 20
_TICK_S = 20.0
_HEALTH_S = 300.0
_BREATH_S = 0.02
"""How long photos that are due may keep the loop from its sockets."""


@dataclass(frozen=True)
class Schedule:
    """How a run goes.

    Attributes:
        speed: simulated seconds per second.
        admitted_within_s: how long a device may try before the run is given up: the broker admits one that was just
            provisioned within seconds, but thousands at once make it slow.
        drained_within_s: how long the last acks may take.
    """

    speed: float
    admitted_within_s: float = 300.0
    drained_within_s: float = 120.0


class Fleet:
    """All devices of a run.

    Args:
        devices: not connected yet.
        broker: where they connect.
        schedule: how fast time runs, how patient the ends are.
        totals: shared with the devices.
        status: called about once a second with the simulated moment.
    """

    def __init__(
        self,
        devices: Sequence[FleetDevice],
        broker: Broker,
        schedule: Schedule,
        totals: Totals,
        status: Callable[[datetime | None], None] = lambda _at: None,
        clock: Clock | None = None,
    ) -> None:
        self._devices, self._broker, self._schedule = devices, broker, schedule
        self._totals, self._status, self._clock = totals, status, clock or SystemClock()
        self._stopping = asyncio.Event()
        self._pace: Pace | None = None

    def stop(self) -> None:
        """Take no more photos; `run` then ends as it would at its end."""
        self._stopping.set()

    async def run(self) -> dict[str, Any]:
        """All photos, until the cloud has acknowledged them.

        Returns:
            The totals, and how long opening, sending and draining took.

        Raises:
            UnavailableError: the broker does not admit the devices in time.
        """
        began = self._clock.monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                await self._open_all()
                opened = self._clock.monotonic()
                keepers = [group.create_task(self._keep_alive()), group.create_task(self._keep_open())]
                keepers.append(group.create_task(self._tell()))
                await self._take_photos()
                taken = self._clock.monotonic()
                await self._drain()
                ended = self._clock.monotonic()
                for keeper in keepers:
                    keeper.cancel()
        except* UnavailableError as errors:
            raise errors.exceptions[0] from None
        finally:
            await self._close_all()
        spans = {"opening_s": opened - began, "sending_s": taken - opened, "draining_s": ended - taken}
        summary = self._totals.summary(ended - opened)
        return {"devices": len(self._devices), **summary, **{name: round(span, 2) for name, span in spans.items()}}

    async def _open_all(self) -> None:
        """Not all at once: a fleet that comes back after a power cut is spread by its devices' own back-off, too."""
        gate = asyncio.Semaphore(_OPENING_AT_ONCE)

        async def open_one(device: FleetDevice) -> None:
            async with gate:
                await self._open(device, self._clock.monotonic() + self._schedule.admitted_within_s)

        await asyncio.gather(*(open_one(device) for device in self._devices))

    async def _open(self, device: FleetDevice, deadline: float = float("inf")) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            try:
                await device.open(self._broker)
            except UnavailableError:
                if self._clock.monotonic() > deadline:
                    raise
                await asyncio.sleep(pause * (0.5 + random.random()))
                pause = min(2 * pause, 30.0)
            else:
                return

    async def _take_photos(self) -> None:
        """Every photo when it is due, the earliest first."""
        waiting: list[tuple[datetime, int, ShelfState]] = []
        for number, device in enumerate(self._devices):
            if state := next(device.photos, None):
                waiting.append((state.at, number, state))
        if not waiting:
            return
        heapify(waiting)
        pace = self._pace = Pace(waiting[0][0], self._clock.now(), self._clock.monotonic(), self._schedule.speed)
        breathed = self._clock.monotonic()
        while waiting and not self._stopping.is_set():
            at, number, state = waiting[0]
            now = self._clock.monotonic()
            if (wait := pace.due_s(at) - now) > 0 or now - breathed > _BREATH_S:
                await self._pause(max(wait, 0.0))
                breathed = self._clock.monotonic()
                continue
            heappop(waiting)
            device = self._devices[number]
            self._totals.behind(now - pace.due_s(at))
            device.photograph(state, pace.due_at(at))
            if following := next(device.photos, None):
                heappush(waiting, (following.at, number, following))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            await asyncio.sleep(0)

    async def _drain(self) -> None:
        deadline = self._clock.monotonic() + self._schedule.drained_within_s
        while self._totals.unacked and self._clock.monotonic() < deadline:
            await asyncio.sleep(0.05)

    async def _keep_alive(self) -> None:
        """Pings and reminders of each device every `_TICK_S`, its health every `_HEALTH_S`, spread over that time."""
        rounds = 0
        while True:
            for number, device in enumerate(self._devices):
                device.tick()
                if (number + rounds) % round(_HEALTH_S / _TICK_S) == 0:
                    device.say_health()
                if number % 50 == 49:
                    await asyncio.sleep(_TICK_S * 50 / max(len(self._devices), 50))
            rounds += 1
            await asyncio.sleep(_TICK_S if len(self._devices) < 50 else 0)

    async def _keep_open(self) -> None:
        """A session that was lost is opened again."""
        async with asyncio.TaskGroup() as group:
            for device in self._devices:
                group.create_task(self._keep_one_open(device))

    async def _keep_one_open(self, device: FleetDevice) -> None:
        while True:
            await device.lost.wait()
            await asyncio.sleep(random.random())
            await self._open(device)
            self._totals.reconnects += 1

    async def _tell(self) -> None:
        while True:
            at = self._pace.now(self._clock.monotonic()) if self._pace else None
            self._status(at)
            await asyncio.sleep(1.0)

    async def _close_all(self) -> None:
        for device in self._devices:
            device.close()
        await asyncio.sleep(0.2)  # the sockets take what was written last
