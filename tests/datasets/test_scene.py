from dataclasses import replace

import numpy as np
import pytest

from datasets.compose.layouts import MAX_VARIETY, random_scene
from datasets.compose.scene import render
from datasets.compose.spec import Clutter
from datasets.products.catalogues import demo_catalogue
from datasets.products.stock import Lane, Unit, sold_down, sold_from_front
from tests.datasets.conftest import COLA, LEMON, WATER, lane, shoot, spec


def test_the_same_seed_gives_the_same_pixels_and_labels() -> None:
    scene = spec((lane(COLA, COLA), lane(LEMON)))
    first, again, other = shoot(scene), shoot(scene), shoot(scene, seed=2)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.units == again.units
    assert not np.array_equal(first.pixels, other.pixels)


def test_every_unit_is_told_with_its_place() -> None:
    scene = shoot(spec((lane(COLA, None, COLA), lane(None, LEMON)), (lane(WATER), lane(), lane(COLA))))
    assert [(u.sku, u.row, u.column, u.depth, u.front) for u in scene.units] == [
        (COLA, 0, 0, 0, True),
        (COLA, 0, 0, 2, False),
        (LEMON, 0, 1, 1, True),
        (WATER, 1, 0, 0, True),
        (COLA, 1, 2, 0, True),
    ]


def test_units_alone_show_wholly_and_boxes_are_as_large_as_the_pack() -> None:
    scene = shoot(spec((lane(COLA), lane(), lane(), lane(WATER)), (lane(),)))
    for unit in scene.units:
        assert unit.box is not None
        width, height = unit.box[2] - unit.box[0], unit.box[3] - unit.box[1]
        pack = demo_catalogue()[unit.sku]
        assert height / width == pytest.approx(pack.height_mm / pack.width_mm, rel=0.12)
        assert unit.visible_fraction > 0.85


def test_a_unit_behind_another_shows_little_and_is_no_front() -> None:
    front, rear = shoot(spec((lane(), lane(COLA, COLA)), (lane(),))).units
    assert front.visible_fraction > 0.8 > 0.45 > rear.visible_fraction
    assert (front.front, rear.front) == (True, False)


def test_the_photo_shows_the_pack_where_its_box_is() -> None:
    with_pack = shoot(spec((lane(), lane(LEMON, planned=LEMON)), (lane(),)))
    without = shoot(spec((lane(), lane(planned=LEMON)), (lane(),)))
    changed = np.abs(with_pack.pixels.astype(int) - without.pixels).max(2) > 40
    rows, columns = np.nonzero(changed)
    box = with_pack.units[0].box
    assert box is not None
    seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert seen == pytest.approx(box, abs=4)


@pytest.mark.parametrize(
    ("places", "gaps"),
    [((COLA,), []), ((), [(1, True)]), ((None, COLA), [(1, False)]), ((None, None), [(1, True)])],
)
def test_an_empty_lane_front_is_a_gap(places: tuple[str | None, ...], gaps: list[tuple[int, bool]]) -> None:
    scene = shoot(spec((lane(COLA), lane(*places), lane(COLA))))
    assert [(gap.column, gap.empty) for gap in scene.gaps] == gaps


def test_stacked_units_stand_on_each_other_and_fallen_ones_lie() -> None:
    stacked = shoot(spec((Lane(74.0, (Unit(COLA, stacked=(LEMON,)),), COLA),), (lane(),))).units
    assert [(u.sku, u.level) for u in stacked] == [(COLA, 0), (LEMON, 1)]
    low, high = (u.box for u in stacked)
    assert low and high and high[3] < low[3] - 20
    fallen = shoot(spec((lane(), Lane(160.0, (Unit(COLA, fallen=True),), COLA)))).units[0]
    assert fallen.box is not None
    assert fallen.box[2] - fallen.box[0] > 1.3 * (fallen.box[3] - fallen.box[1])


def test_what_a_hand_or_sticker_hides_does_not_count_as_seen() -> None:
    full = spec(*[tuple(lane(COLA) for _ in range(4))] * 2)
    hidden = replace(full, clutter=Clutter(hands=2, stickers=3))
    shown = [sum(unit.visible_fraction for unit in shoot(scene).units) for scene in (full, hidden)]
    assert shown[1] < shown[0] - 0.5


