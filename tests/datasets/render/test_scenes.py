"""What scenes must hold: labels without chance, truth of what is hidden, nothing inside anything else."""

import json
from collections import Counter

import numpy as np
import pytest

from datasets.products.stock import Lane, Unit
from datasets.render.coolers import cooler_scene
from datasets.render.paint import render_scene
from datasets.render.placing import LooseItem, PlacedUnit, is_round
from datasets.render.random_scenes import FURNITURE_KINDS, FurnitureKind, random_scene
from datasets.render.rendering import Rendering
from datasets.render.scene import Scene, place_units
from datasets.render.stress import Stress, StressKind
from datasets.render.truth import scene_truth
from facings.errors import BadInputError
from tests.support.scenes import CATALOGUE, ahead, bench, shrunk

CAN, OTHER, PET = "northwind-cola-can330", "rubia-cola-can330", "northwind-cola-pet500"
WORST = Stress(dict.fromkeys(StressKind, 3))


def labelled(scene: Scene) -> Rendering:
    return render_scene(scene, CATALOGUE, samples=0)


def shown_share(rendering: Rendering, number: int) -> float:
    """Share of a thing's outline that the picture shows."""
    return float((rendering.things_shown == number).sum() / rendering.things[number - 1].full_area)


def a_scene(seed: int, stress: Stress = WORST, kind: FurnitureKind | None = None) -> Scene:
    return shrunk(random_scene(np.random.default_rng(seed), CATALOGUE, stress, kind), 128)


def test_the_same_seed_gives_the_same_labels_and_truth_whatever_the_samples() -> None:
    first, second = a_scene(5), a_scene(5)
    plain, painted = labelled(first), render_scene(second, CATALOGUE, samples=1)
    np.testing.assert_array_equal(plain.things_shown, painted.things_shown)
    np.testing.assert_array_equal(plain.distance_mm, painted.distance_mm)
    assert json.dumps(scene_truth(first, plain)) == json.dumps(scene_truth(second, painted))


@pytest.mark.parametrize("kind", FURNITURE_KINDS)
def test_every_furniture_is_painted_and_labelled(kind: FurnitureKind) -> None:
    scene = a_scene(3, Stress(), kind)
    rendering = render_scene(scene, CATALOGUE, samples=1)
    assert rendering.furniture == kind
    assert np.isfinite(rendering.light).all()
    assert 0.1 < float(np.median(rendering.light)) < 3
    assert any(thing.kind == "product" for thing in rendering.things)
    assert rendering.things_shown.max() <= len(rendering.things)
    assert (rendering.things_shown > 0).mean() > 0.02


def test_the_unit_in_front_hides_the_one_behind() -> None:
    rendering = labelled(bench(Lane(70, (Unit(CAN), Unit(OTHER)), CAN)))
    front, back = rendering.things
    assert (front.sku, front.depth, front.front) == (CAN, 0, True)
    assert (back.sku, back.depth, back.front) == (OTHER, 1, False)
    assert shown_share(rendering, 1) == pytest.approx(1, abs=0.03)
    assert shown_share(rendering, 2) < 0.02
    middle = rendering.things_shown[60, 80]
    assert middle == 1
    assert rendering.distance_mm[60, 80] == pytest.approx(2500 + 6, abs=3)


def test_a_can_half_behind_another_shows_about_half_of_itself() -> None:
    behind, before = LooseItem(CAN, (0, 0, -300)), LooseItem(OTHER, (33, 0, -100))
    rendering = labelled(bench(loose=(behind, before), camera=ahead((320, 240), 6000, 4)))
    assert shown_share(rendering, 1) == pytest.approx(0.5, abs=0.05)
    assert shown_share(rendering, 2) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("sku", [CAN, PET, "lumaye-peach-carton250", "rubia-cherry-sleek330"])
@pytest.mark.parametrize("fallen", [False, True])
def test_the_outline_of_what_nothing_hides_is_what_shows_of_it(sku: str, fallen: bool) -> None:
    item = LooseItem(sku, (0, 0, -200), turn_deg=25, fallen=fallen)
    rendering = labelled(bench(loose=(item,), camera=ahead((320, 240), height_mm=110, field_deg=11)))
    assert shown_share(rendering, 1) == pytest.approx(1, abs=0.03)
    down, across = np.nonzero(rendering.things_shown == 1)
    box = (across.min(), down.min(), across.max() + 1, down.max() + 1)
    assert rendering.things[0].full_box == pytest.approx(box, abs=1.6)


def test_what_reaches_out_of_the_photo_keeps_its_whole_outline() -> None:
    rendering = labelled(bench(loose=(LooseItem(CAN, (0, 0, -100)),), camera=ahead((160, 120), 2500, 1.2)))
    x1, y1, x2, y2 = rendering.things[0].full_box
    assert x1 < 0
    assert y1 < 0
    assert x2 > 160
    assert y2 > 120
    assert shown_share(rendering, 1) < 0.6


@pytest.mark.parametrize(
    ("units", "filled", "lane_empty"),
    [
        ((Unit(CAN), Unit(CAN)), True, False),
        ((None, Unit(CAN)), False, False),
        ((None, None), False, True),
        ((), False, True),
    ],
)
def test_a_place_says_whether_it_is_filled_and_whether_the_lane_is_empty(
    units: tuple[Unit | None, ...], filled: bool, lane_empty: bool
) -> None:
    (place,) = labelled(bench(Lane(80, units, CAN))).places
    assert (place.row, place.column, place.planned) == (0, 0, CAN)
    assert (place.filled, place.lane_empty) == (filled, lane_empty)


