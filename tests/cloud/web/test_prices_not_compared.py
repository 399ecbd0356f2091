"""The page of prices where tags were found, and none of them can be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from facings.messages import Box, PriceTag
from tests.cloud.web.conftest import furnished, visiting
from tests.cloud.web.test_web_pages import text_of
from tests.support.messages import CLOCK

REPLAYED = CLOCK.model_copy(update={"source": "replay"})


@pytest.mark.parametrize(
    ("price", "told"),
    [(None, "No price tag of the last seven days could be read"), (2.5, "No price to compare with")],
)
def test_without_a_price_that_can_be_compared_the_page_does_not_call_prices_right(
    tmp_path: Path, price: float | None, told: str
) -> None:
    box = Box(x=0.1, y=0.8, w=0.1, h=0.05)
    with furnished(tmp_path) as shelf:
        tags = (PriceTag(box=box, sku="cola-330", price=price, confidence=0.99),)
        shelf.send(*(shelf.photo(hour, {"cola-330": 2}, price_tags=tags, clock=REPLAYED) for hour in (0, 1)))
        with visiting(shelf) as manager:
            seen = text_of(manager.get("/prices"))
    assert told in seen
    assert "Every price that was read is right" not in seen
    assert "Give products their prices in the catalogue" in seen
