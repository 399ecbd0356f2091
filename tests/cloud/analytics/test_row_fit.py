"""Which lane each thing of a row belongs to, where the row is shorter or longer than planned."""

import pytest

from cloud.analytics.row_fit import Place, Thing, spread

GAP = "/gap"


def lanes(skus: str) -> list[Place]:
    return [Place(0, lane / len(skus), (lane + 1) / len(skus), sku) for lane, sku in enumerate(skus)]


def row(seen: str, width: float) -> list[Thing]:
    """One thing after the other from the left, each `width` of the row; "#" is a gap, "?" nameless, " " nothing."""
    return [
        Thing({"#": GAP, "?": ""}.get(one, one), number * width, (number + 0.9) * width, one == "#")
        for number, one in enumerate(seen)
        if one != " "
    ]


def shown(lanes_: str, seen: list[Thing]) -> str:
    found = spread(lanes(lanes_), seen)
    return "".join({GAP: "#", "": "?"}.get(sku, sku) for sku in (found.get(n, " ") for n in range(len(lanes_))))


@pytest.mark.parametrize(
    ("planned", "seen", "width", "spots"),
    [
        pytest.param("aabbcc", "aabbcc", 1 / 6, "aabbcc", id="as planned"),
        pytest.param("aabbcc", "aa#bcc", 1 / 6, "aa#bcc", id="a gap"),
        pytest.param("aabbccdd", "aabbccdd", 0.11, "aabbccdd", id="short by a lane: every name in its lane"),
        pytest.param("aabbccdd", "aabbc#dd", 0.11, "aabbc#dd", id="the gap too, not the lane before it"),
        pytest.param("aabbccdd", "aabbcc#d", 0.11, "aabbcc#d", id="which of two lanes is empty"),
        pytest.param("aabbccdd", "aa?bccdd", 0.11, "aa?bccdd", id="one without a name"),
        pytest.param("aabbccdd", "aaxbccdd", 0.11, "aaxbccdd", id="a stranger"),
        pytest.param("aabbccdd", "aabb  dd", 0.11, "aabb  dd", id="two of which nothing is seen"),
        pytest.param("abcdefgh", "bcdefgh", 0.125, " bcdefgh", id="named in its lanes: the first is missing"),
        pytest.param("aabb", "abab", 1 / 4, "aa b", id="two that changed places: one of them has none"),
    ],
)
def test_names_tell_what_places_do_not(planned: str, seen: str, width: float, spots: str) -> None:
    assert shown(planned, row(seen, width)) == spots


def test_a_gap_as_wide_as_two_lanes_is_two() -> None:
    seen = [*row("aab", 0.15), Thing(GAP, 0.45, 0.75, empty=True), Thing("d", 0.76, 0.88, empty=False)]
    assert shown("aabccd", seen) == "aab##d"


def test_of_products_alone_in_a_row_the_left_lane_counts() -> None:
    assert shown("aa", [Thing("a", 0.0, 1.0, empty=False)]) == "a "
