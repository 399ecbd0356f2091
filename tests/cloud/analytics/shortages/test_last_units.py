import pytest

from cloud.analytics.measures import Counted
from cloud.analytics.shortages.last_units import last_units, number
from facings.messages import Estimate


def line(sku: str, facings: int, count_sd: float = 0.0) -> Counted:
    return Counted(sku, "own", facings, facings, 0.1, 0.9, count_sd)


@pytest.mark.parametrize(
    ("lanes", "facings", "told"),
    [
        pytest.param(6, 6, False, id="full"),
        pytest.param(6, 3, False, id="half"),
        pytest.param(6, 2, True, id="a third"),
        pytest.param(6, 0, False, id="out: that is a stock-out"),
        pytest.param(2, 1, True, id="one of two"),
        pytest.param(2, 2, False, id="both"),
        pytest.param(1, 1, False, id="a single lane tells nothing"),
        pytest.param(0, 1, False, id="not planned"),
    ],
)
def test_a_third_of_the_lanes_or_fewer(lanes: int, facings: int, told: bool) -> None:
    assert [one.sku for one in last_units([line("cola", facings)], {"cola": lanes})] == ["cola"] * told


def test_the_number_says_how_sure_it_is() -> None:
    lines = [line("cola", 1), line("lime", 2, 0.8), line("zero", 3, 0.8), line("mint", 6, 0.8)]
    found = list(last_units(lines, dict.fromkeys(("cola", "lime", "zero", "mint"), 6)))
    assert [(one.sku, one.surely) for one in found] == [("cola", True), ("lime", False), ("zero", False)]
    assert number(found) == Estimate(value=2, low=1, high=3)
