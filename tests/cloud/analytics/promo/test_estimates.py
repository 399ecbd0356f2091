"""What the estimators find where the truth is known, and how their intervals are made."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cloud.analytics.promo.analysis import Wanted, analyse_panel
from cloud.analytics.promo.design import design
from cloud.analytics.promo.estimate import effects, total
from cloud.analytics.promo.inference import borrowed, jackknife, placebo, refitted_jackknife
from cloud.analytics.promo.over_time import long_run_variance
from cloud.analytics.promo.weights import did_weights, sdid_weights, synthetic_control_weights
from facings.errors import BadInputError
from tests.support.panels import noisy_panel, panel

ONE = np.ones(1)


def test_two_by_two_by_hand() -> None:
    answer = analyse_panel(panel([[1, 9], [2, 5], [4, 7]], [[0, 1], [0, 0], [0, 0]]))
    assert answer.did.effect == pytest.approx((9 - 1) - (3 + 3) / 2)
    assert answer.sdid.effect == pytest.approx(answer.did.effect)
    assert answer.estimator == "did"


def test_clustered_standard_error_is_that_of_two_means_of_changes() -> None:
    made = noisy_panel(1)
    pieces = effects([made.outcome], did_weights)(design(made).cohorts)
    change = made.outcome[:, 12:].mean(axis=1) - made.outcome[:, :12].mean(axis=1)
    treated, controls = change[:8], change[8:]
    found = jackknife(pieces)
    assert total(pieces) == pytest.approx(treated.mean() - controls.mean())
    assert found.se(ONE) == pytest.approx(np.sqrt(treated.var(ddof=1) / 8 + controls.var(ddof=1) / 22))
    # Satterthwaite's, as in Welch's test.
    welch = stats.ttest_ind(treated, controls, equal_var=False)
    assert found.freedom == pytest.approx(welch.df)
    assert found.p_value(float(total(pieces)[0]), ONE) == pytest.approx(welch.pvalue)


def test_the_other_ways_agree_about_how_sure_it_is() -> None:
    made = design(noisy_panel(2, units=60, starts=(12,) * 10))
    estimator = effects([made.outcome], did_weights)
    clustered = jackknife(estimator(made.cohorts)).se(ONE)
    assert borrowed(estimator(made.cohorts)).se(ONE) == pytest.approx(clustered, rel=0.35)
    assert placebo(estimator, made.cohorts, seed=0).se(ONE) == pytest.approx(clustered, rel=0.35)
    assert refitted_jackknife(estimator, made.cohorts).se(ONE) == pytest.approx(clustered, rel=0.05)


@pytest.mark.parametrize("starts", [(12,) * 8, (8, 8, 8, 12, 12, 12, 16, 16), (12,), (8, 12, 16)])
def test_the_effect_lies_in_every_interval(starts: tuple[int, ...]) -> None:
    answer = analyse_panel(noisy_panel(3, starts=starts), Wanted(level=0.99))
    for name in ("did", "synthetic_control", "sdid"):
        one = answer.of(name)
        assert one.low is not None
        assert one.high is not None
        assert one.low <= 3.0 <= one.high


def test_staggered_adoption_with_growing_effects_is_not_biased() -> None:
    # Two-way fixed effects would compare the late ones with the early ones, whose effect still grows.
    periods, starts = 24, (6, 6, 6, 14, 14, 14)
    base = noisy_panel(4, units=40, periods=periods, starts=starts, effect=0.0)
    since = np.maximum(np.cumsum(base.treated, axis=1), 0)
    made = panel((base.outcome + since).tolist(), base.treated.astype(int).tolist())
    truth = since[base.treated].mean()
    answer = analyse_panel(made)
    assert answer.cohorts == 2
    for name in ("did", "sdid"):
        assert answer.of(name).effect == pytest.approx(truth, rel=0.12)


def test_synthetic_estimators_see_through_trends_that_bias_the_difference() -> None:
    rng = np.random.default_rng(5)
    slope = np.concatenate([[1.0] * 3, rng.uniform(-1, 1.2, 30)])
    outcome = 50 + slope[:, None] * np.arange(30) + rng.normal(0, 0.5, (33, 30))
    treated = np.zeros((33, 30), dtype=int)
    treated[:3, 20:] = 1
    answer = analyse_panel(panel((outcome + 4 * treated).tolist(), treated.tolist()))
    assert answer.did.effect > 10
    assert answer.pre_trend.passed is False
    assert answer.sdid.effect == pytest.approx(4, abs=1)
    assert answer.synthetic_control.effect == pytest.approx(4, abs=1.5)
    assert any("pre-trend test fails" in warning for warning in answer.warnings)


def test_an_effect_before_the_treatment_makes_the_verdict_cannot_tell() -> None:
    made = noisy_panel(6, starts=(15,) * 8)
    early = made.outcome.copy()
    early[:8, 11:15] += 4
    answer = analyse_panel(panel(early.tolist(), made.treated.astype(int).tolist()))
    assert answer.placebo_in_time is not None
    assert answer.placebo_in_time.passed is False
    assert answer.verdict == "cannot tell"
    assert "before the treatment" in answer.reason


@pytest.mark.parametrize(
    ("effect", "noise_seed", "verdict"),
    [(3.0, 7, "success"), (-3.0, 7, "harmful"), (0.0, 8, "no effect seen")],
)
def test_verdicts(effect: float, noise_seed: int, verdict: str) -> None:
    assert analyse_panel(noisy_panel(noise_seed, effect=effect)).verdict == verdict


def test_a_constant_outcome_cannot_tell() -> None:
    answer = analyse_panel(panel([[2.0] * 10] * 12, [[0] * 5 + [1] * 5] * 6 + [[0] * 10] * 6))
    assert (answer.verdict, answer.reason) == ("cannot tell", "the outcome never changes")
    assert answer.did.effect == 0


def test_after_a_treatment_that_ends_the_dip_is_reported() -> None:
    base = noisy_panel(9, starts=(12,) * 8, effect=0.0)
    treated = base.treated.astype(int)
    treated[:, 16:] = 0
    outcome = base.outcome + 3 * treated
    outcome[:8, 16:] -= 2
    answer = analyse_panel(panel(outcome.tolist(), treated.tolist()))
    assert answer.did.effect == pytest.approx(3, abs=0.8)
    assert answer.did.after is not None
    assert answer.did.after.effect == pytest.approx(-2, abs=0.8)


def test_one_control_leaves_only_how_the_gap_moves() -> None:
    made = noisy_panel(10, units=2, periods=40, starts=(30,))
    answer = analyse_panel(made)
    assert answer.did.inference == "over time"
    assert answer.did.low is not None
    assert answer.placebo_in_space is None
    assert any("only 1 controls" in warning for warning in answer.warnings)


def test_too_little_for_any_interval_cannot_tell() -> None:
    answer = analyse_panel(panel([[1, 2, 9], [1, 2, 3]], [[0, 0, 1], [0, 0, 0]]))
    assert (answer.did.low, answer.did.se, answer.did.inference) == (None, None, "none")
    assert answer.verdict == "cannot tell"


def test_an_outcome_that_clings_to_its_past_has_the_larger_long_run_variance() -> None:
    rng = np.random.default_rng(11)
    noise = rng.normal(size=4000)
    clinging = np.zeros(4000)
    for at in range(1, 4000):
        clinging[at] = 0.7 * clinging[at - 1] + noise[at]
    assert long_run_variance(noise) == pytest.approx(1, rel=0.25)
    assert long_run_variance(clinging) == pytest.approx(1 / 0.3**2, rel=0.3)


def test_scale_and_shift_of_the_outcome_do_not_matter() -> None:
    made = noisy_panel(12)
    other = panel((made.outcome * 1000 + 7).tolist(), made.treated.astype(int).tolist())
    for method in (did_weights, synthetic_control_weights, sdid_weights):
        one, two = (total(effects([p.outcome], method)(design(p).cohorts))[0] for p in (made, other))
        assert two == pytest.approx(one * 1000, rel=1e-3)


@pytest.mark.parametrize("wanted", [{"level": 1.0}, {"level": 0.1}, {"smallest": 0.0}])
def test_settings_out_of_range_are_refused(wanted: dict[str, float]) -> None:
    with pytest.raises(BadInputError):
        Wanted(**wanted)
