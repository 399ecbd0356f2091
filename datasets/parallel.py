"""Runs a function over many items in processes, with progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import TypeVar

import cv2
from rich.console import Console
from rich.progress import track

from facings.errors import UnavailableError

Item = TypeVar("Item")


def for_each(work: Callable[[Item], None], items: Sequence[Item], workers: int, title: str, console: Console,
             begin: Callable[[], None] | None = None) -> None:  # fmt: skip
    """Calls `work` once per item, in `workers` processes (in this one where 1); the first error ends it.

    Each of several processes first calls `begin`.

    Raises:
        UnavailableError: a process was ended from outside, mostly for want of memory.
    """
    if workers <= 1 or len(items) <= 1:
        for item in track(items, title, console=console):
            work(item)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(begin,)) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            for future in track(as_completed(futures), title, total=len(futures), console=console):
                future.result()
        except BrokenProcessPool as error:
            raise UnavailableError("a worker was ended from outside: run again, with fewer workers") from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin(begin: Callable[[], None] | None) -> None:
    cv2.setNumThreads(1)
    Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next item for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
