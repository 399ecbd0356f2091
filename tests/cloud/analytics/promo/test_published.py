"""The published numbers of California's Proposition 99: 39 states, 1970-2000, packs of cigarettes per head."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cloud.analytics.promo.analysis import Wanted, analyse_panel
from cloud.analytics.promo.answer import EstimatorName, PromoAnswer
from cloud.analytics.promo.panel import Panel, Row

PUBLISHED: dict[EstimatorName, tuple[float, float]] = {
    "did": (-27.3, 0.1),
    "synthetic_control": (-19.6, 0.5),
    "sdid": (-15.6, 0.1),
}


@pytest.fixture(scope="module")
def answer(shared_data: Path) -> PromoAnswer:
    with (shared_data / "prop99" / "california_prop99.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    panel = Panel.of_rows(
        Row(state, row["Year"], float(packs), state == "California" and int(row["Year"]) >= 1989)
        for row in rows
        for state, packs in row.items()
        if state != "Year"
    )
    return analyse_panel(panel, Wanted())


@pytest.mark.real_photos
@pytest.mark.parametrize("name", PUBLISHED)
def test_effect_is_the_published_one(answer: PromoAnswer, name: EstimatorName) -> None:
    value, within = PUBLISHED[name]
    assert answer.of(name).effect == pytest.approx(value, abs=within)


@pytest.mark.real_photos
def test_the_placebo_standard_error_is_near_the_published_one(answer: PromoAnswer) -> None:
    assert answer.sdid.se == pytest.approx(8.4, abs=1.6)


@pytest.mark.real_photos
def test_the_synthetic_california_is_made_of_the_published_states(answer: PromoAnswer) -> None:
    assert set(list(answer.synthetic_control.controls)[:3]) == {"Utah", "Nevada", "Montana"}


@pytest.mark.real_photos
def test_one_state_is_too_little_to_be_sure(answer: PromoAnswer) -> None:
    assert (answer.verdict, answer.units, answer.periods_before) == ("cannot tell", 39, 19)
    assert answer.placebo_in_time is not None
    assert answer.placebo_in_time.passed
