"""What the overview's first sentence says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cloud.web.views import overview_view
from cloud.web.words import words
from facings.messages import CoolerCoverage, CoolerSummary, Estimate, OverviewKpi, Share

NOW = datetime(2026, 11, 2, tzinfo=UTC)
HALF = Estimate(value=0.5, low=0.4, high=0.6)


def overview(
    stockouts: tuple[int, ...] = (0,),
    reporting: int = 1,
    proposals: int = 0,
    planned: bool = True,
    in_part: int = 0,
) -> OverviewKpi:
    """One cooler for each of `stockouts`, all of them expected."""
    none = Estimate(value=0, low=0, high=0)
    return OverviewKpi(
        at=NOW,
        coverage=CoolerCoverage(reporting=reporting, in_part=in_part, expected=len(stockouts)),
        units=HALF,
        facings=4,
        share=Share(own=HALF, competitor=HALF, unknown=none),
        occupancy=HALF if planned else None,
        open_stockouts=sum(stockouts),
        open_proposals=proposals,
        open_orders=0,
        observations=9,
        coolers=tuple(
            CoolerSummary(cooler=f"c-{n}", outlet="kiosk", name="c", state="online", open_stockouts=count)
            for n, count in enumerate(stockouts)
        ),
    )


CASES = {
    "all well": (overview(), "Everything planned is on the shelf", "Nothing waits for you."),
    "one": (overview((1,)), "1 stock-out in 1 cooler", "Nothing waits for you."),
    "several": (
        overview((2, 0, 3), reporting=3, proposals=1),
        "5 stock-outs in 2 coolers",
        "1 proposal waits for you.",
    ),
    "silent": (
        overview((0, 0, 0), reporting=1, proposals=2),
        "Everything planned is on the shelf",
        "2 proposals wait for you. 2 coolers have sent no photo lately.",
    ),
    "a broken camera": (
        overview((0, 0, 0), reporting=0, in_part=1),
        "Everything planned is on the shelf",
        "Of 1 cooler only a part is seen: a camera is broken. 2 coolers have sent no photo lately.",
    ),
    "none reports": (overview(reporting=0), "No cooler is reporting", "1 cooler has sent no photo lately."),
    "no plan": (
        overview(planned=False),
        "No planogram yet: nothing says what is missing",
        "Nothing waits for you.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_first_sentence(case: str) -> None:
    kpi, headline, subline = CASES[case]
    view = overview_view(kpi, (), {}, words("en"), "en")
    assert (view.headline, view.subline) == (headline, subline)


def test_the_first_sentence_in_chinese() -> None:
    view = overview_view(overview((2, 1), reporting=2), (), {}, words("zh-Hans"), "zh-Hans")
    assert view.headline == "2 台冰柜共有 3 处缺货"


def test_the_share_bar_is_one_whole() -> None:
    view = overview_view(overview(), (), {}, words("en"), "en")
    assert view.share_bar == [("own", 0, 50), ("competitor", 50, 50), ("unknown", 100, 0)]
