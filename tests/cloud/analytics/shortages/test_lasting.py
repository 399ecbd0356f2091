import pytest

from cloud.analytics.shortages.last_units import LastUnits
from cloud.analytics.shortages.lasting import hours_left, units_left
from facings.messages import Estimate

SURE = Estimate(value=2, low=2, high=2)


@pytest.mark.parametrize(
    ("facings", "seen", "depths", "high"),
    [
        pytest.param(2, SURE, [6, 4, 3, 3, 3, 3], 10, id="the deepest two lanes may be full"),
        pytest.param(1, SURE, [6, 6], 6, id="one lane"),
        pytest.param(2, Estimate(value=2, low=1, high=3), [1, 1, 1, 1], 3, id="nothing fits behind: the count decides"),
        pytest.param(1.4, SURE, [3, 3, 3], 6, id="a mean facing and a half may be two"),
    ],
)
def test_what_is_left_is_what_is_seen_and_what_may_hide(
    facings: float, seen: Estimate, depths: list[int], high: float
) -> None:
    left = units_left(LastUnits("cola", facings, len(depths), True, seen), depths)
    assert left == Estimate(value=seen.value, low=seen.low, high=high)


@pytest.mark.parametrize(
    ("wanted", "hours"),
    [
        pytest.param(Estimate(value=4, low=3, high=6), (8, 12, 16), id="the most wanted goes soonest"),
        pytest.param(Estimate(value=4, low=0, high=6), None, id="perhaps nobody wants it"),
        pytest.param(None, None, id="sell-out is not known"),
    ],
)
def test_how_long_they_last(wanted: Estimate | None, hours: tuple[float, float, float] | None) -> None:
    found = hours_left(SURE, wanted)
    assert (found and (found.low, found.value, found.high)) == hours
