"""Missing values of a panel: what is left out, and what is filled.

Weights need every unit in every period. In this order: periods without any value, or that more than half of the units
lack, are left out; then units that lack more than a quarter of the periods; then what is missing still is filled from a
two-way additive fit (unit + period), before the treatment over all units, from its beginning on within the units that
share its course. A treated cell that no unit of its course knows is left out of the effect.
"""

from __future__ import annotations

import numpy as np

from cloud.analytics.promo.panel import BoolArray, FloatArray, IntArray, Panel, PanelError

MOST_OF_A_PERIOD = 0.5
MOST_OF_A_UNIT = 0.25
_ROUNDS = 200
_LEFT_OUT = 3


def without_gaps(panel: Panel, state: IntArray, warnings: list[str]) -> tuple[Panel, IntArray]:
    """The panel with every cell known, and the state of each cell; what was done is added to `warnings`.

    Raises:
        PanelError: no treated unit, no control, or no period before or under treatment is left.
    """
    units, periods = _kept(panel, warnings)
    state = state[np.ix_(units, periods)]
    _check(panel, state)
    outcome = panel.outcome[np.ix_(units, periods)]
    missing = np.isnan(outcome)
    if missing.any():
        outcome, state = filled(outcome, state)
        warnings.append(
            f"{int(missing.sum())} of {missing.size} values are missing ({missing.mean():.1%}) and were filled from a "
            "fit of unit plus period; a missing row is not taken for zero: write zeros where nothing was sold"
        )
        _check(panel, state)
    names = tuple(panel.units[unit] for unit in units), tuple(panel.times[period] for period in periods)
    return Panel(*names, outcome, panel.treated[np.ix_(units, periods)]), state


def _kept(panel: Panel, warnings: list[str]) -> tuple[IntArray, IntArray]:
    missing = np.isnan(panel.outcome)
    if missing.all():
        raise PanelError("the outcome is missing everywhere")
    treated = panel.treated.any(axis=1)
    lacking = missing.mean(axis=0) > MOST_OF_A_PERIOD
    lacking |= missing[treated].all(axis=0) | missing[~treated].all(axis=0)
    periods = np.flatnonzero(~lacking)
    if not periods.size:
        raise PanelError("no period is known of both treated units and controls")
    poor = missing[:, periods].mean(axis=1) > MOST_OF_A_UNIT
    for what, left_out in (("periods", lacking), ("units", poor)):
        if left_out.any():
            named = np.array(panel.times if what == "periods" else panel.units)[left_out]
            listed = ", ".join(named[:5]) + (", ..." if named.size > 5 else "")
            warnings.append(f"{int(left_out.sum())} {what} with too many missing values are left out: {listed}")
    return np.flatnonzero(~poor), periods


def _check(panel: Panel, state: IntArray) -> None:
    during = (state == 1).any(axis=1)
    missing_out = f"(of {len(panel.units)} units and {len(panel.times)} periods)"
    if not during.any():
        raise PanelError(f"no treated unit is left after those with too many missing values are left out {missing_out}")
    if during.all() or not (state[~during] == 0).all(axis=1).any():
        raise PanelError(f"no control is left after units with too many missing values are left out {missing_out}")
    if not (state[during] == 0).any(axis=1).all():
        raise PanelError(
            f"no period before the treatment is left without those that have too many missing values {missing_out}"
        )


def filled(outcome: FloatArray, state: IntArray) -> tuple[FloatArray, IntArray]:
    """The outcome with its gaps filled as above, and the state with what is unknown of a whole course marked."""
    outcome, state = outcome.copy(), state.copy()
    missing = np.isnan(outcome)
    unit, period = _two_way(outcome, ~missing & (state == 0))
    untreated = missing & (state == 0)
    outcome[untreated] = (unit[:, None] + period)[untreated]
    for course in np.unique(state[(state > 0).any(axis=1)], axis=0):
        rows = np.flatnonzero((state == course).all(axis=1))
        for at in np.flatnonzero((course > 0) & missing[rows].any(axis=0)):
            known = rows[~missing[rows, at]]
            unknown = rows[missing[rows, at]]
            if known.size:
                outcome[unknown, at] = unit[unknown] + (outcome[known, at] - unit[known]).mean()
            else:
                outcome[unknown, at], state[unknown, at] = unit[unknown], _LEFT_OUT
    return outcome, state


def _two_way(outcome: FloatArray, known: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Unit and period effects of the known cells by least squares: means of units and of periods in turn."""
    values = np.where(known, outcome, 0.0)
    per_unit, per_period = np.maximum(known.sum(axis=1), 1), np.maximum(known.sum(axis=0), 1)
    unit, period = np.zeros(len(outcome)), np.zeros(outcome.shape[1])
    for _ in range(_ROUNDS):
        unit = (values.sum(axis=1) - known @ period) / per_unit
        period = (values.sum(axis=0) - unit @ known) / per_period
    return unit, period
