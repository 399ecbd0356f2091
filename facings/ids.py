"""Ids of the house: what they look like and how new ones are made."""

from __future__ import annotations

import os
import re
import time
import uuid
from typing import Annotated

from pydantic import Field

SLUG_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
"""Lower-case letters, digits and inner dashes, at most 64: an id serves as topic level, NATS token and file name."""

Slug = Annotated[str, Field(pattern=SLUG_PATTERN, description="lower-case letters, digits and dashes, at most 64")]

_SLUG = re.compile(SLUG_PATTERN)


def is_slug(text: str) -> bool:
    """Whether `text` can serve as a tenant, device, cooler, outlet or SKU id.

    Example:
        >>> is_slug("cooler-01"), is_slug("Cooler 1"), is_slug("a.b")
        (True, False, False)
    """
    return _SLUG.fullmatch(text) is not None


def uuid7() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562, section 5.7): sorts by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
