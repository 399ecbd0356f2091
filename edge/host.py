"""Several devices in one process: each isolated from the others, all reading with the same models."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from edge.daemon import Device
from edge.reader import Reader, SharedReader
from edge.settings import EdgeSettings, VisionSettings
from facings.errors import FacingsError
from facings.stopping import until_told_to_stop

LOG = logging.getLogger("edge")
POLL_S = 0.2


class Readers:
    """One loaded reader for all devices of a tenant whose vision settings are equal: a gallery is the tenant's."""

    def __init__(self, make: Callable[[VisionSettings], Reader]) -> None:
        self._make = make
        self._loaded: dict[tuple[str, VisionSettings], SharedReader] = {}

    def of(self, tenant: str, settings: VisionSettings) -> SharedReader:
        """The reader these settings ask for, loaded."""
        if (tenant, settings) not in self._loaded:
            reader = SharedReader(self._make(settings), settings.threads)
            reader.load()
            self._loaded[tenant, settings] = reader
        return self._loaded[tenant, settings]


def run_devices(devices: Sequence[EdgeSettings], readers: Readers, *, once: bool = False) -> bool:
    """Run until SIGTERM or SIGINT, or with `once` until every device is done; one that cannot start stops no other.

    Returns:
        Whether every device started.
    """
    running: list[Device] = []
    with until_told_to_stop() as told:
        try:
            for settings in devices:
                try:
                    device = Device(settings, readers.of(settings.tenant, settings.vision), once=once)
                    device.start()
                    running.append(device)
                except FacingsError as error:
                    LOG.error("%s/%s does not start: %s", settings.tenant, settings.device, error)
            while running and not told.wait(POLL_S) and not all(device.is_done for device in running):
                pass
        finally:
            _stop_together(running)
    return len(running) == len(devices)


def _stop_together(devices: Sequence[Device]) -> None:
    stopping = [threading.Thread(target=device.stop, name=f"stop {device.name}") for device in devices]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join()