@pytest.mark.parametrize("variety", range(MAX_VARIETY + 1))
def test_random_scenes_of_every_variety_render_and_their_boxes_lie_inside(variety: int) -> None:
    for seed in range(3):
        rng = np.random.default_rng([variety, seed])
        scene = random_scene(rng, demo_catalogue(), variety)
        quarter = replace(scene.camera, width=scene.camera.width // 4, height=scene.camera.height // 4)
        rendered = render(replace(scene, camera=quarter), demo_catalogue(), rng)
        assert rendered.pixels.shape == (quarter.height, quarter.width, 3)
        for unit in rendered.units:
            assert (unit.box is None) == (unit.visible_fraction == 0)
            if unit.box:
                x1, y1, x2, y2 = unit.box
                assert 0 <= x1 < x2 <= quarter.width and 0 <= y1 < y2 <= quarter.height
                assert x1 >= unit.full_box[0] - 3 and x2 <= unit.full_box[2] + 3
                assert y1 >= unit.full_box[1] - 3 and y2 <= unit.full_box[3] + 3


def test_what_stays_put_looks_the_same_in_the_next_photo() -> None:
    before = replace(spec((lane(COLA, COLA), lane(LEMON), lane(WATER))), placement=4)
    after = replace(before, rows=((lane(COLA, COLA), lane(planned=LEMON), lane(WATER)),))
    first, second = shoot(before, seed=1).units, shoot(after, seed=2).units
    assert [unit.full_box for unit in first if unit.sku != LEMON] == [unit.full_box for unit in second]


def test_what_is_sold_from_the_front_leaves_the_rest_at_the_back() -> None:
    unit = Unit("cola")
    assert sold_from_front(Lane(70, (unit, unit, None, None), "cola")).places == (None, None, unit, unit)
    for places in ((unit, unit), (None, None), (Unit("cola", fallen=True), None)):
        assert sold_from_front(Lane(70, places)).places == places


def test_scenes_sold_down_hold_the_same_units_farther_back() -> None:
    rows = random_scene(np.random.default_rng(4), demo_catalogue(), 1).rows
    sold = sold_down(np.random.default_rng(5), rows, 0.5)
    lanes, after = [lane for row in rows for lane in row], [lane for row in sold for lane in row]
    assert [sum(map(bool, lane.places)) for lane in after] == [sum(map(bool, lane.places)) for lane in lanes]
    changed = [old != new for old, new in zip(lanes, after, strict=True)]
    assert any(changed) and not all(changed)
    assert sold_down(np.random.default_rng(5), rows, 0.0) == rows


def test_tags_stand_before_the_first_of_neighbouring_lanes_and_say_the_price() -> None:
    # Tags fall off by chance: over some coolers each lane that should have one has it now and then, and no other.
    rows = ((lane(COLA), lane(COLA), lane(LEMON), lane(planned=WATER)), (lane(), lane(WATER)))
    scenes = [shoot(replace(spec(*rows), backdrop=number, prices={LEMON: 9.5})) for number in range(12)]
    tags = [tag for scene in scenes for tag in scene.tags]
    prices = {pack.sku: pack.price for pack in demo_catalogue()} | {LEMON: 9.5}
    assert all(tag.price == prices[tag.sku] for tag in tags)
    assert all(len({(tag.sku, tag.row) for tag in scene.tags}) == len(scene.tags) for scene in scenes)
    assert 0.7 * 48 <= len(tags) < 48


def test_a_tag_is_where_its_box_is() -> None:
    cooler = spec((lane(COLA), lane(LEMON)), (lane(),))
    with_tags = shoot(cooler)
    without = shoot(replace(cooler, cabinet=replace(cooler.cabinet, price_tags=False, lip_text="")))
    changed = np.abs(with_tags.pixels.astype(int) - without.pixels).max(2) > 40
    inside = np.zeros_like(changed)
    for tag in with_tags.tags:
        x1, y1, x2, y2 = (round(edge) for edge in tag.box)
        assert changed[y1:y2, x1:x2].mean() > 0.5
        inside[y1 - 2 : y2 + 2, x1 - 2 : x2 + 2] = True
    assert with_tags.tags
    assert not without.tags
    assert not (changed & ~inside).any()
