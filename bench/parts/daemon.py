"""Memory of the edge daemon: the real one, in a process of its own, with models and gallery loaded, reading a photo.

It has no broker, so all it reads stays in its outbox, where it can be counted.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

from edge.uplink.glance import glance
from facings.errors import UnavailableError
from facings.replay import REPLAY_FILE, ReplayManifest, ReplayPhoto

READ = 5
PATIENCE_S = 120.0
LOOK_S = 0.5

CONFIG = """
tenant = "bench"
device = "cooler-1"
state_dir = "{folder}/state"

[broker]
url = "mqtt://127.0.0.1:9"

[camera]
kind = "replay"
folder = "{folder}"
speed = 60.0
repeat = true

[vision]
gallery = "{gallery}"

[uploads]
enabled = false
"""


@dataclass(frozen=True)
class Memory:
    """Of a process, in millions of bytes of RAM: what it holds, and the most it ever held."""

    resident_mb: int
    peak_mb: int


def memory_of(process: int) -> Memory:
    """Of the running process with this id; Linux only."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return Memory(round(kilobytes["VmRSS"] * 1.024e-3), round(kilobytes["VmHWM"] * 1.024e-3))


def daemon_memory(photo: Path, gallery: Path) -> Memory:
    """Memory of the daemon after it has read `photo` some times.

    Raises:
        UnavailableError: it ended, or has not read the photos within two minutes.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _set_up(folder, photo, gallery)
        with _daemon(folder) as process:
            _wait_until_read(folder, process)
            return memory_of(process.pid)


def _set_up(folder: Path, photo: Path, gallery: Path) -> None:
    copy(photo, folder)
    encoded = photo.read_bytes()
    entry = ReplayPhoto.model_validate(
        {
            "at": "2026-11-09T08:00:00Z",
            "file": photo.name,
            "sha256": hashlib.sha256(encoded).hexdigest(),
            "bytes": len(encoded),
        }
    )
    manifest = ReplayManifest(cooler="cooler-1", entries=(entry,))
    (folder / REPLAY_FILE).write_text(manifest.model_dump_json(), encoding="utf-8")
    (folder / "edge.toml").write_text(CONFIG.format(folder=folder, gallery=gallery), encoding="utf-8")


@contextmanager
def _daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "facings.cli", "edge", "run", str(folder / "edge.toml")], stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_read(folder: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            waiting = glance(folder / "state")
        except UnavailableError:
            waiting = {}
        if int(waiting.get("messages") or 0) > READ:
            return
        time.sleep(LOOK_S)
    said = (folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
    raise UnavailableError(f"the daemon did not read its photos: {said}")
