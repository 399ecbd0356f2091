"""The estimate in a process of its own, at a low priority: ingest and the pages keep theirs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from cloud.analytics.sellout.answer import CoolerSellOut
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.records import CoolerRecord

_NICE = 10


def estimate_apart(records: Sequence[CoolerRecord], learning: Learning) -> list[CoolerSellOut]:
    """`estimate`, in another process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_step_back) as pool:
        return pool.submit(estimate, records, learning).result()


def _step_back() -> None:
    os.nice(_NICE)
