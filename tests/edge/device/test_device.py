"""The device about itself: commands in a table, vital signs, clock."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

import pytest

from edge.device.commands import REPLIES_KEPT, Commands
from edge.device.health import resident_memory_mb, temperature_c
from edge.device.identity import Identity, software_version, system_clock_state
from facings.errors import UnavailableError
from facings.messages import Command
from tests.support.messages import NOON


class Camera:
    """Counts what is asked of it."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self, _arguments: object) -> dict[str, object]:
        self.taken += 1
        return {"taken": self.taken}

    def break_down(self, _arguments: object) -> dict[str, object]:
        raise UnavailableError("the camera gave no photo")

    def burn(self, _arguments: object) -> dict[str, object]:
        raise ZeroDivisionError("smoke")


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def commands(camera: Camera) -> Commands:
    actions = {"snapshot": camera.take, "broken": camera.break_down, "burning": camera.burn}
    return Commands(Identity("acme", "cooler-01"), actions, lambda *_: True, logging.getLogger("test"))


ANSWERS = {
    "done": ("snapshot", {}, True, ""),
    "failed": ("broken", {}, False, "gave no photo"),
    "failed as nobody foresaw": ("burning", {}, False, "ZeroDivisionError: smoke"),
    "unknown": ("dance", {}, False, "known are broken, burning, snapshot"),
    "too late": ("snapshot", {"expires_at": NOON.replace(year=2020)}, False, "expired"),
}


@pytest.mark.parametrize(("name", "fields", "ok", "says"), ANSWERS.values(), ids=ANSWERS)
def test_every_command_is_answered(
    commands: Commands, name: str, fields: dict[str, object], ok: bool, says: str
) -> None:
    command = Command(id=uuid.uuid4(), **fields)
    reply = commands.answer(name, command)
    assert (reply.request, reply.ok) == (command.id, ok)
    assert says in reply.error


def test_a_command_delivered_twice_is_done_once(commands: Commands, camera: Camera) -> None:
    command = Command(id=uuid.uuid4())
    assert commands.answer("snapshot", command) == commands.answer("snapshot", command)
    assert camera.taken == 1
    for _ in range(REPLIES_KEPT):
        commands.answer("snapshot", Command(id=uuid.uuid4()))
    assert camera.taken == REPLIES_KEPT + 1


def test_what_cannot_be_measured_is_absent(tmp_path: Path) -> None:
    assert temperature_c(tmp_path) is None
    assert resident_memory_mb(tmp_path / "statm") is None
    for number, text in enumerate(("41500\n", "not a number", "63000\n")):
        zone = tmp_path / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "temp").write_text(text)
    assert temperature_c(tmp_path) == 63.0
    assert (resident_memory_mb() or 0) > 1


def test_the_kernel_tells_whether_the_clock_is_kept() -> None:
    state = system_clock_state()
    assert state.source == ("ntp" if state.synced else "system")
    assert software_version()
