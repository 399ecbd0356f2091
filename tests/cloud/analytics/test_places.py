"""Laying what a photo shows over the planogram of its cooler."""

import pytest

from cloud.analytics.places import FAINT, GAP, NOTHING, Sight, places_of, sight_of
from cloud.outlets.models import Lane
from tests.support.messages import observation
from tests.support.shelf import in_lanes

WIDTHS = {"wide": 120.0, "cola": 60.0, "lime": 60.0}


def planogram(*rows: str) -> list[list[Lane]]:
    return [[{"sku": sku, "depth": 3} for sku in row.split()] for row in rows]


def sight(rows: int, *fronts: tuple[str, int, float, float]) -> Sight:
    """Fronts as SKU, row, and ends across the photo."""
    skus, row_of, left, right = zip(*fronts, strict=True) if fronts else ((), (), (), ())
    return Sight(rows, skus, row_of, left, right)


def row(*lanes: str, number: int = 0, left: float = 0.2, width: float = 0.1) -> list[tuple[str, int, float, float]]:
    """Lanes of one width, from the left; NOTHING shows nothing."""
    ends = [(left + lane * width, left + (lane + 0.95) * width) for lane in range(len(lanes))]
    return [(sku, number, *end) for sku, end in zip(lanes, ends, strict=True) if sku != NOTHING]


@pytest.mark.parametrize(
    ("seen", "spots"),
    [
        pytest.param(row("cola", "cola", "lime"), [["cola", "cola", "lime"]], id="all in their places"),
        pytest.param(row("cola", NOTHING, "lime"), [["cola", NOTHING, "lime"]], id="none in the middle"),
        pytest.param(row("cola", GAP, ""), [["cola", GAP, ""]], id="a gap, and one without a name"),
        pytest.param([*row("cola"), (GAP, 0, 0.31, 0.49)], [["cola", GAP, GAP]], id="a gap of two lanes"),
        pytest.param(row(FAINT, "lime", "lime"), [[FAINT, "lime", "lime"]], id="an end told by a faint gap"),
        pytest.param([*row("cola", "cola", "lime"), (GAP, 0, 0.3, 0.4)], [["cola", "cola", "lime"]], id="no gap there"),
    ],
)
def test_each_front_belongs_to_the_lane_it_stands_nearest_to(seen: list, spots: list[list[str]]) -> None:
    shown = sight(1, *seen).over(places_of(planogram("cola cola lime"), WIDTHS))
    assert shown is not None
    assert shown.spots == spots


def test_full_rows_tell_where_the_shelf_ends() -> None:
    """The upper row lacks its left half; the rows below show how far the shelf reaches."""
    plan = places_of(planogram("cola cola lime lime", *["cola cola cola cola"] * 3), WIDTHS)
    seen = [*row(NOTHING, NOTHING, "lime", "lime")]
    for number in (1, 2, 3):
        seen += row("cola", "cola", "cola", "cola", number=number)
    shown = sight(4, *seen).over(plan)
    assert shown is not None
    assert shown.at("cola", plan)[:2] == ["nothing", "nothing"]
    assert shown.at("lime", plan) == ["itself", "itself"]


def test_lanes_are_as_wide_as_their_products() -> None:
    plan = places_of(planogram("wide cola cola"), WIDTHS)
    shown = sight(1, ("wide", 0, 0.0, 0.45), ("cola", 0, 0.5, 0.7), ("lime", 0, 0.77, 0.98)).over(plan)
    assert shown is not None
    assert shown.at("cola", plan) == ["itself", "other"]


ANOTHER_NUMBER_OF_ROWS = [
    pytest.param(2, [row("cola", "cola"), row("wide", number=1)], ["cola", NOTHING, "wide"], id="an empty shelf"),
    pytest.param(
        4,
        [row("", ""), *(row(sku, number=1 + n) for n, sku in enumerate(("cola", "lime", "wide")))],
        ["cola", "lime", "wide"],
        id="wall above the cooler",
    ),
    pytest.param(1, [row("lime", "lime")], [NOTHING, "lime", NOTHING], id="one shelf is left"),
    pytest.param(2, [row("fanta"), row("mint", number=1)], None, id="products of another cooler"),
    pytest.param(2, [row(GAP), row("", number=1)], None, id="nothing named"),
    pytest.param(2, [row("wide"), row("cola", number=1)], None, id="the other way round"),
]


@pytest.mark.parametrize(("rows", "seen", "first"), ANOTHER_NUMBER_OF_ROWS)
def test_rows_are_matched_by_what_is_planned_in_them(rows: int, seen: list, first: list[str] | None) -> None:
    plan = places_of(planogram("cola cola", "lime lime", "wide wide"), WIDTHS)
    shown = sight(rows, *(front for one in seen for front in one)).over(plan)
    assert (shown and [row[0] for row in shown.spots]) == first


def test_a_row_beyond_those_told_is_ignored() -> None:
    """A device may send anything."""
    products, _ = in_lanes({"cola-330": 2})
    message = observation(counts={"cola-330": 2}, products=products)
    stray = message.products[0].model_copy(update={"row": message.rows + 3})
    assert len(sight_of(message.model_copy(update={"products": (*message.products, stray)})).skus) == 2


def test_a_photo_that_shows_nothing_at_all_is_of_an_empty_cooler() -> None:
    plan = places_of(planogram("cola", "cola"), WIDTHS)
    for rows in (0, 1, 2):
        shown = sight(rows).over(plan)
        assert shown is not None
        assert set(shown.at("cola", plan)) == {"gap"}


def test_a_message_tells_products_and_gaps() -> None:
    counts: dict[str | None, int] = {"cola-330": 3, "lemon-330": 2}
    products, gaps = in_lanes(counts)
    seen = sight_of(observation(counts=counts, products=products, gaps=gaps))
    assert sorted(seen.skus) == [GAP, "cola-330", "cola-330", "cola-330", "lemon-330", "lemon-330"]
