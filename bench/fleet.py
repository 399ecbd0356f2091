"""Devices that one `facings sim fleet` runs beside one `facings up` on this machine, and the rate they hold.

Run it with `python -m bench.fleet [COOLERS [SPEED [DAYS]]]` (2000, 600, 1); it prints JSON. The fleet's own totals
come first; `stored` is what the cloud counts, each message once. `cpu_s` is processor time of the fleet, of the cloud
and of its broker over the run, `resident_mb` their memory at its end, `held` whether the fleet kept its simulated time
to within a second of the wall's.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.parts.running import Count, run
from bench.parts.saying import say
from tests.support.cloud import EMAIL, PASSWORD, TENANT, RunningCloud


def fleet_command(cloud: RunningCloud, keys: Path, coolers: int, speed: float, days: int) -> list[str]:
    """The fleet, against this cloud."""
    places = ["--url", cloud.url, "--broker", cloud.mqtt_url, "--tenant", TENANT, "--keys", str(keys)]
    size = ["--coolers", str(coolers), "--speed", f"{speed:g}", "--days", str(days), "--repeated", "0.01"]
    return [sys.executable, "-m", "facings.cli", "sim", "fleet", *places, *size]


def stored(cloud: RunningCloud) -> dict[str, int]:
    """Numbered messages by outcome, as the cloud counts them."""
    text = httpx.get(f"{cloud.url}/metrics").text
    found: dict[str, int] = {}
    for kind, outcome, count in re.findall(r'facings_messages_total\{kind="(\w+)",outcome="(\w+)"\} ([\d.e+]+)', text):
        if kind in {"observation", "event"}:
            found[outcome] = found.get(outcome, 0) + round(float(count))
    return found


class Watched:
    """Processor time and memory of the processes under test."""

    def __init__(self, **processes: int) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in processes.items()}
        self._last: dict[str, tuple[float, int]] = {}
        self._first = self._look()

    def look(self) -> None:
        """Note what they have used; one that has ended keeps its last figures."""
        self._last = self._last | self._look()

    def _look(self) -> dict[str, tuple[float, int]]:
        seen = {}
        for name, process in self._processes.items():
            try:
                times = process.cpu_times()
                seen[name] = (times.user + times.system, process.memory_info().rss)
            except psutil.Error:
                continue
        return seen

    def result(self) -> dict[str, Any]:
        """Seconds of processor time since the beginning, and megabytes at the end."""
        return {
            "cpu_s": {name: round(used - self._first[name][0], 1) for name, (used, _) in self._last.items()},
            "resident_mb": {name: round(memory / 1e6) for name, (_, memory) in self._last.items()},
        }


def main(coolers: Count = 2000, speed: Count = 600, days: Count = 1) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, RunningCloud(Path(folder) / "cloud") as cloud:
        environment = {**os.environ, "FACINGS_EMAIL": EMAIL, "FACINGS_PASSWORD": PASSWORD}
        command = fleet_command(cloud, Path(folder) / "keys.json", coolers, speed, days)
        began = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, env=environment, text=True) as fleet:
            watched = Watched(fleet=fleet.pid, cloud=cloud.endpoints["pid"], broker=cloud.broker_pid())
            while fleet.poll() is None:
                watched.look()
                time.sleep(1)
            assert fleet.stdout
            said = fleet.stdout.read()
        if not said:
            sys.exit(f"the fleet ended with {fleet.returncode}")
        totals = json.loads(said)
        result = {
            **totals,
            "coolers": coolers,
            "speed": speed,
            "days": days,
            "held": totals["worst_lag_s"] < 1.0,
            "whole_run_s": round(time.monotonic() - began, 1),
            "stored": stored(cloud),
            **watched.result(),
        }
    say(result)


if __name__ == "__main__":
    run(main)