def test_the_outline_of_a_place_lies_around_its_unit() -> None:
    rendering = labelled(bench(Lane(72, (Unit(CAN),), CAN)))
    x1, y1, x2, y2 = rendering.things[0].full_box
    (left, top), (right, _), (_, low), _ = rendering.places[0].outline
    assert left == pytest.approx(x1, abs=5)
    assert right == pytest.approx(x2, abs=5)
    assert top == pytest.approx(y1, abs=6)
    assert low == pytest.approx(y2, abs=4)


ROWS = (
    (Lane(72, (Unit(CAN, stacked=(OTHER,)), Unit(CAN), None), CAN), Lane(72, (None, None, Unit(OTHER)), OTHER)),
    (Lane(71, (Unit(PET), Unit(PET), Unit(PET)), PET), Lane(71, (), PET), Lane(71, (Unit(OTHER),), PET)),
)


def test_a_cooler_holds_exactly_the_given_lanes() -> None:
    rendering = labelled(shrunk(cooler_scene(ROWS, 4, CATALOGUE), 160))
    found = Counter((t.row, t.column, t.depth, t.level, t.sku) for t in rendering.things if t.kind == "product")
    given = Counter(
        (row, column, depth, level, sku)
        for row, lanes in enumerate(ROWS)
        for column, lane in enumerate(lanes)
        for depth, unit in enumerate(lane.places)
        if unit
        for level, sku in enumerate((unit.sku, *unit.stacked))
    )
    assert found == given
    assert len(rendering.rows) == len(ROWS)


def test_a_cooler_looks_the_same_but_for_its_stock() -> None:
    full = cooler_scene(ROWS, 4, CATALOGUE)
    sold = cooler_scene((ROWS[0], (Lane(71, (None, Unit(PET), Unit(PET)), PET), *ROWS[1][1:])), 4, CATALOGUE)
    assert full.furniture == sold.furniture
    np.testing.assert_array_equal(full.camera.k @ full.camera.r, sold.camera.k @ sold.camera.r)
    kept = {(u.row, u.column, u.depth, u.level): u.matrix for u in place_units(full, full.furniture.build(), CATALOGUE)}
    for unit in place_units(sold, sold.furniture.build(), CATALOGUE):
        np.testing.assert_array_equal(unit.matrix, kept[unit.row, unit.column, unit.depth, unit.level])


@pytest.mark.parametrize(
    ("rows", "clear", "words"),
    [
        ((), None, "at least one row"),
        (((),), None, "at least one lane"),
        (ROWS, (300.0,), "one height per row"),
        (ROWS, (150.0, 300.0), "row 0: a unit is 230 mm tall"),
    ],
)
def test_a_cooler_that_cannot_be_built_says_why(
    rows: tuple[tuple[Lane, ...], ...], clear: tuple[float, ...] | None, words: str
) -> None:
    with pytest.raises(BadInputError, match=words):
        cooler_scene(rows, 1, CATALOGUE, clear)


def core(unit: PlacedUnit) -> tuple[np.ndarray, float, float, float]:
    """The upright body inside a standing unit: middle of its foot, radius, lowest and highest y."""
    pack = CATALOGUE[unit.sku]
    radius = (pack.width_mm if is_round(pack) else min(pack.width_mm, pack.depth_mm)) / 2
    foot = unit.matrix[:3, 3]
    return foot, radius, foot[1], foot[1] + pack.height_mm


@pytest.mark.parametrize("kind", FURNITURE_KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_no_product_stands_inside_another_or_outside_its_shelf(kind: FurnitureKind, seed: int) -> None:
    scene = random_scene(np.random.default_rng(seed), CATALOGUE, WORST, kind)
    furniture = scene.furniture.build()
    units = [unit for unit in place_units(scene, furniture, CATALOGUE) if unit.pose != "fallen"]
    bodies = [core(unit) for unit in units]
    for i, (foot, radius, low, high) in enumerate(bodies):
        for other, wide, under, over in bodies[:i]:
            if min(high, over) - max(low, under) > 4:
                apart = np.hypot(foot[0] - other[0], foot[2] - other[2])
                assert apart >= radius + wide - 1.5, (units[i].sku, foot, other)
    left = min(shelf.left_mm for shelf in furniture.shelves)
    right = max(shelf.left_mm + shelf.width_mm for shelf in furniture.shelves)
    assert all(left - 1 <= foot[0] - radius and foot[0] + radius <= right + 1 for foot, radius, _, _ in bodies)


def test_stress_puts_people_and_things_that_do_not_belong_into_the_scene() -> None:
    kinds = Counter(thing.kind for thing in labelled(a_scene(8, WORST, "open-shelves")).things)
    assert kinds["person"] == 1
    assert kinds["foreign"] >= 2
    assert kinds["price-tag"] >= 3
    calm = Counter(thing.kind for thing in labelled(a_scene(8, Stress(), "open-shelves")).things)
    assert calm["person"] == calm["foreign"] == 0


def test_the_truth_tells_of_every_unit_with_its_pose_and_is_plain_json() -> None:
    scene = bench(Lane(70, (Unit(CAN), Unit(OTHER)), CAN))
    truth = json.loads(json.dumps(scene_truth(scene, labelled(scene))))
    assert [thing["sku"] for thing in truth["things"]] == [CAN, OTHER]
    back = truth["things"][1]["placement"]
    assert back[2][3] < truth["things"][0]["placement"][2][3]
    assert truth["camera"]["mount"] == "aisle"
    assert truth["lanes"][0][0]["planned"] == CAN
