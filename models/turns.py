"""Whoever changes a model's folder by what it holds takes turns: what one adds, another must not write over."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facings.errors import UnavailableError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process or thread is alone in `folder`, and be so until the block ends.

    It is the folder itself that is locked, so that nothing is left in it that would be packed with the model. Who reads
    only need not wait: files are written whole.

    Raises:
        UnavailableError: there is no such folder.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UnavailableError(f"No model in {folder}: the folder cannot be opened ({error.strerror}).") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
