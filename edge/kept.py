"""What a device keeps on its disk until the cloud has it."""

from __future__ import annotations

import logging

from edge.capture.intake import Intake
from edge.device.identity import Identity
from edge.settings import EdgeSettings
from edge.uplink.occasions import Occasions
from edge.uplink.outbox import Outbox
from edge.uplink.quota import Quota
from edge.uplink.spool import Spool
from edge.uplink.store import Store


class Kept:
    """The messages (`outbox`) and photos (`spool`, `occasions`) of one device, within the room they may take.

    Photos come in through `intake`.
    """

    def __init__(self, settings: EdgeSettings, identity: Identity, log: logging.Logger) -> None:
        self.store = Store(settings.state_dir, log)
        self.outbox = Outbox(self.store, identity, log)
        self.spool = Spool(self.store)
        self.occasions = Occasions(self.store)
        room = settings.outbox.max_bytes, settings.uploads.max_bytes
        self.quota = Quota(self.store, self.outbox, self.spool, *room)
        self.intake = Intake(self.store, self.outbox, self.spool, self.quota, log)

    @property
    def is_empty(self) -> bool:
        """Whether every photo has been read and everything is acknowledged and uploaded."""
        return (self.spool.count("captured"), self.outbox.depth()[0], self.spool.count("read")) == (0, 0, 0)
