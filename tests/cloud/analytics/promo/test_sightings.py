"""What photos show of a promotion, from the facts: by outlet and local day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloud.analytics.promo.evidence import Days
from cloud.analytics.promo.moves import outlets_of_coolers
from cloud.analytics.promo.sightings import sightings_of
from facings.messages import Quality
from tests.support.messages import NOON
from tests.support.shelf import Shelf

COLA = frozenset({"cola-330"})
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("least", "shown"),
    [
        pytest.param(1, [True, True, False], id="on the shelf"),
        pytest.param(4, [True, False, False], id="extra facings"),
    ],
)
def test_a_photo_shows_the_promotion_or_not(shelf: Shelf, least: int, shown: list[bool]) -> None:
    blind = Quality(verdict="unusable", brightness=0.1, contrast=0, sharpness=0)
    shelf.send(
        shelf.row(-24, {"cola-330": 4}),
        shelf.row(0, {"cola-330": 2, "lemon-330": 2}),
        shelf.row(24, {"lemon-330": 2}),
        shelf.row(48, {"cola-330": 4}, quality=blind),
    )
    days = Days(NOON.date() - DAY, NOON.date() + 2 * DAY)
    found = sightings_of(shelf.services.facts, "acme", COLA, least, days, {"kiosk": "UTC"})
    assert {one.outlet for one in found} == {"kiosk"}
    by_day = {one.day: False for one in found} | {one.day: True for one in found if one.seen == COLA}
    assert [by_day[day] for day in sorted(by_day)] == shown
    assert not sightings_of(shelf.services.facts, "other", COLA, least, days, {"kiosk": "UTC"})
    assert outlets_of_coolers(shelf.services.facts, "acme", days) == {"cooler-01": {"kiosk"}}
