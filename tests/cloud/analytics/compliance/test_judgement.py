"""How photos are judged: shelves are written as words, one letter a facing, `-` one without a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cloud.analytics.compliance.judgement import LEVELS, compliance, judge
from cloud.analytics.compliance.shelf import UNNAMED, Standing, lanes_of, shelves_of, standing
from facings.messages import Box, Product
from tests.support.messages import observation


def shelves(*rows: str, confidence: float = 1.0) -> list[list[Standing]]:
    seen = standing([[UNNAMED if sku == "-" else sku for sku in row] for row in rows])
    return [[replace(one, confidence=confidence) for one in row] for row in seen]


@pytest.mark.parametrize(
    ("planned", "seen", "levels"),
    [
        pytest.param(["aab", "cc"], ["aab", "cc"], (5, 5, 5, 5), id="as planned"),
        pytest.param(["aab", "cc"], ["cc", "aab"], (5, 0, 0, 5), id="shelves exchanged"),
        pytest.param(["abc"], ["cba"], (3, 3, 1, 3), id="order reversed"),
        pytest.param(["abc"], ["cab"], (3, 3, 2, 3), id="one stands wrong"),
        pytest.param(["aabb"], ["bb"], (2, 2, 2, 2), id="an empty lane is no wrong order"),
        pytest.param(["ab"], ["aaab"], (2, 2, 2, 1), id="too many of one"),
        pytest.param(["ab"], ["axb"], (2, 2, 2, 2), id="a foreign product between"),
        pytest.param(["ab", "cd", "ef"], ["ab", "ef"], (4, 4, 4, 4), id="an empty shelf was not seen"),
        pytest.param(["ab", "cd"], ["ab", "xx", "cd"], (4, 4, 4, 4), id="a shelf more was seen"),
        pytest.param(["ab"], [], (0, 0, 0, 0), id="empty cooler"),
        pytest.param(["ab"], ["--"], (0, 0, 0, 0), id="none has a name"),
    ],
)
def test_levels(planned: list[str], seen: list[str], levels: tuple[int, ...]) -> None:
    judged = judge(planned, shelves(*seen))
    assert tuple(judged.facings(level) for level in LEVELS) == levels
    assert judged.planned == sum(map(len, planned))


def test_a_priority_list_has_no_places() -> None:
    judged = judge(["aabc"], shelves("ca", "x"), ordered=False)
    assert (judged.present, judged.count, judged.shelf, judged.position) == (2, 1, None, None)
    assert compliance([judged], "position") is None
    share = compliance([judged], "present")
    assert share and share.value == 0.5


@pytest.mark.parametrize(
    ("seen", "bounds"),
    [
        pytest.param(shelves("abcd"), (1, 1, 1), id="certain"),
        pytest.param(shelves("abcd", confidence=0.9), (1, 0.7533, 1), id="named with doubt"),
        pytest.param(shelves("ab"), (0.5, 0.5, 0.5), id="certainly missing"),
        pytest.param(shelves("ab--"), (0.5, 0.5, 0.5), id="certainly others"),
        pytest.param(
            [*shelves("ab"), *shelves("--", confidence=0.25)], (0.5, 0.5, 0.875), id="unnamed, probably the missing"
        ),
    ],
)
def test_doubt_widens_the_interval(seen: list[list[Standing]], bounds: tuple[float, float, float]) -> None:
    share = compliance([judge(["abcd"], seen)], "present")
    assert share
    assert (share.value, share.low, share.high) == pytest.approx(bounds, abs=1e-4)


def test_many_coolers_are_added_up_by_their_places() -> None:
    every = [judge(["aaaaaaaaa"], shelves("aaaaaaaaa")), judge(["b"], shelves(""))]
    share = compliance(every, "position")
    assert share and share.value == 0.9
    assert compliance([], "position") is None


def product(row: int, column: int, sku: str | None, *, front: bool = True, sure: float = 0.9) -> Product:
    box = Box(x=0.1 * column, y=0.2 * row, w=0.1, h=0.1)
    return Product(box=box, sku=sku, score=0.9, sku_confidence=sure, row=row, column=column, front=front)


def test_a_column_is_one_facing_with_the_name_of_its_surest_product_in_front() -> None:
    seen = observation(
        rows=3,
        products=(
            product(2, 1, None),
            product(0, 0, "cola", sure=0.6),
            product(0, 0, "lemon", sure=0.8),
            product(0, 0, "rival", front=False, sure=0.99),
            product(2, 0, "cola"),
        ),
    )
    found = shelves_of(seen)
    assert [[one.sku for one in row] for row in found] == [["lemon"], [], ["cola", UNNAMED]]
    assert lanes_of(found) == [[{"sku": "lemon", "depth": 3}], [], [{"sku": "cola", "depth": 1}]]
