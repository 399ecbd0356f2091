import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datasets.products.catalogues import demo_catalogue
from datasets.products.stock import Lane, Unit
from facings.errors import BadInputError
from firmware_sim.fleet.errors import MEASURED, PERFECT, VisionErrors, read_errors
from firmware_sim.fleet.seeing import Eye
from firmware_sim.world.state import ShelfState

COLA, LEMON = "northwind-cola-can330", "solara-lemon-can330"
CATALOGUE = demo_catalogue()


def lane(*places: str | None, stacked: tuple[str, ...] = ()) -> Lane:
    return Lane(74.0, tuple(Unit(sku, stacked=stacked) if sku else None for sku in places), COLA)


def shelf(*lanes: Lane) -> ShelfState:
    return ShelfState("cooler-01", datetime(2026, 11, 9, tzinfo=UTC), (lanes,))


def eye(errors: VisionErrors, seed: int = 1) -> Eye:
    return Eye(CATALOGUE, errors, random.Random(seed))


def with_errors(**changes: object) -> VisionErrors:
    return VisionErrors.model_validate(PERFECT.model_dump() | changes)


def test_perfect_vision_sees_every_front_and_every_empty_lane() -> None:
    seen = eye(PERFECT).look(shelf(lane(COLA, COLA), lane(None, LEMON), lane(None, None)))
    assert [(line.sku, line.units, line.facings) for line in seen.lines] == [(COLA, 1, 1), (LEMON, 1, 1)]
    assert [(product.sku, product.column) for product in seen.products] == [(COLA, 0), (LEMON, 1)]
    assert sum(line.linear_share for line in seen.lines) == pytest.approx(1.0)
    assert len(seen.gaps) == 1


def test_stacked_units_are_units_of_their_column() -> None:
    (line,) = eye(PERFECT).look(shelf(lane(COLA, stacked=(COLA,)))).lines
    assert line.units == 2


@pytest.mark.parametrize(
    ("errors", "units", "facings"),
    [
        ({"front_seen": (1.0, 0.0)}, 1, 1),
        ({"behind_seen": (1.0,)}, 4, 2),
        ({"behind_seen": (1.0, 1.0)}, 5, 2),
        ({"front_seen": (0.0,)}, 0, 0),
    ],
)
def test_what_is_seen_follows_from_depth(errors: dict[str, object], units: int, facings: int) -> None:
    seen = eye(with_errors(**errors)).look(shelf(lane(COLA, COLA, COLA), lane(None, COLA, COLA)))
    assert sum(line.units for line in seen.lines) == units
    assert sum(line.facings for line in seen.lines) == facings


def test_names_go_wrong_as_often_as_measured() -> None:
    named = {"right": 0.5, "unknown": 0.2, "sister": 0.2, "other": 0.1}
    seen = eye(with_errors(named=named)).look(shelf(*[lane(COLA)] * 4000))
    brand = {pack.sku: pack.brand for pack in CATALOGUE}
    names = [product.sku for product in seen.products]
    assert names.count(COLA) / 4000 == pytest.approx(0.5, abs=0.03)
    assert names.count(None) / 4000 == pytest.approx(0.2, abs=0.03)
    sisters = [name for name in names if name not in {COLA, None} and brand[str(name)] == brand[COLA]]
    assert len(sisters) / 4000 == pytest.approx(0.2, abs=0.03)


def test_the_measured_errors_give_the_measured_rates() -> None:
    errors = read_errors()
    seen = eye(errors).look(shelf(*[lane(COLA, COLA, COLA)] * 4000))
    fronts = sum(product.front for product in seen.products)
    assert fronts / 4000 == pytest.approx(errors.front(0), abs=0.01)
    assert (len(seen.products) - fronts) / 4000 == pytest.approx(errors.behind(1) + errors.behind(2), abs=0.01)


def test_the_same_seed_sees_the_same() -> None:
    state = shelf(lane(COLA), lane(LEMON))
    assert eye(read_errors(), 3).look(state) == eye(read_errors(), 3).look(state)


@pytest.mark.parametrize(
    ("instead", "gaps"),
    [
        pytest.param((0.0,), 0, id="nothing is told of it"),
        pytest.param((0.0, 1.0), 4000, id="a gap, as often as measured"),
    ],
)
def test_a_lane_whose_first_unit_is_overlooked_may_be_told_as_a_gap(instead: tuple[float, ...], gaps: int) -> None:
    errors = with_errors(front_seen=(1.0, 0.0), gap_where_missed=instead)
    seen = eye(errors).look(shelf(*[lane(None, COLA)] * 4000))
    assert (len(seen.products), len(seen.gaps)) == (0, gaps)


def test_confidences_are_drawn_between_the_measured_deciles() -> None:
    confidence = PERFECT.confidence.model_copy(update={"right": (0.2, 0.6, 1.0)})
    seen = eye(PERFECT.model_copy(update={"confidence": confidence})).look(shelf(*[lane(COLA)] * 4000))
    drawn = sorted(product.sku_confidence for product in seen.products)
    assert (drawn[0], drawn[2000], drawn[-1]) == (pytest.approx(0.2, abs=0.01), pytest.approx(0.6, abs=0.02),
                                                  pytest.approx(1.0, abs=0.01))  # fmt: skip


@pytest.mark.parametrize(("text", "says"), [(None, "cannot read"), ("{}", "front_seen"), ("no", "Invalid JSON")])
def test_a_file_of_errors_that_is_none(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "errors.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadInputError, match=says):
        read_errors(file)


def test_the_shipped_figures_say_how_they_were_measured() -> None:
    assert "bench.count_errors" in MEASURED.read_text()
