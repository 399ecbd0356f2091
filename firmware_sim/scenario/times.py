"""Durations as people write them: 500ms, 10s, 1m30s, 2h."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PART = r"(\d+(?:\.\d+)?)(ms|s|m|h|d)"
_WHOLE = re.compile(rf"([+-]?)((?:{_PART})+)")


def seconds(text: Any) -> Any:
    """Seconds from `1m30s`, `-2h` or a number of seconds.

    Example:
        >>> seconds("1m30s"), seconds("-2h"), seconds(5)
        (90.0, -7200.0, 5)
    """
    if not isinstance(text, str):
        return text
    found = _WHOLE.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(f"{text!r} is no duration: write it as 500ms, 10s, 1m30s or 2h")
    total = sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, found[2]))
    return -total if found[1] == "-" else total


def in_words(duration_s: float) -> str:
    """The shortest way to write a duration.

    Example:
        >>> in_words(90.0), in_words(0.5), in_words(-7200.0)
        ('1m30s', '500ms', '-2h')
    """
    if duration_s < 0:
        return f"-{in_words(-duration_s)}"
    if duration_s < 1 and duration_s:
        return f"{duration_s * 1000:g}ms"
    hours, rest = divmod(duration_s, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{value:g}{unit}" for value, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if value]
    return "".join(parts) or "0s"


_Duration = BeforeValidator(seconds)
Duration = Annotated[float, _Duration, Field(ge=0)]
"""A duration, seconds."""
Length = Annotated[float, _Duration, Field(gt=0)]
"""A duration longer than nothing, seconds."""
Shift = Annotated[float, _Duration]
"""A duration forward or, with a minus, back; seconds."""
