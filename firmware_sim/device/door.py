"""A cooler's door and the switch that tells the controller of it, which can stick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Door:
    """The door as it is (`is_open`) and as its switch says (`reads_open`): a stuck switch says one thing for ever.

    Attributes:
        openings: how often the switch has told of an opening.
        unchanged_s: seconds since the switch last changed.
    """

    is_open: bool = False
    openings: int = 0
    unchanged_s: float = 0.0
    _stuck: bool | None = None
    _reads_open: bool = False

    @property
    def reads_open(self) -> bool:
        """What the switch says."""
        return self._reads_open

    def move(self, is_open: bool) -> None:
        """Open or close it."""
        self.is_open = is_open
        self._read()

    def stick(self, reads_open: bool) -> None:
        """From now on the switch says this, whatever the door does."""
        self._stuck = reads_open
        self._read()

    def free(self) -> None:
        """The switch works again."""
        self._stuck = None
        self._read()

    def pass_time(self, seconds: float) -> None:
        """Let `seconds` go by."""
        self.unchanged_s += seconds

    def _read(self) -> None:
        reads = self.is_open if self._stuck is None else self._stuck
        if reads != self._reads_open:
            self.openings += reads
            self.unchanged_s = 0.0
        self._reads_open = reads
