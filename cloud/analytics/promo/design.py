"""Who is compared with whom, and when: cohorts of units with one course of treatment, and their controls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from cloud.analytics.promo.gaps import without_gaps
from cloud.analytics.promo.panel import FloatArray, IntArray, Panel, PanelError

_LEAST_LAST = 5
"""Of the units treated last, where they must serve as controls."""


class State(IntEnum):
    """Of a unit in a period."""

    BEFORE = 0
    """Never treated so far."""
    DURING = 1
    AFTER = 2
    """Was treated and is not now: neither its effect nor a control."""
    LEFT_OUT = 3
    """Nothing is known of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Units with one course of treatment, and the units they are compared with; all are indices."""

    treated: IntArray
    controls: IntArray
    before: IntArray
    """Periods before the treatment."""
    during: IntArray
    after: IntArray
    """Periods after it ended; mostly none."""

    @property
    def cells(self) -> int:
        """Unit-periods under treatment."""
        return len(self.treated) * len(self.during)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A panel made ready: no gaps, and every cohort with its controls.

    `outcome` is (units, periods).
    """

    units: tuple[str, ...]
    times: tuple[str, ...]
    outcome: FloatArray
    cohorts: tuple[Cohort, ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def treated(self) -> IntArray:
        """All units that were treated."""
        return np.concatenate([cohort.treated for cohort in self.cohorts])

    @property
    def controls(self) -> IntArray:
        """All units that serve as controls."""
        return np.unique(np.concatenate([cohort.controls for cohort in self.cohorts]))


def design(panel: Panel) -> Design:
    """The design of a panel.

    Controls are the units that are never treated. Where every unit is treated in the end, those treated last (five or a
    tenth of the units at least) serve as controls, and the panel ends when the first of them begins (Sun & Abraham
    2021). So nobody is ever compared with a unit already treated, which is what biases two-way fixed effects under
    staggered adoption (Goodman-Bacon 2021). Units treated from their first period on tell nothing and are left out.

    Raises:
        PanelError: nobody is treated, there are no controls, or nothing is known of the time before the treatment.
    """
    if not panel.treated.any():
        raise PanelError("no unit is ever treated: the treatment column is 1 where the unit is under treatment then")
    warnings: list[str] = []
    panel = _without_always_treated(panel, warnings)
    panel = _ending_before_the_last(panel, warnings)
    panel, state = without_gaps(panel, states(panel), warnings)
    cohorts = _cohorts(state)
    if any(len(cohort.after) for cohort in cohorts):
        warnings.append(
            "the treatment ends: the periods after it are left out of the effect, are nobody's control, and are "
            "reported as 'after'"
        )
    return Design(panel.units, panel.times, panel.outcome, cohorts, tuple(warnings))


def states(panel: Panel) -> IntArray:
    """The `State` of each cell, (units, periods)."""
    begun = np.maximum.accumulate(panel.treated, axis=1)
    return np.where(panel.treated, State.DURING, np.where(begun, State.AFTER, State.BEFORE)).astype(np.intp)


def part_of(panel: Panel, units: IntArray, periods: IntArray) -> Panel:
    """The panel of some units and periods."""
    cells = np.ix_(units, periods)
    return Panel(
        tuple(panel.units[unit] for unit in units),
        tuple(panel.times[period] for period in periods),
        panel.outcome[cells],
        panel.treated[cells],
    )


def _without_always_treated(panel: Panel, warnings: list[str]) -> Panel:
    first = (~np.isnan(panel.outcome)).argmax(axis=1)
    always = panel.treated[np.arange(len(panel.units)), first] | panel.treated[:, 0]
    if not always.any():
        return panel
    left = np.flatnonzero(~always)
    if not panel.treated[left].any():
        raise PanelError(
            "there is no period before the treatment: the treatment column is 1 only from the period on in which it "
            "began, and the panel must start before"
        )
    warnings.append(f"{int(always.sum())} units are treated from their first period on and are left out")
    return part_of(panel, left, np.arange(len(panel.times)))


def _ending_before_the_last(panel: Panel, warnings: list[str]) -> Panel:
    ever = panel.treated.any(axis=1)
    if not ever.all():
        return panel
    begins = panel.treated.argmax(axis=1)
    last = _horizon(begins)
    if (begins >= last).all():
        raise PanelError(
            "there are no controls: every unit is treated from the same period on; add units that were not treated"
        )
    warnings.append(
        f"every unit is treated in the end: the {int((begins >= last).sum())} treated last, from {panel.times[last]} "
        "on, serve as controls, and the panel ends before that"
    )
    return part_of(panel, np.arange(len(panel.units)), np.arange(last))


def _horizon(begins: IntArray) -> int:
    """The latest begin that leaves enough units not yet treated as controls; the last of all where none does."""
    enough = max(_LEAST_LAST, len(begins) // 10)
    for begin in np.unique(begins)[:0:-1]:
        if (begins >= begin).sum() >= enough:
            return int(begin)
    return int(begins.max())


def _cohorts(state: IntArray) -> tuple[Cohort, ...]:
    courses: dict[bytes, list[int]] = defaultdict(list)
    for unit, course in enumerate(state):
        courses[course.tobytes() if (course == State.DURING).any() else b""].append(unit)
    controls = np.array(courses.pop(b"", []), dtype=np.intp)
    return tuple(
        Cohort(
            np.array(units, dtype=np.intp),
            controls,
            *(np.flatnonzero(state[units[0]] == wanted) for wanted in (State.BEFORE, State.DURING, State.AFTER)),
        )
        for units in courses.values()
    )
