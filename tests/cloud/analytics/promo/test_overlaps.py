"""By what a promotion is told apart from others of its SKUs: days, outlets, SKUs, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cloud.analytics.promo.answer import Overlap, Verdict
from cloud.analytics.promo.evidence import Days
from cloud.analytics.promo.overlaps import Ran, told_apart
from cloud.analytics.promo.prepared import Horizon
from cloud.analytics.promo.verdict import despite_overlap

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 14)
AROUND = Days(date(2026, 4, 6), date(2026, 6, 28))
TWENTY = frozenset(f"o{number:02d}" for number in range(20))
TEN, FOUR = frozenset(sorted(TWENTY)[:10]), frozenset(sorted(TWENTY)[:4])
MINE = Ran("mine", frozenset({"cola", "lemon"}), frozenset({"zero"}), TWENTY, FIRST, LAST)
OTHER = replace(MINE, name="other")


def apart(**other: Any) -> Any:
    return told_apart(MINE, [replace(OTHER, **other)], Horizon())


@pytest.mark.parametrize(
    ("other", "by", "left_out", "outlets", "skus"),
    [
        pytest.param({}, "nothing", (), TWENTY, MINE.skus, id="the same in every way"),
        pytest.param({"first": LAST, "last": LAST + timedelta(9)}, "nothing", (), TWENTY, MINE.skus, id="a day shared"),
        pytest.param({"outlets": TEN}, "outlets", TEN, TWENTY - TEN, MINE.skus, id="ten outlets alone"),
        pytest.param({"outlets": TWENTY - FOUR}, "nothing", (), TWENTY, MINE.skus, id="four outlets alone: too few"),
        pytest.param({"skus": {"cola"}, "sisters": frozenset()}, "skus", ["cola"], TWENTY, {"lemon"}, id="a SKU alone"),
        pytest.param(
            {"skus": frozenset({"cola"}), "sisters": frozenset({"lemon"})}, "nothing", (), TWENTY, MINE.skus,
            id="a SKU alone, but a sister of the other",
        ),
        pytest.param({"last": FIRST - timedelta(days=3)}, "nothing", (), TWENTY, MINE.skus, id="until just before"),
    ],
)  # fmt: skip
def test_told_apart(other: dict[str, Any], by: str, left_out: Any, outlets: Any, skus: Any) -> None:
    found = apart(**({"first": FIRST} | other if "last" not in other else {"first": FIRST - timedelta(20)} | other))
    assert found.overlap == Overlap(promotions=["other"], apart_by=by, left_out=sorted(left_out))
    assert (found.outlets, found.skus, found.days) == (outlets, skus, AROUND)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        pytest.param(date(2026, 4, 1), date(2026, 4, 14), Days(date(2026, 4, 29), AROUND.last), id="weeks before"),
        pytest.param(date(2026, 6, 22), date(2026, 6, 30), Days(AROUND.first, date(2026, 6, 21)), id="soon after"),
        pytest.param(date(2026, 7, 10), date(2026, 7, 30), AROUND, id="long after"),
        pytest.param(date(2026, 1, 10), date(2026, 1, 30), AROUND, id="long before"),
    ],
)
def test_told_apart_by_days(first: date, last: date, days: Days) -> None:
    found = apart(first=first, last=last)
    assert (found.days, found.overlap, found.outlets, found.elsewhere) == (days, None, TWENTY, frozenset())


def test_of_other_skus_or_outlets_it_is_no_overlap() -> None:
    assert apart(skus=frozenset({"water"})).overlap is None
    elsewhere = apart(outlets=frozenset({"o90", "o91"}))
    assert (elsewhere.overlap, elsewhere.elsewhere) == (None, {"o90", "o91"})


@pytest.mark.parametrize(
    ("by", "before", "after", "says"),
    [
        ("outlets", "success", "success", "it rose"),
        ("outlets", "harmful", "harmful", "it rose"),
        ("skus", "success", "success", "without cola"),
        ("skus", "harmful", "cannot tell", "promoted by 'other' too"),
        ("skus", "no effect seen", "cannot tell", "promoted by 'other' too"),
        ("nothing", "success", "cannot tell", "ran together with 'other'"),
        ("nothing", "harmful", "cannot tell", "ran together with 'other'"),
    ],
)
def test_the_verdict_despite_an_overlap(by: Any, before: Verdict, after: Verdict, says: str) -> None:
    word, reason = despite_overlap(before, "it rose", Overlap(promotions=["other"], apart_by=by, left_out=["cola"]))
    assert word == after
    assert says in reason
