"""Where a demo runs: its folders, its ports, and that it has them for itself."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facings.errors import UnavailableError
from firmware_sim.world.week.job import WeekJob

_PORTS = {
    "FACINGS_CLOUD_HTTP__PORT": 8080,
    "FACINGS_CLOUD_BROKER__MQTT_PORT": 1883,
    "FACINGS_CLOUD_BROKER__WEBSOCKET_PORT": 9001,
}


@dataclass(frozen=True)
class Plan:
    """What to run and where: a week that is shipped, or one that is made by `job` (of the two, the other is None)."""

    root: Path
    summary: Path
    once: bool
    shipped: Path | None
    job: WeekJob | None

    @property
    def gallery(self) -> Path:
        """Pictures of each SKU, for the devices; kept for the next run, as the week is."""
        return self.root / "gallery"

    @property
    def cloud(self) -> Path:
        """Data of the cloud, fresh each run."""
        return self.root / "cloud"

    @property
    def edge(self) -> Path:
        """Settings and state of the devices, fresh each run."""
        return self.root / "edge"

    @property
    def logs(self) -> Path:
        """What the programs say."""
        return self.root / "logs"

    @property
    def sign_in(self) -> Path:
        """Address and sign-in of the running demo, as JSON."""
        return self.root / "sign-in.json"


@contextmanager
def only_demo_in(root: Path) -> Iterator[None]:
    """Keep other demos out of `root`.

    Raises:
        UnavailableError: one is in it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UnavailableError(f"a demo runs already in {root}: stop it with Ctrl-C first") from error
        yield


def port_settings() -> tuple[dict[str, str], list[str]]:
    """The cloud's ports as its environment names them, 0 for a free one; and which usual ones are in use."""
    settings = {name: str(port if _is_free(port) else 0) for name, port in _PORTS.items()}
    return settings, [str(port) for name, port in _PORTS.items() if settings[name] == "0"]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def disk_mb(folder: Path) -> float:
    """Size of all files below `folder`, megabytes."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
