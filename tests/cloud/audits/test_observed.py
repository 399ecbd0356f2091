import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloud.analytics.places import sight_of
from cloud.audits.observed import ObservationColumns
from facings.errors import MessageError
from facings.messages import Box, Gap, Observation
from tests.support.messages import observation, of_two_cameras

GAP = Gap(box=Box(x=0.9, y=0.4, w=0.1, h=0.3), row=0, confidence=0.7)


def unknown() -> Observation:
    """With a product that no gallery knows, one behind another, and a gap."""
    message = observation(counts={"cola-330": 2, None: 1}, gaps=(GAP,))
    first, second, third = message.products
    products = (
        first,
        second.model_copy(update={"front": False}),
        third.model_copy(update={"look": "AQID", "resembles": "cola-330"}),
    )
    return message.model_copy(update={"products": products})


READ = {
    "two of a kind": observation(),
    "an empty cooler": observation(counts={}),
    "with an unknown product and a gap": unknown(),
    "of two cameras": of_two_cameras({"cola-330": 2, "lemon-330": 2}, upper=1),
    "of two cameras, one of them away": of_two_cameras({"cola-330": 2}, upper=1, problem="no answer"),
}

PLACES = [
    ("confidence",),
    ("rows",),
    ("gaps",),
    ("lines",),
    ("lines", 0),
    ("lines", 0, "sku"),
    ("lines", 0, "units"),
    ("lines", 0, "facings"),
    ("lines", 0, "count_sd"),
    ("lines", 1, "sku"),
    ("products",),
    ("products", 0),
    ("products", 0, "box"),
    ("products", 0, "box", "x"),
    ("products", 0, "sku"),
    ("products", 0, "row"),
    ("products", 0, "front"),
    ("products", 0, "look"),
    ("products", 0, "resembles"),
    ("products", 0, "view"),
    ("products", 0, "place"),
    ("gaps", 0, "view"),
    ("views",),
]
ABSENT = object()
VALUES = [None, ABSENT, -1, 0, 1, 2.5, 1e308, float("nan"), True, "", "a", "A.B", "1", "x" * 3000, [], {}, [{}]]


def changed(document: dict[str, Any], path: tuple[str | int, ...], value: object) -> bytes:
    """The document with another value at a place, on the wire."""
    document = json.loads(json.dumps(document))
    *way, last = path
    at: Any = document
    for step in way:
        at = at[step]
    if value is ABSENT:
        at.pop(last, None) if isinstance(at, dict) else at.pop(last)
    else:
        at[last] = value
    return json.dumps(document).encode()


def complaints(payload: bytes) -> Iterator[str]:
    """What either reader has against a payload."""
    for kind in (Observation, ObservationColumns):
        try:
            kind.from_wire(payload)
            yield ""
        except MessageError as error:
            yield str(error)


@pytest.mark.parametrize("message", READ.values(), ids=READ)
def test_columns_say_what_the_message_says(message: Observation) -> None:
    read = ObservationColumns.from_wire(message.to_wire())
    rows = [(one.sku or "", one.units, one.facings, one.linear_share) for one in message.lines]
    lines, products = read.lines, read.products
    assert list(zip(lines.skus, lines.units, lines.facings, lines.linear_share, strict=True)) == rows
    assert products.sight == sight_of(message)
    assert products.unknown == tuple(one for one in message.products if one.look)
    assert products.lowest_row == max((one.row for one in message.products), default=-1)
    head = {"lines", "products"}
    assert read.model_dump(exclude=head) == message.model_dump(exclude=head)


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_what_the_contract_refuses_is_refused_in_the_same_words_and_nothing_else(path: tuple[str | int, ...]) -> None:
    document = json.loads(unknown().to_wire())
    for place in (document["products"][0], document["gaps"][0], document["lines"][1]):
        place |= {"view": None, "place": None, "sku": None}
    document |= {"views": []}
    for value in VALUES:
        contract, columns = complaints(changed(document, path, value))
        assert columns == contract, value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_of_a_line_or_box_may_be_infinite_or_none(value: float) -> None:
    document = json.loads(observation().to_wire())
    for path in (("lines", 0, "count_sd"), ("products", 0, "box", "x")):
        contract, columns = complaints(changed(document, path, value))
        assert columns == contract != ""
