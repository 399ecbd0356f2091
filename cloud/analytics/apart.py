"""Long computations in a process of their own, at a low priority: ingest and the pages keep theirs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from facings.errors import UnavailableError

_NICE = 10
_LOOK_EVERY_S = 0.2

Given = ParamSpec("Given")
Found = TypeVar("Found")


def apart(
    stopping: threading.Event, compute: Callable[Given, Found], *given: Given.args, **named: Given.kwargs
) -> Found:
    """`compute`, in another process, which ends at once when `stopping` is set.

    Raises:
        UnavailableError: it was stopped, or killed.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_step_back) as pool:
        process = pool.submit(os.getpid).result()
        answer = pool.submit(compute, *given, **named)
        try:
            while not stopping.is_set():
                try:
                    return answer.result(_LOOK_EVERY_S)
                except TimeoutError:
                    continue
            os.kill(process, signal.SIGTERM)
        except BrokenProcessPool:
            pass
    raise UnavailableError("the work in the background was stopped; it is computed later")


def _step_back() -> None:
    os.nice(_NICE)
