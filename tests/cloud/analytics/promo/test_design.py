"""Who is compared with whom, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from cloud.analytics.promo.design import design
from cloud.analytics.promo.panel import Panel, PanelError, Row
from tests.support.panels import panel

FLAT = [1.0, 2.0, 3.0, 4.0]
NAN = float("nan")


def test_units_treated_at_different_times_are_cohorts_with_the_same_controls() -> None:
    made = design(panel([FLAT] * 4, [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]))
    assert [cohort.during.tolist() for cohort in made.cohorts] == [[1, 2, 3], [2, 3]]
    assert [cohort.controls.tolist() for cohort in made.cohorts] == [[2, 3], [2, 3]]


def test_where_all_are_treated_the_last_are_the_controls_until_they_begin() -> None:
    made = design(panel([FLAT] * 3, [[0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]]))
    assert made.times == ("0", "1", "2")
    assert [cohort.controls.tolist() for cohort in made.cohorts] == [[2]]
    assert "treated last" in made.warnings[0]


def test_a_treatment_that_ends_leaves_its_aftermath_out_and_says_so() -> None:
    made = design(panel([FLAT] * 3, [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    [cohort] = made.cohorts
    assert (cohort.before.tolist(), cohort.during.tolist(), cohort.after.tolist()) == ([0], [1], [2, 3])
    assert cohort.controls.tolist() == [1, 2]
    assert "the treatment ends" in made.warnings[0]


def test_units_always_treated_are_left_out() -> None:
    made = design(panel([FLAT] * 3, [[1, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]))
    assert made.units == ("u1", "u2")
    assert "1 units are treated from their first period on" in made.warnings[0]


@pytest.mark.parametrize(
    ("treated", "says"),
    [
        ([[0, 0], [0, 0]], "no unit is ever treated"),
        ([[1, 1], [0, 0]], "no period before the treatment"),
        ([[0, 1], [0, 1]], "there are no controls"),
    ],
)
def test_a_panel_that_cannot_tell_is_refused(treated: list[list[int]], says: str) -> None:
    with pytest.raises(PanelError, match=says):
        design(panel([[1.0, 2.0]] * 2, treated))


def test_a_few_gaps_are_filled_from_unit_and_period() -> None:
    rows = [[10.0 * unit + period for period in range(8)] for unit in range(4)]
    whole = panel(rows, [[0] * 6 + [1] * 2, *[[0] * 8] * 3])
    rows[2][3] = NAN
    made = design(panel(rows, whole.treated.tolist()))
    assert made.outcome == pytest.approx(whole.outcome, abs=1e-6)
    assert "1 of 32 values are missing" in made.warnings[0]


def test_a_gap_of_the_only_treated_unit_drops_the_period() -> None:
    rows = [[10.0 * unit + period for period in range(8)] for unit in range(4)]
    rows[0][7] = NAN
    made = design(panel(rows, [[0] * 6 + [1] * 2, *[[0] * 8] * 3]))
    assert made.times[-1] == "6"
    assert "1 periods with too many missing values are left out: 7" in made.warnings[0]


def test_a_treated_gap_beside_others_known_does_not_move_their_effect() -> None:
    rng = np.random.default_rng(1)
    outcome = rng.normal(size=(6, 8)) + 5 * np.repeat([[0] * 6 + [1] * 2], 6, axis=0) * np.array([[1]] * 2 + [[0]] * 4)
    treated = np.array([[0] * 6 + [1] * 2] * 2 + [[0] * 8] * 4)
    outcome[0, 7] = NAN
    made = design(panel(outcome.tolist(), treated.tolist()))
    assert made.outcome[0, 7] > 3


def test_a_unit_with_many_gaps_is_left_out() -> None:
    rows = [[1.0] * 8 for _ in range(4)]
    rows[3][:3] = [NAN] * 3
    made = design(panel(rows, [[0] * 6 + [1] * 2, *[[0] * 8] * 3]))
    assert made.units == ("u0", "u1", "u2")


def test_nothing_left_is_refused() -> None:
    with pytest.raises(PanelError, match="missing everywhere"):
        design(panel([[NAN, NAN], [NAN, NAN]], [[0, 1], [0, 0]]))
    with pytest.raises(PanelError, match="no period is known of both"):
        design(panel([[1, NAN], [NAN, 2]], [[0, 1], [0, 0]]))


def test_a_period_without_a_row_keeps_the_treatment_of_the_row_before() -> None:
    rows = [Row("a", "1", 1, False), Row("a", "2", 1, True), Row("b", "1", 1, False), Row("b", "3", 1, False)]
    assert Panel.of_rows(rows).treated.tolist() == [[False, True, True], [False, False, False]]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "no rows"),
        ([Row("a", "1", 1, False, 2), Row("a", "1", 2, False, 3)], "line 3: a second row of unit 'a' at time '1'"),
        ([Row("a", "1", float("inf"), False, 2)], "line 2: the outcome .* is infinite"),
    ],
)
def test_rows_that_make_no_panel_are_refused(rows: list[Row], says: str) -> None:
    with pytest.raises(PanelError, match=says):
        Panel.of_rows(rows)


def test_enough_of_those_treated_last_serve_as_controls() -> None:
    begins = [2, 2, 3, 4, 5, 6, 7, 8]
    treated = [[int(period >= begin) for period in range(10)] for begin in begins]
    made = design(panel([[1.0] * 10] * 8, treated))
    assert made.controls.tolist() == [3, 4, 5, 6, 7]
    assert made.times[-1] == "3"
