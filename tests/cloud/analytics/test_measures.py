from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics import measures
from cloud.analytics.measures import GROUPS, Counted, Front

COLA = Counted("cola", "own", 6, 4, 0.4, 0.9, 0.0)
RIVAL = Counted("rival", "competitor", 3, 3, 0.3, 0.9, 0.0)
STRANGE = Counted("", "unknown", 3, 3, 0.3, 0.9, 0.0)

LINES = st.lists(
    st.builds(
        Counted,
        st.just("x"),
        st.sampled_from(GROUPS),
        st.integers(1, 50),
        st.just(1),
        st.just(0.5),
        st.just(0.9),
        st.floats(0, 5),
    ).flatmap(lambda line: st.integers(0, int(line.units)).map(lambda facings: replace(line, facings=facings))),
    max_size=8,
)


def test_plain_sums() -> None:
    lines = [COLA, RIVAL, STRANGE]
    assert measures.units(lines).value == 12
    share = measures.share(lines)
    assert (share.own.value, share.competitor.value, share.unknown.value) == (0.4, 0.3, 0.3)
    assert (share.own.low, share.own.high) == (0.4, 0.4)
    assert measures.share([]).own.value == 0


def test_units_interval_adds_variances() -> None:
    lines = [replace(COLA, count_sd=3.0), replace(RIVAL, count_sd=4.0)]
    units = measures.units(lines)
    assert (units.value, units.high) == (9, pytest.approx(9 + 1.645 * 5))
    assert units.low == pytest.approx(9 - 1.645 * 5)


def test_share_interval_by_the_delta_method() -> None:
    own, other = replace(COLA, units=4, count_sd=1.0), replace(RIVAL, units=4, facings=4, count_sd=1.0)
    # s = 1/2, F = 8: variance (1/4 + 1/4) / 64
    assert measures.share([own, other]).own.high == pytest.approx(0.5 + 1.645 * (0.5 / 64) ** 0.5, abs=1e-4)


@pytest.mark.parametrize(
    ("fronts", "value"),
    [
        pytest.param([], None, id="no planogram"),
        pytest.param([Front(8, [COLA])], 0.5, id="half"),
        pytest.param([Front(2, [COLA])], 1, id="more than planned is full"),
        pytest.param([Front(2, [COLA]), Front(4, [])], 0.3333, id="a surplus fills no other cooler"),
    ],
)
def test_occupancy(fronts: list[Front], value: float | None) -> None:
    estimate = measures.occupancy(fronts)
    assert (estimate and estimate.value) == value


@given(LINES)
def test_estimates_are_in_order_and_shares_add_up(lines: list[Counted]) -> None:
    share = measures.share(lines)
    parts = [share.own, share.competitor, share.unknown]
    for estimate in (*parts, measures.units(lines), measures.facings(lines)):
        assert 0 <= estimate.low <= estimate.value <= estimate.high
    assert all(part.high <= 1 for part in parts)
    total = sum(part.value for part in parts)
    assert total == pytest.approx(1 if any(line.facings for line in lines) else 0, abs=2e-4)
