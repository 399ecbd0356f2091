"""Topic names of the wire contract, version 1. No topic is spelt anywhere else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from facings.errors import MessageError
from facings.ids import is_slug

ROOT = "facings/1"

UPWARD = ("state", "birth", "observation", "event", "health", "config/reported")
"""What a device may publish, beside `cmd/{name}/reply`."""


@dataclass(frozen=True)
class DeviceTopics:
    """The topics of one device.

    Example:
        >>> DeviceTopics("acme", "cooler-01").observation
        'facings/1/acme/cooler-01/observation'
    """

    tenant: str
    device: str

    @property
    def base(self) -> str:
        """Everything of this device lies below it."""
        return f"{ROOT}/{self.tenant}/{self.device}"

    @property
    def state(self) -> str:
        """Retained: online, stopped, offline."""
        return f"{self.base}/state"

    @property
    def birth(self) -> str:
        """Sent at each connect."""
        return f"{self.base}/birth"

    @property
    def observation(self) -> str:
        """One message per photo."""
        return f"{self.base}/observation"

    @property
    def event(self) -> str:
        """What happened besides photos."""
        return f"{self.base}/event"

    @property
    def health(self) -> str:
        """Retained vital signs."""
        return f"{self.base}/health"

    @property
    def ack(self) -> str:
        """Down: what the cloud has stored."""
        return f"{self.base}/ack"

    @property
    def config_desired(self) -> str:
        """Down, retained."""
        return f"{self.base}/config/desired"

    @property
    def config_reported(self) -> str:
        """Up, retained."""
        return f"{self.base}/config/reported"

    @property
    def commands(self) -> str:
        """Filter for every command to this device (replies lie a level deeper and do not match)."""
        return f"{self.base}/cmd/+"

    def command(self, name: str) -> str:
        """Down: ask the device to do `name`."""
        return f"{self.base}/cmd/{name}"

    def reply(self, name: str) -> str:
        """Up: the answer to command `name`."""
        return f"{self.base}/cmd/{name}/reply"


@dataclass(frozen=True)
class KpiTopics:
    """The live numbers of one tenant: retained, cloud to pages and third parties. No device may be called `kpi`."""

    tenant: str

    @property
    def base(self) -> str:
        """Everything of this tenant's KPIs lies below it."""
        return f"{ROOT}/{self.tenant}/kpi"

    @property
    def overview(self) -> str:
        """The tenant in one message: `OverviewKpi`."""
        return f"{self.base}/overview"

    def cooler(self, cooler: str) -> str:
        """One cooler: `CoolerKpi`."""
        return f"{self.base}/cooler/{cooler}"

    @property
    def stockouts(self) -> str:
        """The open stock-outs: `StockoutList`."""
        return f"{self.base}/stockouts"

    @property
    def alerts(self) -> str:
        """The alerts that are open: `AlertList`."""
        return f"{self.base}/alerts"

    def alert(self, alert: uuid.UUID) -> str:
        """What happens to one alert, not retained: `AlertNotice`."""
        return f"{self.base}/alert/{alert}"


RESERVED_DEVICES = ("kpi", "gallery")
"""Names that stand where a device's would: no device may have them."""


def gallery_topic(tenant: str) -> str:
    """Down, retained, to all devices of a tenant: the gallery published last.

    Example:
        >>> gallery_topic("acme")
        'facings/1/acme/gallery/desired'
    """
    return f"{ROOT}/{tenant}/gallery/desired"


UPWARD_FILTERS = tuple(f"{ROOT}/+/+/{kind}" for kind in (*UPWARD, "cmd/+/reply"))
"""What the cloud subscribes to."""


@dataclass(frozen=True)
class UpwardTopic:
    """An upward topic taken apart."""

    tenant: str
    device: str
    kind: str


def parse_upward(topic: str) -> UpwardTopic:
    """Take the topic of an upward message apart.

    Raises:
        MessageError: the topic is none of the contract's.

    Example:
        >>> parse_upward("facings/1/acme/cooler-01/config/reported")
        UpwardTopic(tenant='acme', device='cooler-01', kind='config/reported')
    """
    levels = topic.split("/")
    if len(levels) < 5 or "/".join(levels[:2]) != ROOT:
        raise MessageError(f"topic {topic!r} is not of the form {ROOT}/TENANT/DEVICE/KIND")
    tenant, device, kind = levels[2], levels[3], "/".join(levels[4:])
    if not is_slug(tenant) or not is_slug(device):
        raise MessageError(f"topic {topic!r}: tenant and device are lower-case letters, digits and dashes")
    known = kind in UPWARD or (levels[4] == "cmd" and len(levels) == 7 and levels[6] == "reply")
    if not known:
        raise MessageError(f"topic {topic!r}: {kind!r} is no kind of upward message; known are {', '.join(UPWARD)}")
    return UpwardTopic(tenant, device, kind)
