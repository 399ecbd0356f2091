"""Stock-outs of a cooler one of whose cameras is broken: told where the others look, and left as they are elsewhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.retelling import tell_stockouts_anew
from cloud.outlets.models import Cooler, Lane, Planogram
from facings.ids import uuid7
from facings.messages import Box, CoolerPart, Gap, ImageRef, Observation, Product, Quality, View
from tests.support.messages import NOON, lines_of, observation
from tests.support.shelf import Shelf

PLAN = {"upper": ["cola-330"] * 3 + ["both-330"], "lower": ["lemon-330"] * 3 + ["both-330"]}
"""Two shelves, each with a camera of its own; both-330 stands on both."""
SIDES: dict[str, CoolerPart] = {"upper": "upper", "lower": "lower"}
IMAGE = ImageRef(sha256="1" * 64, bytes=900, width=960, height=640, media_type="image/jpeg")
GOOD = Quality(verdict="good", brightness=0.5, contrast=0.2, sharpness=0.3)
FULL: Sequence[str] = ()


def photo(hour: float, out: Sequence[str] = FULL, broken: str = "", **fields: Any) -> Observation:
    """What a device with two cameras shows; its lanes of the SKUs `out` are gaps."""
    shown = [part for part in PLAN if part != broken]
    products, gaps = [], []
    for row, part in enumerate(shown):
        view = list(PLAN).index(part)
        for lane, sku in enumerate(PLAN[part]):
            box = Box(x=0.2 + lane * 0.15, y=0.3, w=0.14, h=0.4)
            place = Box(x=0.2 + lane * 0.15, y=row / 2, w=0.14, h=0.3)
            where = {"box": box, "place": place, "row": row, "view": view}
            if sku in out:
                gaps.append(Gap(confidence=0.9, **where))
            else:
                products.append(Product(sku=sku, score=0.95, sku_confidence=0.97, column=lane, **where))
    counts: dict[str | None, int] = {}
    for one in products:
        counts[one.sku] = counts.get(one.sku, 0) + 1
    views = [
        View(camera=part, shows=SIDES[part], problem="it answered 503")
        if part == broken
        else View(camera=part, shows=SIDES[part], photo_id=uuid7(), image=IMAGE, quality=GOOD)
        for part in PLAN
    ]
    main = next(view for view in views if view.photo_id)
    given: dict[str, Any] = {
        "captured_at": NOON + timedelta(hours=hour),
        "seq": round(hour * 10) + 1,
        "photo_id": main.photo_id,
        "camera": main.camera,
        "image": IMAGE,
        "quality": GOOD.model_copy(update={"verdict": "poor"} if broken else {}),
        "confidence": 0.9 * len(shown) / len(views),
        "lines": lines_of(counts),
        "products": tuple(products),
        "gaps": tuple(gaps),
        "rows": len(shown),
        "views": tuple(views),
        "coverage": len(shown) / len(views),
    }
    return observation(counts=counts, **(given | fields))


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    """Both tenants have the plan."""
    for tenant in ("acme", "other"):
        with shelf.services.records.session(tenant) as session:
            rows = [[Lane(sku=sku, depth=3) for sku in skus] for skus in PLAN.values()]
            plan = Planogram(name="two cameras", rows=rows, created_at=NOON)
            session.add(plan)
            session.flush()
            session.get_one(Cooler, (tenant, "cooler-01")).planogram_id = plan.id
    return shelf


def told(shelf: Shelf, tenant: str = "acme") -> list[tuple[Any, ...]]:
    """SKU and, in hours after noon, last seen, first and last missed, and back."""

    def hour(at: Any) -> float | None:
        return None if at is None else (at - NOON) / timedelta(hours=1)

    rows = shelf.rows(StockoutEpisode, StockoutEpisode.withdrawn_at.is_(None), tenant=tenant)
    return sorted(
        (r.sku, hour(r.last_seen_at), hour(r.first_missed_at), hour(r.last_missed_at), hour(r.back_at)) for r in rows
    )


@pytest.mark.parametrize(
    ("broken", "seen", "unseen"), [("upper", "lemon-330", "cola-330"), ("lower", "cola-330", "lemon-330")]
)
def test_what_the_other_camera_shows_is_judged_and_nothing_else(
    shelf: Shelf, broken: str, seen: str, unseen: str
) -> None:
    shelf.send(photo(0))
    shelf.send(photo(1, [seen, unseen, "both-330"], broken))
    assert told(shelf) == [(seen, 0, 1, 1, None)], "at once; of the others nobody knows"
    shelf.send(photo(2, [seen], broken))
    shelf.send(photo(3, FULL, broken))
    assert told(shelf) == [(seen, 0, 1, 2, 3)]
    shelf.send(photo(4, [unseen]))
    assert told(shelf) == sorted([(seen, 0, 1, 2, 3), (unseen, 0, 4, 4, None)]), "mended, all is judged again"


def test_what_is_out_where_nobody_looks_stays_out(shelf: Shelf) -> None:
    shelf.send(photo(0))
    shelf.send(photo(1, ["cola-330"]))
    before = shelf.rows(ShelfWatch)[0].skus["cola-330"]
    for hour in range(2, 8):
        shelf.send(photo(hour, FULL, "upper"))
    assert told(shelf) == [("cola-330", 0, 1, 1, None)], "neither longer nor over"
    assert shelf.rows(ShelfWatch)[0].skus["cola-330"] == before
    shelf.send(photo(8))
    assert told(shelf) == [("cola-330", 0, 1, 1, 8)]


def test_a_sku_of_both_parts_is_back_where_it_is_seen_and_out_only_by_all(shelf: Shelf) -> None:
    shelf.send(photo(0), photo(1, ["both-330"]))
    shelf.send(photo(2, FULL, "upper"))
    assert told(shelf) == [("both-330", 0, 1, 1, 2)]
    for hour in range(3, 9):
        shelf.send(photo(hour, ["both-330"], "upper"))
    assert told(shelf) == [("both-330", 0, 1, 1, 2)], "it may stand above"


@pytest.mark.parametrize(
    ("before", "part"),
    [
        pytest.param([], {}, id="never seen whole"),
        pytest.param([photo(0, products=(), gaps=())], {}, id="whole, without boxes"),
        pytest.param([photo(0)], {"gaps": (), "products": ()}, id="the part without boxes"),
    ],
)
def test_what_tells_nothing(shelf: Shelf, before: list[Observation], part: dict[str, Any]) -> None:
    shelf.send(*before, photo(1, ["lemon-330"], "upper", **part))
    assert told(shelf) == []


def test_a_camera_that_was_moved_says_nothing_of_its_lanes(shelf: Shelf) -> None:
    shelf.send(photo(0))
    part = photo(1, ["lemon-330"], "upper")
    strange = tuple(one.model_copy(update={"sku": "cola-330"}) for one in part.products) * 2
    shelf.send(part.model_copy(update={"products": strange}))
    assert told(shelf) == []


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_ends_the_same(shelf: Shelf, seed: int) -> None:
    dice = random.Random(seed)
    photos = [
        photo(
            hour,
            [sku for sku in ("cola-330", "lemon-330", "both-330") if dice.random() < 0.5] if hour else FULL,
            dice.choice(("", "upper", "lower")) if hour else "",
        )
        for hour in range(12)
    ]
    shelf.send(*photos, tenant="other")
    shuffled = dice.sample(photos, len(photos))
    while shuffled:
        size = dice.randint(1, 4)
        shelf.send(*shuffled[:size])
        shuffled = shuffled[size:]
    assert told(shelf) == told(shelf, "other") != []
    one_by_one = told(shelf)
    tell_stockouts_anew(shelf.services, "acme", ["cooler-01"], NOON - timedelta(days=1))
    assert told(shelf) == one_by_one
