"""ultralytics' own `predict`, asked for its time photo by photo; in the training environment, where it is installed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facings.errors import UnavailableError

TRAINING_PYTHON = Path(".venv-train/bin/python")
EXPORTS = Path("runs/bench")
WAYS = ("square", "fitted")
"""How `predict` pads a photo: to the square of the default export, or no further than it must."""


class Rival:
    """A running `bench.parts.predict`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def predict_ms(self, way: str) -> float:
        """Processor milliseconds of one `predict` of the photo.

        Raises:
            UnavailableError: it ended.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(f"{way}\n")
            self._process.stdin.flush()
            return float(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise UnavailableError("ultralytics cannot be run here: see what it wrote above.") from error


@contextmanager
def rival(photo: Path) -> Iterator[Rival]:
    """ultralytics, ready to predict `photo`.

    Raises:
        UnavailableError: there is no training environment here.
    """
    if not TRAINING_PYTHON.exists():
        raise UnavailableError(f"{TRAINING_PYTHON} is not there: make it with `make setup-train`.")
    command = [str(TRAINING_PYTHON), "-m", "bench.parts.predict", str(photo), str(EXPORTS)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Rival(process)
    finally:
        process.communicate()
