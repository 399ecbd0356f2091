"""Every fault of the simulated hardware against the real daemon, broker and cloud: told, survived, nothing lost.

`python -m tests.support.fault_docs` writes what happened to docs/faults.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from firmware_sim.scenario.steps import KINDS
from tests.support.cloud import RunningCloud
from tests.support.fault_bench import Outcome, one_scene
from tests.support.fault_cases import CASES, FaultCase, all_faults
from tests.support.small_disk import can_mount, need_small_disk


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Outcome]]]:
    folder = tmp_path_factory.mktemp("faults")
    photos = one_scene(folder)
    possible = [case for case in CASES if can_mount() or not case.needs_disk]
    with RunningCloud(folder / "cloud") as cloud, all_faults(folder, cloud, photos, possible) as running:
        yield running


def test_every_fault_has_a_case() -> None:
    assert {case.fault for case in CASES} == set(KINDS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_the_daemon_tells_and_survives(outcomes: dict[str, Future[Outcome]], case: FaultCase) -> None:
    if case.needs_disk:
        need_small_disk()
    outcome = outcomes[case.fault].result()
    assert (outcome.twice, outcome.strange) == (0, 0), "a picture is stored twice, or is none of the camera's"
    missing = outcome.given - outcome.stored
    assert missing == 0 or case.gives_up or missing <= case.unsaid, "a photo is lost"
    assert missing <= outcome.untaken + outcome.given_up + case.unsaid, "a photo is lost without a word"
    if case.alarm:
        assert outcome.alarms().count(case.alarm) == 1, outcome.alarms()
        assert all(event.reason for event in outcome.of_kind("alarm"))
    assert set(outcome.alarms()) <= {case.alarm}
    if case.untaken:
        assert any(case.untaken in event.reason for event in outcome.of_kind("photo-not-taken"))
    assert outcome.kept >= case.waits
