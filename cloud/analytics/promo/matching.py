"""Controls for the outlets of a promotion: alike in kind, and alike in what they sold before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cloud.analytics.promo.panel import BoolArray, FloatArray, IntArray, PanelError
from cloud.analytics.promo.sellout import Outlet


@dataclass(frozen=True, slots=True)
class Matching:
    """How alike controls must be."""

    caliper: float = 1.5
    """Most that level, trend and each covariate may differ, in standard deviations over all outlets."""
    least_controls: int = 3
    """Fewer controls than this within the caliper, and a promoted outlet has no match."""
    least_matched: float = 0.5
    """With a smaller part of the promoted outlets matched, the study is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Promoted outlets of one region and class, and the controls of the same that are alike; indices."""

    treated: IntArray
    controls: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """The cells, who found no match, and how much treated and controls differ."""

    cells: tuple[Cell, ...]
    unmatched: IntArray
    imbalance: dict[str, float]
    """Standardised mean difference by feature, within cells."""


def match(
    outlets: Sequence[Outlet], treated: IntArray, controls: IntArray, before: FloatArray, wanted: Matching
) -> Matched:
    """Promoted outlets with the outlets of their region and class that are within the caliper.

    Matching is loose on purpose: controls picked for their chance sales before would fall back to their own mean, and
    bias the difference (Daw & Hatfield 2018). It keeps out what is of another kind; the difference does the rest.

    Args:
        outlets: all of them.
        treated: indices of the promoted ones.
        controls: indices of those that may serve.
        before: (outlets, days) units before the promotion.
        wanted: how alike.

    Raises:
        PanelError: too few promoted outlets have a match.
    """
    names, features = _features(outlets, before)
    kinds: dict[tuple[str, str], list[int]] = defaultdict(list)
    for unit in treated:
        kinds[outlets[unit].region, outlets[unit].outlet_class].append(int(unit))
    cells, unmatched = [], []
    for kind, units in kinds.items():
        same = np.array([c for c in controls if (outlets[c].region, outlets[c].outlet_class) == kind], dtype=np.intp)
        apart = np.abs(features[units][:, None] - features[same]).max(axis=2)
        alike: BoolArray = np.asarray(apart <= wanted.caliper)
        found = alike.sum(axis=1) >= wanted.least_controls
        unmatched += [unit for unit, good in zip(units, found, strict=True) if not good]
        if found.any():
            cells.append(Cell(np.array(units, dtype=np.intp)[found], same[alike[found].any(axis=0)]))
    _check(treated, unmatched, wanted)
    return Matched(tuple(cells), np.array(unmatched, dtype=np.intp), _imbalance(names, features, cells))


def _features(outlets: Sequence[Outlet], before: FloatArray) -> tuple[list[str], FloatArray]:
    """Names and (outlets, features), in standard deviations over the outlets."""
    half = before.shape[1] // 2
    names = ["level", "trend", *outlets[0].covariates]
    if any(set(outlet.covariates) != set(names[2:]) for outlet in outlets):
        raise PanelError("every outlet needs the same covariates")
    columns = [before.mean(axis=1), before[:, half:].mean(axis=1) - before[:, :half].mean(axis=1)]
    columns += [np.array([outlet.covariates[name] for outlet in outlets]) for name in names[2:]]
    spread = [column.std() for column in columns]
    features: FloatArray = np.column_stack(
        [column / deviation if deviation > 0 else 0 * column for column, deviation in zip(columns, spread, strict=True)]
    )
    return names, features


def _check(treated: IntArray, unmatched: Sequence[int], wanted: Matching) -> None:
    if len(treated) - len(unmatched) < max(wanted.least_matched * len(treated), 1):
        raise PanelError(
            f"only {len(treated) - len(unmatched)} of {len(treated)} promoted outlets have {wanted.least_controls} or "
            f"more controls of their region and class within {wanted.caliper:g} standard deviations in level and "
            "trend: there is nothing fair to compare them with; leave outlets without the promotion next time"
        )


def _imbalance(names: Sequence[str], features: FloatArray, cells: Sequence[Cell]) -> dict[str, float]:
    units = sum(len(cell.treated) for cell in cells)
    gaps = [
        len(cell.treated) / units * (features[cell.treated].mean(axis=0) - features[cell.controls].mean(axis=0))
        for cell in cells
    ]
    return dict(zip(names, map(float, np.sum(gaps, axis=0)), strict=True))
