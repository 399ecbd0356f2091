"""The edge daemon as its own process, with the real vision, replaying a folder of photos."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.cloud import TENANT, RunningCloud

FIRST = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
WITHIN_S = 180.0


def replay_of(photos: Iterable[Path], folder: Path, cooler: str) -> Path:
    """A replay folder of `photos`, one an hour; the photos are linked, not copied."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for hour, photo in enumerate(photos):
        (folder / photo.name).symlink_to(photo.resolve())
        encoded = photo.read_bytes()
        entries.append(
            {
                "at": (FIRST + timedelta(hours=hour)).isoformat(),
                "file": photo.name,
                "sha256": hashlib.sha256(encoded).hexdigest(),
                "bytes": len(encoded),
            }
        )
    (folder / "replay.json").write_text(json.dumps({"version": 1, "cooler": cooler, "entries": entries}))
    return folder


def photo_hashes(replay: Path) -> list[str]:
    """SHA-256 of each photo of a replay folder, sorted."""
    manifest = json.loads((replay / "replay.json").read_text())
    return sorted(entry["sha256"] for entry in manifest["entries"])


@dataclass
class RunningDaemon:
    """`facings edge run` for one device that is known to `cloud`; it replays `photos` as fast as it can read them."""

    folder: Path
    cloud: RunningCloud
    device: str
    photos: Path
    gallery: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        key = self.cloud.add_device(self.device)
        gallery = f'gallery = "{self.gallery}"\n' if self.gallery else ""
        self.config.write_text(
            f'tenant = "{TENANT}"\ndevice = "{self.device}"\nstate_dir = "{self.folder / "state"}"\n'
            f'[broker]\nurl = "{self.cloud.mqtt_url}"\npassword = "{key}"\n'
            f'[cloud]\nurl = "{self.cloud.url}"\n'
            f'[camera]\nkind = "replay"\nfolder = "{self.photos}"\nspeed = 1e6\n'
            f"[vision]\n{gallery}"
            "[gallery]\nspread_s = 0\n"
        )

    @property
    def config(self) -> Path:
        return self.folder / "edge.toml"

    @property
    def log_file(self) -> Path:
        return self.folder / "edge.log"

    def start(self, *options: str) -> None:
        """Start the process."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "facings.cli", "edge", "run", *options, str(self.config)], stdout=log, stderr=log
            )

    def finish(self) -> None:
        """Wait until a run with `--once` has delivered everything and ended well."""
        assert self.process
        try:
            code = self.process.wait(WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise AssertionError(f"the daemon is not done:\n{self.log_file.read_text()[-4000:]}") from None
        assert code == 0, self.log_file.read_text()[-4000:]

    def kill9(self) -> None:
        """Kill it in the middle of what it does."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Make sure that nothing is left running."""
        if self.process and self.process.poll() is None:
            self.kill9()
