"""The estimate in a process of its own, at a low priority: ingest and the pages keep theirs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from cloud.analytics.sellout.answer import CoolerSellOut
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.records import CoolerRecord
from facings.errors import UnavailableError

_NICE = 10
_LOOK_EVERY_S = 0.2


def estimate_apart(
    records: Sequence[CoolerRecord], learning: Learning, stopping: threading.Event | None = None
) -> list[CoolerSellOut]:
    """`estimate`, in another process, which ends at once when `stopping` is set.

    Raises:
        UnavailableError: it was stopped, or killed.
    """
    stopping = stopping or threading.Event()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_step_back) as pool:
        process = pool.submit(os.getpid).result()
        answer = pool.submit(estimate, records, learning)
        try:
            while not stopping.is_set():
                try:
                    return answer.result(_LOOK_EVERY_S)
                except TimeoutError:
                    continue
            os.kill(process, signal.SIGTERM)
        except BrokenProcessPool:
            pass
    raise UnavailableError("the estimate of sell-out was stopped; its days are computed later")


def _step_back() -> None:
    os.nice(_NICE)
