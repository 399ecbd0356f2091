"""What is wrong with an input, in the words that errors, logs and pages show."""

from __future__ import annotations

from pydantic import ValidationError

MOST_TOLD = 3


def faults(error: ValidationError, whole: str = "the file") -> list[str]:
    """Each fault with its place, as `lines.0.units: Input should be a valid integer`.

    Args:
        error: what pydantic found.
        whole: the place of a fault of all of the input; empty: such a fault stands alone.
    """
    found = []
    for item in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in item["loc"]) or whole
        what = item["msg"].removeprefix("Value error, ")  # which only says that a rule of ours found it
        found.append(f"{place}: {what}" if place else what)
    return found


def described(error: ValidationError, whole: str = "the file") -> str:
    """The first faults of `faults` in one line, and how many more there are."""
    found = faults(error, whole)
    told = "; ".join(found[:MOST_TOLD])
    return told if len(found) <= MOST_TOLD else f"{told}; and {len(found) - MOST_TOLD} more"
