"""Starts the daemon on a computer with a bad clock: `python -m firmware_sim.device.boot DRIFT_PPM CONFIG`.

The daemon is the one that is shipped and knows nothing of this: before it is imported, the machine's clock is replaced.
Lines on the standard input set the clock: `jump SECONDS`, `reset`, `correct`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from facings import clock as machine
from firmware_sim.device.clock import DriftingClock


def obey(clock: DriftingClock, lines: Iterable[bytes]) -> None:
    """Do with the clock what the lines say."""
    for line in lines:
        order, _, value = line.decode().strip().partition(" ")
        if order == "jump":
            clock.jump(timedelta(seconds=float(value)))
        elif order == "reset":
            clock.reset()
        elif order == "correct":
            clock.correct()


def main() -> None:
    """Replace the clock, then be `facings edge run CONFIG`."""
    clock = DriftingClock(drift_ppm=float(sys.argv[1]))
    machine.SystemClock = lambda: clock  # type: ignore[assignment,misc,return-value]
    orders = Path("/dev/stdin").open("rb", buffering=0)  # noqa: SIM115 - unbuffered: no lock is held when we end
    threading.Thread(target=obey, args=(clock, orders), name="clock", daemon=True).start()
    sys.argv = ["facings", "edge", "run", *sys.argv[2:]]
    from facings.cli import main as facings  # noqa: PLC0415 - after the clock

    facings()


if __name__ == "__main__":
    main()
