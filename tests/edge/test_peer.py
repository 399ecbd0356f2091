"""What the parts share: a peer is told when it changes, waits spread out, work survives its errors."""

from __future__ import annotations

import logging

import pytest

import facings.worker
from edge.peer import Backoff, Peer
from facings.worker import Worker
from tests.support.acking_peer import wait_until

LOG = logging.getLogger("test")


def test_a_peer_is_told_once_per_reason_until_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    peer = Peer("broker", LOG)
    peer.back()
    for reason in ("refused", "timed out", "refused", "timed out"):
        peer.lost(reason)
    assert peer.is_lost
    peer.back()
    peer.back()
    peer.lost("refused")
    told = [record.message for record in caplog.records]
    assert told == ["broker: refused", "broker: timed out", "broker is back", "broker: refused"]


def test_waits_grow_to_a_ceiling_and_are_spread() -> None:
    backoff = Backoff(first_s=1, most_s=60)
    waits = [backoff.next_s() for _ in range(2000)]
    assert all(wait <= ceiling for wait, ceiling in zip(waits, (1, 2, 4, 8, 16, 32), strict=False))
    assert max(waits) <= 60
    assert 25 < sum(waits[10:]) / len(waits[10:]) < 35
    backoff.reset()
    assert backoff.next_s() <= 1


def test_work_that_fails_starts_again(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(facings.worker, "PAUSE_AFTER_FAILURE_S", 0.01)
    runs: list[int] = []

    def work(worker: Worker) -> None:
        runs.append(1)
        if len(runs) < 3:
            raise ZeroDivisionError("smoke")
        while worker.wait(10):
            pass

    worker = Worker("smoking", work, LOG)
    worker.start()
    wait_until(lambda: len(runs) == 3, "two failures and a good run")
    worker.stop()
    assert caplog.text.count("smoking failed") == 2
