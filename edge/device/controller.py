"""The part that listens to the cooler's controller: door, temperatures, its own alarms, and whether it is there."""

from __future__ import annotations

import logging
from typing import Protocol

from edge.device.alarms import AlarmName, Alarms
from edge.device.door import DoorWatch
from edge.device.modbus import ControllerReading
from edge.peer import Peer
from facings.clock import Clock
from facings.errors import UnavailableError
from facings.worker import Worker, WorkingPart

LOST_AFTER = 3
"""Polls in a row that fail before the controller counts as lost: one lost packet is no event."""

ALARM_TEXTS: dict[AlarmName, str] = {
    "high-temperature": "the controller says that the cabinet has been too warm for too long",
    "sensor-failure": "the controller says that a temperature sensor failed",
    "door-ajar": "the controller says that the door has stood open for too long",
}


class Controller(Protocol):
    """A cooler controller that can be asked."""

    def read(self) -> ControllerReading:
        """Everything it says now.

        Raises:
            UnavailableError: it does not answer.
        """
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class ControllerWatch(WorkingPart):
    """Polls the controller every `poll_s` seconds. `latest` is what it said last, None while it is lost."""

    def __init__(
        self,
        controller: Controller,
        poll_s: float,
        door: DoorWatch,
        alarms: Alarms,
        clock: Clock,
        log: logging.Logger,
    ) -> None:
        super().__init__("controller", log)
        self._controller = controller
        self._poll_s = poll_s
        self._door = door
        self._alarms = alarms
        self._clock = clock
        self._peer = Peer("controller", log)
        self._failures = 0
        self.latest: ControllerReading | None = None

    def _work(self, worker: Worker) -> None:
        try:
            while not worker.stopping:
                self._poll()
                worker.wait(self._poll_s)
        finally:
            self._controller.close()

    def _poll(self) -> None:
        try:
            reading = self._controller.read()
        except UnavailableError as error:
            self._missed(str(error))
            return
        self._failures = 0
        self._peer.back()
        self._alarms.over("controller-lost")
        self.latest = reading
        self._door.see(reading, self._clock.monotonic())
        self._take_alarms(reading)

    def _missed(self, reason: str) -> None:
        self._failures += 1
        if self._failures == LOST_AFTER:
            self._peer.lost(reason)
            self._alarms.begin("controller-lost", f"the cooler's controller is lost: {reason}")
            self.latest = None

    def _take_alarms(self, reading: ControllerReading) -> None:
        on = {
            "high-temperature": reading.high_temperature,
            "sensor-failure": reading.sensor_failure,
            "door-ajar": reading.door_ajar,
        }
        for name, text in ALARM_TEXTS.items():
            if on[name]:
                self._alarms.begin(name, text, cabinet_c=reading.cabinet_c)
            else:
                self._alarms.over(name)
