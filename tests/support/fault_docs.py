"""Runs every fault and writes what happened to docs/faults.md: `python -m tests.support.fault_docs`.

With names of faults it runs only those and prints their rows.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.cloud import RunningCloud
from tests.support.fault_bench import Event, Outcome, one_scene
from tests.support.fault_cases import CASES, FaultCase, all_faults

AT_ONCE = 3
"""Fewer than in the tests: the times are to be the daemon's, not the machine's."""

FILE = Path(__file__).parents[2] / "docs" / "faults.md"
HEAD = """# Faults and what becomes of them

Each row is one run of simulated hardware with that fault (`facings sim scenario faults` lists them) against the real
daemon, broker and cloud. The daemon takes a photo every two seconds; `tests/e2e/test_faults.py` asserts the same runs.
A photo is stored when its observation and its picture, with the bytes that the camera gave, are in the cloud.
Recovered means: a photo taken after the fault is stored, and the alarm has ended where it ends with its cause.

Made by `python -m tests.support.fault_docs`, as root, for it fills a disk; times are of that run.

| fault | what was done | what the daemon did | what arrived in the cloud | recovered after |
|---|---|---|---|---|
"""
TAIL = """
- Several faults ran at a time, each on a device of its own; times include the waits of a busy machine, and "the camera
  was still busy" is that machine's too.
- The daemon looks at its disk every 10 s and at its clock every 5 s, and lets no door alarm end in its first minute.
- `clock-jumped` ends ten minutes after the last jump, so its end is not in the table.
- In a power cut at most the picture under way is lost; everything the daemon had kept is on disk.

## Scenario files

`facings sim run SCENARIO` plays the same faults from a YAML file against a daemon of yours; `facings sim scenario check
SCENARIO` says what is wrong with the file, by line and field. Begin with `firmware_sim/scenario/examples/bad-day.yaml`.

| section | what |
|---|---|
| `coolers.NAME.camera` | `port`, `speed`, and `replay` (a folder) or `world` |
| `coolers.NAME.camera.world` | `cooler`, `seed`, `outlets`, `days`: [a living cooler](simulator.md) |
| `coolers.NAME.controller` | `port`, `speed`, `set_point`, `ambient`, `light`, `door_ajar_after`, `doors`, `shoppers` |
| `coolers.NAME.controller.doors` | openings: `at`, `for`, `every`; with `shoppers: true` also those of the world |
| `links.NAME` | `to` (HOST:PORT) and `port`: the daemon connects here instead of there |
| `computer` | `config`, `log`, `drift_ppm`: the daemon as a process whose power and clock can fail |
| `broker` | `pid_file` of a broker that is started again when it is killed, as `facings up` does |
| `disk` | `folder`, `size_mb`: a small disk for the daemon's `state_dir` (root mounts it) |
| `timeline` | faults: `fault`, `at`, `for`, `target` (a cooler or link) and parameters; without `for` to the end |
| `timeline`, of a camera | `shows`: only [the camera of that part](simulator.md#the-camera) of the cooler, as `upper` |
| `for` | when it ends; without it, with the last fault |

Durations are written as `500ms`, `10s`, `1m30s`, `2h`. The controller's registers are [here](registers.md).
"""


def row(case: FaultCase, outcome: Outcome) -> str:
    """The table's line of a fault."""
    done = outcome.done + (f" (`{case.parameters}`)" if case.parameters else "")
    cells = f"`{case.fault}`", done, _reaction(case, outcome), _arrival(outcome), f"{outcome.recovered_s:.1f} s"
    return f"| {' | '.join(cells)} |"


def _reaction(case: FaultCase, outcome: Outcome) -> str:
    told = [_told(event) for event in outcome.of_kind("alarm")]
    untaken = outcome.of_kind("photo-not-taken")
    for reason in dict.fromkeys(event.reason for event in untaken):
        count = sum(event.reason == reason for event in untaken)
        told.append(f"{count} x photo not taken: “{reason}”")
    if case.waits:
        told.append(f"kept up to {outcome.kept} messages until they were acknowledged")
    if outcome.log:
        told.append(f"logged {', '.join(f'“{line}”' for line in outcome.log)}")
    return "; ".join(told) or "went on; nothing to tell"


def _told(event: Event) -> str:
    if event.is_over:
        return f"“{event.reason}”"
    return f"alarm `{event.detail['alarm']}`: “{event.reason}”"


def _arrival(outcome: Outcome) -> str:
    stored = f"{outcome.stored} of {outcome.given} photos, each once"
    return stored if not outcome.untaken else f"{stored}; for {outcome.untaken} not taken, why"


def rows(cases: Sequence[FaultCase]) -> list[str]:
    """Run the faults; their lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = one_scene(folder)
        with RunningCloud(folder / "cloud") as cloud, all_faults(folder, cloud, photos, cases, AT_ONCE) as running:
            return [row(case, running[case.fault].result()) for case in cases]


def main() -> None:
    """Run all faults, or those named."""
    if os.geteuid() != 0:
        sys.exit("run it as root: a disk is mounted and filled")
    named = sys.argv[1:]
    table = rows([case for case in CASES if not named or case.fault in named])
    if named:
        sys.stdout.write("\n".join(table) + "\n")
    else:
        FILE.write_text(HEAD + "\n".join(table) + "\n" + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
