"""Faults that a simulated camera can be given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a camera."""

    NONE = "none"
    FROZEN = "frozen"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    BLACK = "black"
    WHITE = "white"
    MOVED = "moved"


@dataclass(frozen=True)
class Knock:
    """How a camera was moved: the picture's shift in shares of its width and height, and its turn in degrees."""

    shift_x: float = 0.18
    shift_y: float = 0.1
    turn_deg: float = 6.0
