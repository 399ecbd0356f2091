import itertools
from dataclasses import replace

import numpy as np
import pytest

from datasets.products.catalogues import demo_catalogue
from datasets.render.develop import Developed, develop
from datasets.render.labels import annotate, categories, rows, visible_fractions
from datasets.render.rendering import Rendering
from datasets.render.stress import Stress, StressKind
from datasets.rle import decode
from facings.labels import other_category_ids
from tests.support.renderings import gap, other, product, rendering, shelves

STILL = Stress()
BENT = Stress({StressKind.LENS_DISTORTION: 3, StressKind.TILT: 1})
LISTED = [
    {"id": 1, "name": "gap"},
    {"id": 2, "name": "price-tag"},
    {"id": 3, "name": "person"},
    {"id": 4, "name": "foreign"},
    *({"id": 11 + n, "name": name, "supercategory": "product"} for n, name in enumerate(["cola", "lemon"])),
]
BOX = (40, 30, 80, 90)


def straight(ideal: Rendering) -> Developed:
    """The photo of a lens that neither bends nor turns, in which nothing is hidden."""
    photo = develop(ideal, STILL, np.random.default_rng(0))
    lens = replace(photo.warp.lens, kind="brown-conrady", distortion=(0.0,) * 5, turn=np.eye(3), k=ideal.camera.k)
    warp = replace(photo.warp, lens=lens)
    return replace(photo, warp=warp, things_shown=ideal.things_shown)


def labels(ideal: Rendering) -> list[dict]:
    return annotate(ideal, straight(ideal), LISTED)


def test_a_product_alone_is_labelled_where_it_stands() -> None:
    (label,) = labels(rendering(product(BOX, row=2, column=5, depth=1)))
    assert label["bbox"] == [40, 30, 40, 60] and label["area"] == 2400 and label["category_id"] == 11
    assert label["visible_fraction"] == pytest.approx(1, abs=0.01)
    assert (label["sku"], label["row"], label["column"], label["depth"], label["pose"]) == ("cola", 2, 5, 1, "standing")
    mask = decode(label["segmentation"])
    assert mask[30:90, 40:80].all() and mask.sum() == 2400


HALVES = {
    "another product": (product((60, 30, 100, 90), "lemon"), 0.5),
    "a hand": (other("person", (60, 0, 100, 120)), 0.5),
    "nothing": (product((80, 30, 100, 90), "lemon"), 1.0),
    "all but a sliver": (other("foreign", (42, 0, 100, 120)), None),
}


@pytest.mark.parametrize(("before", "fraction"), HALVES.values(), ids=HALVES)
def test_what_stands_before_it_takes_its_share(before: object, fraction: float | None) -> None:
    found = [label for label in labels(rendering(product(BOX), before)) if label.get("sku") == "cola"]
    if fraction is None:
        assert not found  # less than a tenth shows
    else:
        assert found[0]["visible_fraction"] == pytest.approx(fraction, abs=0.01)
        assert found[0]["bbox"] == pytest.approx([40, 30, 40 * fraction, 60])


def test_half_behind_dirt_or_half_outside_is_half() -> None:
    ideal = rendering(product(BOX), product((140, 30, 180, 90), "lemon"))
    photo = straight(ideal)
    hidden = np.zeros_like(photo.hidden)
    hidden[:, :60] = True
    fractions = visible_fractions(ideal, replace(photo, hidden=hidden))
    assert fractions == pytest.approx([0.5, 0.5], abs=0.01)


@pytest.mark.parametrize(
    "stress", [STILL, BENT, Stress({StressKind.LOW_RESOLUTION: 2})], ids=["still", "bent", "small"]
)
def test_whole_products_are_whole_after_any_lens(stress: Stress) -> None:
    ideal = shelves(640, 480)
    for seed in range(3):
        photo = develop(ideal, stress, np.random.default_rng(seed))
        height, width = photo.pixels.shape[:2]
        found = {(a["row"], a["column"]): a for a in annotate(ideal, photo, shelf_categories()) if "sku" in a}
        for thing, fraction in zip(ideal.things, visible_fractions(ideal, photo), strict=True):
            outline = photo.warp.to_photo(around(thing.full_box))
            low, high = outline.min(0), outline.max(0)
            if thing.kind != "product" or (low < 0).any() or (high > (width, height)).any():
                continue
            assert fraction > 0.93
            x, y, w, h = found[thing.row, thing.column]["bbox"]
            assert iou((x, y, x + w, y + h), (*low, *high)) > 0.8


def shelf_categories() -> list[dict]:
    return LISTED + [{"id": 100 + n, "name": f"sku-{n}"} for n in range(20)]


def around(box: tuple[float, float, float, float]) -> np.ndarray:
    x1, y1, x2, y2 = box
    share = np.linspace(0, 1, 9)[:, None]
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]])
    return np.concatenate([a + (b - a) * share for a, b in itertools.pairwise(corners)])


def iou(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    shared = np.prod(np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return float(shared / (sum(areas) - shared))


GAPS = {
    "empty": (gap(BOX), (), 1.0),
    "half outside": (gap((140, 30, 180, 90)), (), 0.5),
    "behind an arm": (gap(BOX), (other("person", (60, 0, 100, 120)),), 0.5),
    "behind a product": (gap(BOX), (product((60, 0, 100, 120), "lemon"),), 1.0),
    "hidden": (gap(BOX), (other("foreign", (30, 0, 100, 120)),), None),
    "filled": (replace(gap(BOX), filled=True), (), None),
    "outside": (gap((200, 30, 240, 90)), (), None),
}


@pytest.mark.parametrize(("place", "things", "fraction"), GAPS.values(), ids=GAPS)
def test_empty_places_are_gaps_where_they_can_be_seen(place: object, things: tuple, fraction: float | None) -> None:
    found = [label for label in labels(rendering(*things, places=(place,))) if label["category_id"] == 1]
    assert [label["visible_fraction"] for label in found] == (
        [] if fraction is None else [pytest.approx(fraction, abs=0.06)]
    )
    for label in found:
        x, y, w, h = label["bbox"]
        assert x >= 0 and y >= 0 and x + w <= 160 and y + h <= 120
        assert label["planned"] == "cola" and label["lane_empty"]


def test_tags_people_and_foreign_objects_have_categories_of_their_own() -> None:
    things = [
        other(kind, (10 + 40 * n, 10, 40 + 40 * n, 40)) for n, kind in enumerate(("price-tag", "person", "foreign"))
    ]
    assert [label["category_id"] for label in labels(rendering(*things))] == [2, 3, 4]


def test_rows_follow_the_lens() -> None:
    ideal = shelves(320, 240)
    photo = develop(ideal, BENT, np.random.default_rng(1))
    (outline,) = rows(ideal, photo.warp)
    assert outline[0] == pytest.approx(photo.warp.to_photo(np.array([[0.0, 0.0]]))[0].tolist(), abs=0.01)


def test_sku_ids_stay_when_a_catalogue_grows() -> None:
    catalogue = demo_catalogue()
    listed = categories(catalogue, frozenset({"solara-lemon-can330"}))
    ids = {category["name"]: category["id"] for category in listed}
    assert [ids[name] for name in ("gap", "price-tag", "person", "foreign")] == [1, 2, 3, 4]
    assert [ids[sku] for sku in catalogue.skus()] == list(range(11, 11 + len(catalogue)))
    assert other_category_ids(listed) == {1, 2, 3, 4}
    assert [category["name"] for category in listed if category.get("split") == "test"] == ["solara-lemon-can330"]
