"""Files that a bad disk or a bad line has changed."""

from __future__ import annotations

from collections.abc import Iterator


def flipped(content: bytes, step: int) -> Iterator[bytes]:
    """The file with every bit of one byte turned over: of the first, and of each `step`th after it in turn."""
    for at in range(0, len(content), step):
        yield content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
