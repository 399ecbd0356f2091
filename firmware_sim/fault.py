"""Faults that simulated hardware can be given."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a camera."""

    NONE = "none"
    FROZEN = "frozen"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    BLACK = "black"
