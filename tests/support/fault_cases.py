"""Every fault that simulated hardware knows, and what the daemon is to do about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.cloud import RunningCloud
from tests.support.fault_bench import FaultRun, Outcome

AT_ONCE = 8


@dataclass(frozen=True)
class FaultCase:
    """One fault.

    Attributes:
        fault: its name; the device is called so too.
        parameters: more of the step, in YAML.
        alarm: the alarm that is to begin; empty where none is.
        ends: whether the alarm ends soon after the fault.
        untaken: words in the reason of an event `photo-not-taken` that is to come.
        waits: messages that are to wait on the device while the fault lasts.
        gives_up: whether pictures that the camera gave may be missing, each with an event that says so.
        unsaid: how many may be missing without a word, as in a power cut.
        as_process: the daemon runs as a process of its own.
        alone: no other fault may be under way.
        camera_timeout_s: how long the daemon waits for the camera.
        needs_disk: a small disk is mounted and filled.
    """

    fault: str
    parameters: str = ""
    alarm: str = ""
    ends: bool = True
    untaken: str = ""
    waits: int = 0
    gives_up: bool = False
    unsaid: int = 0
    as_process: bool = False
    alone: bool = False
    camera_timeout_s: float = 10.0
    needs_disk: bool = False


CASES = (
    FaultCase("stuck-door-switch", "reads: open", alarm="door-stuck"),
    FaultCase("frozen-picture", alarm="camera-frozen"),
    FaultCase("camera-timeout", alarm="camera-lost", untaken="the camera", gives_up=True, camera_timeout_s=2.0),
    FaultCase("truncated-jpeg", alarm="camera-lost", untaken="cut off"),
    FaultCase("black-frame", alarm="camera-dark"),
    FaultCase("white-frame", alarm="camera-white"),
    FaultCase("moved-camera", alarm="camera-moved"),
    FaultCase("network-cut", waits=2),
    FaultCase("slow-link", "delay: 400ms, bytes_per_s: 150000"),
    FaultCase("clock-1970", alarm="clock-not-set"),
    FaultCase("clock-jump", "by: -2h", alarm="clock-jumped", ends=False),
    FaultCase("disk-full", alarm="disk-full", gives_up=True, needs_disk=True),
    FaultCase("sensor-failure", "sensor: cabinet", alarm="sensor-failure"),
    FaultCase("power-cut", unsaid=1, as_process=True),
    FaultCase("broker-restart", alone=True),
)


@contextmanager
def all_faults(
    folder: Path, cloud: RunningCloud, photos: Path, cases: Sequence[FaultCase] = CASES, at_once: int = AT_ONCE
) -> Iterator[dict[str, Future[Outcome]]]:
    """Every fault under way, several at once, each on a device of its own; those that need it alone come last."""
    runs = {case: _run_of(case, folder, cloud, photos) for case in cases}
    with ThreadPoolExecutor(at_once) as pool, ThreadPoolExecutor(1) as last:
        together = {case.fault: pool.submit(run_fault, case, run) for case, run in runs.items() if not case.alone}

        def when_the_others_are_done(case: FaultCase) -> Outcome:
            for future in together.values():
                future.exception()
            return run_fault(case, runs[case])

        alone = {case.fault: last.submit(when_the_others_are_done, case) for case in cases if case.alone}
        yield together | alone


def run_fault(case: FaultCase, run: FaultRun) -> Outcome:
    """Photos before, the fault and what it brings about, photos after; then whatever waits is delivered."""
    with run.running():
        run.wait("two photos before the fault", lambda: run.observed() >= 2)
        undo = begin_between_photos(run)
        try:
            _wait_for_reaction(case, run)
        finally:
            ended = time.monotonic()
            undo()
        given = len(run.camera.given)
        run.wait("a photo after the fault", lambda: _has_photo_after(run, given))
        if case.alarm and case.ends:
            run.wait("the end of the alarm", lambda: _is_over(run, case.alarm))
        recovered_s, log = time.monotonic() - ended, run.connections()
        run.drain()
        return run.outcome(recovered_s, log)


def begin_between_photos(run: FaultRun) -> Callable[[], None]:
    """Begin the fault just after a photo was kept, so that a power cut hits what is under way and not the camera."""
    given = len(run.camera.given)
    run.wait("a photo", lambda: len(run.camera.given) > given)
    run.wait("it is kept", lambda: bool(run.waiting()))
    return run.begin()


def _run_of(case: FaultCase, folder: Path, cloud: RunningCloud, photos: Path) -> FaultRun:
    step = f"fault: {case.fault}" + (f", {case.parameters}" if case.parameters else "")
    return FaultRun(folder / case.fault, cloud, photos, case.fault, step, case.as_process, case.camera_timeout_s)


def _wait_for_reaction(case: FaultCase, run: FaultRun) -> None:
    if case.alarm:
        run.wait(f"alarm {case.alarm}", lambda: _has_begun(run, case.alarm))
    if case.untaken:
        run.wait("photo-not-taken", lambda: any(case.untaken in e.reason for e in run.events()))
    if case.waits:
        run.wait("messages wait", lambda: int(run.waiting().get("messages") or 0) >= case.waits)
    if not (case.alarm or case.untaken or case.waits):
        given = len(run.camera.given)
        run.wait("photos go on", lambda: case.as_process or len(run.camera.given) >= given + 2)


def _has_begun(run: FaultRun, alarm: str) -> bool:
    return any(e.kind == "alarm" and e.detail.get("alarm") == alarm and not e.is_over for e in run.events())


def _is_over(run: FaultRun, alarm: str) -> bool:
    return any(e.kind == "alarm" and e.detail.get("alarm") == alarm and e.is_over for e in run.events())


def _has_photo_after(run: FaultRun, given: int) -> bool:
    after = {sha for sha, _ in run.camera.given[given:]}
    return bool(after & set(run.pictures()))
