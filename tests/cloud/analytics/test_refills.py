"""Whether a cooler was filled up between two photos, told by what became of its empty lanes."""

import pytest

from cloud.analytics.refills import OFTEN, holes_in, refilled


@pytest.mark.parametrize(
    ("before", "now", "low", "high"),
    [
        pytest.param({}, {"cola": ("itself",)}, OFTEN, OFTEN, id="nothing was empty: as often as usual"),
        pytest.param({"cola": (0,)}, {"cola": ("unnamed",)}, OFTEN, OFTEN, id="something without a name says nothing"),
        pytest.param({"cola": (0,)}, {}, OFTEN, OFTEN, id="nor does what is no longer planned"),
        pytest.param({"cola": (0, 1)}, {"cola": ("itself",)}, 0.5, 0.7, id="one filled, one is gone"),
        pytest.param({"cola": (0,), "lime": (0, 1)}, {"cola": ("gap",), "lime": ("gap", "gap")}, 0, 0.05, id="none"),
        pytest.param({"cola": (0,), "lime": (0,)}, {"cola": ("itself",), "lime": ("itself",)}, 0.75, 0.9, id="all"),
        pytest.param({"cola": range(50)}, {"cola": ("itself",) * 50}, 0.999, 1, id="very many"),
    ],
)
def test_empty_lanes_that_show_their_products_again(before: dict, now: dict, low: float, high: float) -> None:
    assert low <= round(refilled(before, now), 6) <= high


def test_holes_are_gaps_however_faint() -> None:
    assert holes_in(("itself", "gap", "nothing", "faint gap", "other")) == (1, 3)
