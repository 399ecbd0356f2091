"""The door as polls tell it: openings, missed ones, a switch that is stuck."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.device.alarms import Alarms
from edge.device.door import Door, DoorNews, DoorWatch
from edge.device.identity import Identity
from edge.device.modbus import ControllerReading
from edge.device.reporter import Reporter
from edge.uplink.outbox import Outbox
from edge.uplink.store import Store
from facings.clock import SystemClock
from facings.messages import Event

LOG = logging.getLogger("test")
CLOSED, OPEN = False, True


def reading(is_open: bool, openings: int, unchanged_s: float) -> ControllerReading:
    return ControllerReading(
        door_open=is_open,
        light_on=True,
        compressor_running=False,
        defrost_active=False,
        high_temperature=False,
        sensor_failure=False,
        door_ajar=False,
        cabinet_c=4.0,
        evaporator_c=-6.0,
        ambient_c=22.0,
        door_openings=openings,
        door_unchanged_s=unchanged_s,
        compressor_duty=0.4,
        uptime_s=1000,
        supply_v=230.0,
        firmware="1.00",
    )


NEWS = {
    "nothing at the first poll": ([(0, OPEN, 7, 3)], None),
    "nothing happened": ([(0, CLOSED, 7, 100), (1, CLOSED, 7, 101)], None),
    "opened": ([(0, CLOSED, 7, 99), (10, OPEN, 8, 2)], DoorNews("door-opened", 8, 8, 0, None, 1)),
    "closed after 6 s": (
        [(0, CLOSED, 7, 99), (10, OPEN, 8, 2), (15, CLOSED, 8, 1)],
        DoorNews("door-closed", 14, 8, 0, 6, 1),
    ),
    "opened and closed between two polls": (
        [(0, CLOSED, 7, 99), (10, CLOSED, 8, 2)],
        DoorNews("door-closed", 8, 8, 1, None, 2),
    ),
    "closed and opened again between two polls": (
        [(0, CLOSED, 7, 99), (10, OPEN, 8, 2), (20, OPEN, 9, 1)],
        DoorNews("door-opened", 19, 9, 0, None, 2),
    ),
    "three openings, one seen": (
        [(0, CLOSED, 7, 99), (10, OPEN, 10, 1)],
        DoorNews("door-opened", 9, 10, 2, None, 5),
    ),
    "closed, with an opening missed": (
        [(0, OPEN, 7, 99), (10, CLOSED, 8, 1)],
        DoorNews("door-closed", 9, 8, 1, None, 3),
    ),
    "open since before the daemon, then closed": (
        [(0, OPEN, 7, 30), (10, CLOSED, 7, 0)],
        DoorNews("door-closed", 10, 7, 0, 40, 1),
    ),
    "open since nobody knows when": (
        [(0, OPEN, 7, 65535), (10, CLOSED, 7, 0)],
        DoorNews("door-closed", 10, 7, 0, None, 1),
    ),
    "the counter wraps": ([(0, CLOSED, 2**32 - 1, 99), (10, OPEN, 0, 1)], DoorNews("door-opened", 9, 0, 0, None, 1)),
    "another controller": ([(0, CLOSED, 90_000, 99), (10, OPEN, 3, 1)], DoorNews("door-opened", 9, 3, 0, None, 1)),
}


@pytest.mark.parametrize(("polls", "news"), NEWS.values(), ids=NEWS)
def test_what_a_poll_tells(polls: list[tuple[float, bool, int, float]], news: DoorNews | None) -> None:
    door = Door()
    told = [door.see(reading(*state), now) for now, *state in polls]
    assert told[-1] == news


@dataclass
class Watched:
    """A door watch with its outbox; `polls` once a second."""

    watch: DoorWatch
    outbox: Outbox
    moves: list[tuple[str, float]] = field(default_factory=list)

    def events(self, kind: str) -> list[Event]:
        found = [Event.from_wire(row.payload) for row in self.outbox.after(0, 1000)]
        return [event for event in found if event.kind == kind]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    store = Store(tmp_path, LOG)
    outbox = Outbox(store, Identity("acme", "cooler-01"), LOG)
    reporter = Reporter(store, outbox, SystemClock(), LOG)
    alarms = Alarms(store, reporter, LOG)
    found = Watched(DoorWatch(alarms, reporter, stuck_s=600, most_changes=20), outbox)
    found.watch.on_opened = lambda at: found.moves.append(("opened", at))
    found.watch.on_closed = lambda at: found.moves.append(("closed", at))
    for part in (store, outbox, alarms):
        part.start()
    yield found
    store.stop()


def test_openings_and_closings_are_told_with_the_counter_and_the_seconds(watched: Watched) -> None:
    for now, *state in [(0, CLOSED, 7, 99), (10, OPEN, 8, 1), (30, CLOSED, 8, 1), (40, CLOSED, 10, 2)]:
        watched.watch.see(reading(*state), now)
    assert [event.detail for event in watched.events("door-opened")] == [{"openings": 8}]
    assert [event.detail for event in watched.events("door-closed")] == [
        {"openings": 8, "open_s": 20.0},
        {"openings": 10, "missed": 2},
    ]
    assert watched.moves == [("opened", 9), ("closed", 29), ("closed", 38)]
    assert not watched.events("alarm")


def test_a_door_open_for_too_long_is_one_alarm_which_ends_when_it_is_closed(watched: Watched) -> None:
    watched.watch.see(reading(CLOSED, 7, 99), 0)
    for now in range(10, 1000, 10):
        watched.watch.see(reading(OPEN, 8, now - 9), now)
    watched.watch.see(reading(CLOSED, 8, 1), 1000)
    began, over = watched.events("alarm")
    assert (began.detail["alarm"], began.detail.get("over")) == ("door-stuck", None)
    assert "open for 60" in began.reason
    assert (over.detail["alarm"], over.detail["over"]) == ("door-stuck", True)
    assert [kind for kind, _ in watched.moves] == ["opened", "closed"]
    assert watched.events("door-closed")[0].detail["open_s"] == 990.0


def test_a_switch_that_flutters_is_one_alarm_and_is_not_listened_to_until_it_is_calm(watched: Watched) -> None:
    state, openings = CLOSED, 0
    watched.watch.see(reading(state, openings, 99), 0)
    for now in range(1, 301):
        state, openings = not state, openings + (not state)
        watched.watch.see(reading(state, openings, 0), now)
    heard = len(watched.moves)
    assert heard == 21  # 20 changes, and then one that says: take no photo
    assert watched.moves[-1][0] == "opened"
    assert len(watched.events("alarm")) == 1
    for now in range(301, 362):
        watched.watch.see(reading(state, openings, now - 300), now)
    began, over = watched.events("alarm")
    assert "flutters" in began.reason
    assert over.detail == {"alarm": "door-stuck", "over": True, "unheard_changes": 280}
    assert watched.moves[heard:] == [("closed", 360)]
    assert len(watched.events("door-opened")) + len(watched.events("door-closed")) == 20
