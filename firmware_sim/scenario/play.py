"""Plays a scenario's timeline on its stage, telling each thing that happens."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from facings.clock import Clock, SystemClock
from firmware_sim.device.visits import Visit
from firmware_sim.scenario.faults import Undo, begin
from firmware_sim.scenario.model import DoorOpening, Scenario
from firmware_sim.scenario.stage import Stage
from firmware_sim.scenario.steps import Step
from firmware_sim.scenario.times import in_words


@dataclass(frozen=True)
class Happening:
    """One thing that the simulated hardware did: `at` seconds after the begin, to what, and in words."""

    at: float
    what: str
    target: str
    text: str


Tell = Callable[[Happening], None]
_Act = Callable[[], None]


@dataclass
class Player:
    """Does everything at its time until the scenario is over or `stopped` is set.

    Example:
        with a started stage: Player(scenario, stage, tell).play()
    """

    scenario: Scenario
    stage: Stage
    tell: Tell
    clock: Clock = field(default_factory=SystemClock)
    stopped: threading.Event = field(default_factory=threading.Event)
    _due: list[tuple[float, int, _Act]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _undo: dict[int, Undo] = field(default_factory=dict)

    def play(self) -> None:
        """Play to the end; what is still wrong then is put right.

        Raises:
            FacingsError: a fault cannot be made to happen.
        """
        self._plan()
        began = self.clock.monotonic()
        try:
            while self._due and not self._wait_until(began + self._due[0][0]):
                heapq.heappop(self._due)[2]()
            self._wait_for_end(began)
        finally:
            for undo in self._undo.values():
                undo()

    def _plan(self) -> None:
        for number, step in enumerate(self.scenario.timeline):
            self._add(step.at, self._beginning(number, step))
            if step.ends_at is not None:
                self._add(step.ends_at, self._ending(number, step))
        for name, cooler in self.scenario.coolers.items():
            for opening in cooler.controller.doors if cooler.controller else ():
                self._add(opening.at, self._opening(name, opening, opening.at))
            if cooler.controller and cooler.controller.shoppers:
                self._add_next_visit(name, self.stage.visits(name), 0.0)

    def _add(self, at: float, act: _Act) -> None:
        end = self.scenario.ends_at
        if end is None or at <= end:
            heapq.heappush(self._due, (at, next(self._order), act))

    def _wait_until(self, moment: float) -> bool:
        """Whether it was stopped before that."""
        return self.stopped.wait(max(0.0, moment - self.clock.monotonic()))

    def _wait_for_end(self, began: float) -> None:
        end = self.scenario.ends_at
        if end is None:
            self.stopped.wait()
        else:
            self._wait_until(began + end)

    def _beginning(self, number: int, step: Step) -> _Act:
        targets = self.scenario.targets(step)

        def act() -> None:
            self._undo[number] = begin(step, self.stage, targets)
            lasting = f" for {in_words(step.lasts)}" if step.lasts else ""
            self._say(step.at, step.fault, targets, f"{step.MEANS}{lasting}")

        return act

    def _ending(self, number: int, step: Step) -> _Act:
        targets = self.scenario.targets(step)

        def act() -> None:
            self._undo.pop(number)()
            assert step.ends_at is not None
            self._say(step.ends_at, step.fault, targets, "over")

        return act

    def _opening(self, cooler: str, opening: DoorOpening, at: float) -> _Act:
        def open_door() -> None:
            self._move_door(cooler, at, is_open=True)
            self._add(at + opening.lasts, lambda: self._move_door(cooler, at + opening.lasts, is_open=False))
            if opening.every:
                self._add(at + opening.every, self._opening(cooler, opening, at + opening.every))

        return open_door

    def _add_next_visit(self, cooler: str, visits: Iterator[Visit], free_at: float) -> None:
        """Plan the next visitor; whoever comes while the door is open finds it open and is no visit of his own."""
        visit = next((visit for visit in visits if visit.at >= free_at), None)
        if visit is None:
            return
        ends = visit.at + visit.lasts

        def come() -> None:
            self._move_door(cooler, visit.at, is_open=True)
            self._add(ends, lambda: self._move_door(cooler, ends, is_open=False))
            self._add_next_visit(cooler, visits, ends)

        self._add(visit.at, come)

    def _move_door(self, cooler: str, at: float, *, is_open: bool) -> None:
        with self.stage.controllers[cooler].now() as controller:
            controller.door.move(is_open)
        self._say(at, "door", [cooler], "the door is opened" if is_open else "the door is closed")

    def _say(self, at: float, what: str, targets: Sequence[str], text: str) -> None:
        self.tell(Happening(at, what, ", ".join(targets), text))
