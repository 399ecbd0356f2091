"""The daemon with the square-counting reader, as a process of its own that a test can kill: settings JSON, [--once]."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from edge.host import Readers, run_devices
from edge.settings import EdgeSettings
from tests.support.cooler import SquareReader

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    settings = EdgeSettings.model_validate_json(Path(sys.argv[1]).read_text())
    ok = run_devices([settings], Readers(lambda _: SquareReader()), once="--once" in sys.argv)
    sys.exit(0 if ok else 1)
