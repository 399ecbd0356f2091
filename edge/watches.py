"""What watches over the device and its cooler: disk, clock, camera, controller and door, and the alarms they raise."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from edge.capture.door import DoorTrigger
from edge.capture.reference import REFERENCE_FILE, ReferenceView
from edge.capture.watch import CameraWatch
from edge.device.alarms import CAMERA_ALARMS, CONTROLLER_ALARMS, AlarmName, Alarms
from edge.device.camera_alarms import AlarmBook, CameraAlarms
from edge.device.controller import ControllerWatch
from edge.device.disk import DiskWatch
from edge.device.door import DoorWatch
from edge.device.identity import Identity
from edge.device.modbus import ControllerReading, ModbusController
from edge.device.reporter import Reporter
from edge.device.timekeeping import ClockWatch
from edge.settings import CameraSettings, EdgeSettings
from edge.uplink.outbox import Outbox
from edge.uplink.reserve import Reserve
from edge.uplink.store import Store
from edge.vision.photo import Photo
from facings.worker import Part


class Watches:
    """The watching parts of one device. `cameras` are those of live cameras, by name; `controller` is
    there where the settings have one.

    `parts` are started before photos are read, `controller` after everything else.
    """

    def __init__(
        self, settings: EdgeSettings, identity: Identity, store: Store, outbox: Outbox, log: logging.Logger
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._store = store
        self._log = log
        self._reporter = Reporter(store, outbox, identity.clock, log)
        self.alarms = Alarms(store, self._reporter, log, self._unwatched())
        self.reserve = Reserve(settings.state_dir)
        self.disk = DiskWatch(self.reserve, self.alarms, log)
        self.clock = ClockWatch(identity, self.alarms, log)
        self.cameras = self._camera_watches() if settings.is_live else {}
        watched = settings.controller
        self._door = DoorWatch(self.alarms, self._reporter, watched.door_stuck_s, watched.door_changes)
        self.controller = self._controller_watch() if watched.url else None

    def parts(self) -> Iterator[Part]:
        """In the order to start them; the store and the outbox run already."""
        yield from (self._reporter, self.alarms, self.disk, self.clock)
        yield from self.cameras.values()

    def connect_door(self, trigger: DoorTrigger) -> None:
        """Have `trigger` take photos when the door was closed."""
        self._door.on_opened, self._door.on_closed = trigger.on_opened, trigger.on_closed

    def cooler(self) -> ControllerReading | None:
        """What the controller said last; None without one, or while it is lost."""
        return self.controller.latest if self.controller else None

    def look(self, camera: str, photo: Photo) -> None:
        """Look at a photo that `camera` took."""
        if camera in self.cameras:
            self.cameras[camera].look(photo)

    def asked(self, camera: str, problem: str) -> None:
        """Note that `camera` was asked and gave a photo, or the problem that there is none."""
        if camera in self.cameras:
            self.cameras[camera].asked(problem)

    def _camera_watches(self) -> dict[str, CameraWatch]:
        cameras = self._settings.camera
        if len(cameras) == 1:
            return {cameras[0].name: self._camera_watch(cameras[0], self.alarms, REFERENCE_FILE)}
        together = CameraAlarms(self.alarms, [camera.name for camera in cameras])
        return {
            camera.name: self._camera_watch(camera, together.of(camera.name), f"view-{camera.name}.png")
            for camera in cameras
        }

    def _camera_watch(self, camera: CameraSettings, alarms: AlarmBook, file: str) -> CameraWatch:
        reference = ReferenceView(self._settings.state_dir, self._log, file)
        return CameraWatch(camera.frozen_after, reference, alarms, self._light_on)

    def _controller_watch(self) -> ControllerWatch:
        settings = self._settings.controller
        controller = ModbusController(settings)
        return ControllerWatch(controller, settings.poll_s, self._door, self.alarms, self._identity.clock, self._log)

    def _light_on(self) -> bool | None:
        latest = self.cooler()
        return latest.light_on if latest else None

    def _unwatched(self) -> tuple[AlarmName, ...]:
        """Alarms that nobody on this device looks after."""
        without_camera = () if self._settings.is_live else CAMERA_ALARMS
        return without_camera + (() if self._settings.controller.url else CONTROLLER_ALARMS)
