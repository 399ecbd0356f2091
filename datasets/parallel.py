"""Runs a function over many items in processes, with progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

import cv2
from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


def for_each(work: Callable[[Item], None], items: Sequence[Item], workers: int, title: str, console: Console) -> None:
    """Calls `work` once per item, in `workers` processes (in this one where 1); the first error ends it."""
    if workers <= 1 or len(items) <= 1:
        for item in track(items, title, console=console):
            work(item)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            for future in track(as_completed(futures), title, total=len(futures), console=console):
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _one_thread() -> None:
    cv2.setNumThreads(1)
