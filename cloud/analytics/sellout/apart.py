"""The estimate in a process of its own, at a low priority: ingest and the pages keep theirs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from cloud.analytics.apart import apart
from cloud.analytics.sellout.answer import CoolerSellOut
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.records import CoolerRecord


def estimate_apart(
    records: Sequence[CoolerRecord], learning: Learning, stopping: threading.Event | None = None
) -> list[CoolerSellOut]:
    """`estimate`, in another process, which ends at once when `stopping` is set.

    Raises:
        UnavailableError: it was stopped, or killed.
    """
    return apart(stopping or threading.Event(), estimate, records, learning)
