"""Several cameras before one cooler: what they count together is what one photo of all of it counts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from cloud.analytics.places import Places, sight_of
from cloud.analytics.row_fit import Place
from edge.device.identity import REPLAY_CLOCK, Identity
from edge.observe import shown_by
from edge.observe_together import NOT_ALL_SEEN, CameraView, Taken, observation_of_all
from edge.uplink.spool import SpooledPhoto
from edge.vision.chain import VisionChain
from edge.vision.overlap import Overlap
from edge.vision.parts import agrees, step
from edge.vision.photo import Photo
from edge.vision.reading import ShelfReading
from edge.vision.seams import cut_on_both_sides
from facings.ids import uuid7
from facings.messages import CoolerPart, Observation
from tests.support.cooler import FIRST

Pixels = npt.NDArray[np.uint8]
SHELF_EDGE = 365
"""Row of pixels between the second shelf of the photo and the third."""


@pytest.fixture(scope="module")
def week(root: Path) -> Path:
    return root / "datasets" / "replays" / "week"


@pytest.fixture(scope="module")
def chain(week: Path) -> VisionChain:
    return VisionChain(gallery=week / "gallery", tells_looks=True)


@pytest.fixture(scope="module")
def cooler(week: Path) -> Pixels:
    """A rendered cooler with five shelves, 720 x 960."""
    picture = cv2.imread(str(sorted((week / "coolers" / "cooler-01" / "photos").glob("*.jpg"))[3]))
    assert picture is not None
    return np.asarray(picture, np.uint8)


@pytest.fixture(scope="module")
def whole(chain: VisionChain, cooler: Pixels) -> ShelfReading:
    return chain.read(photo(cooler))


def photo(pixels: Pixels) -> Photo:
    return Photo(np.ascontiguousarray(pixels), "0" * 64, b"", "image/jpeg")


VIEWS: dict[str, tuple[tuple[slice, slice], tuple[slice, slice], tuple[CoolerPart, CoolerPart], bool]] = {
    "one above the other": (np.s_[:624, :], np.s_[336:, :], ("upper", "lower"), True),
    "side by side, and nothing said of it": (np.s_[:, :468], np.s_[:, 252:], ("whole", "whole"), True),
    "halves that share nothing, the lower first": (
        np.s_[SHELF_EDGE:, :],
        np.s_[:SHELF_EDGE, :],
        ("lower", "upper"),
        False,
    ),
}


@pytest.mark.parametrize(("one", "other", "shows", "overlaps"), VIEWS.values(), ids=VIEWS)
def test_two_cameras_count_what_one_would(
    one: tuple[slice, slice],
    other: tuple[slice, slice],
    shows: tuple[CoolerPart, CoolerPart],
    overlaps: bool,
    chain: VisionChain,
    cooler: Pixels,
    whole: ShelfReading,
) -> None:
    together = chain.read_together([photo(cooler[one]), photo(cooler[other])], shows)
    assert [view.linked for view in together.views] == [overlaps, overlaps]
    assert together.rows == whole.rows == 5
    assert abs(len(together.products) - len(whole.products)) <= 1.645 * max(whole.count_sd, together.count_sd)
    for sku in {line.sku for line in (*whole.lines, *together.lines)}:
        (units, sd), (of_one, sd_of_one) = _counted(together, sku), _counted(whole, sku)
        assert abs(units - of_one) <= 0.5 + 1.645 * np.hypot(sd, sd_of_one), sku
    assert _rows(together) == pytest.approx(_rows(whole), abs=1)
    assert all(product.place and 0 <= min(product.place) <= max(product.place) <= 1 for product in together.products)
    middles = {row: [p.place[3] for p in together.products if p.place and p.row == row] for row in range(5)}
    assert sorted(middles, key=lambda row: float(np.median(middles[row]))) == [0, 1, 2, 3, 4]


def _counted(reading: ShelfReading, sku: str | None) -> tuple[int, float]:
    """Units of a SKU and the error stated of them; of one that has no line, that of a single unit."""
    return next(((line.units, line.count_sd) for line in reading.lines if line.sku == sku), (0, 0.5))


def _rows(reading: ShelfReading) -> list[int]:
    return [sum(product.row == row for product in reading.products) for row in range(reading.rows)]


def test_cameras_that_halve_a_row_are_found_out(chain: VisionChain, cooler: Pixels) -> None:
    """They share too little of the third shelf to tell that it is one."""
    parts: tuple[CoolerPart, CoolerPart] = ("upper", "lower")
    found = {
        (upper, lower): list(
            cut_on_both_sides(chain.read_together([photo(cooler[:upper]), photo(cooler[lower:])], parts), parts)
        )
        for upper, lower in ((460, 420), (SHELF_EDGE, SHELF_EDGE))
    }
    assert found == {(460, 420): [(0, 1)], (SHELF_EDGE, SHELF_EDGE): []}


STEPS: dict[str, tuple[CoolerPart, CoolerPart, tuple[int, int] | None]] = {
    "below": ("upper", "lower", (0, 1)),
    "above": ("lower", "middle", (0, -1)),
    "to the right": ("left", "centre", (1, 0)),
    "to the left": ("right", "left", (-1, 0)),
    "the same part": ("upper", "upper", None),
    "of two kinds": ("upper", "left", None),
    "the whole": ("whole", "lower", None),
}


@pytest.mark.parametrize(("one", "other", "way"), STEPS.values(), ids=STEPS)
def test_which_way_a_part_lies_from_another(one: CoolerPart, other: CoolerPart, way: tuple[int, int] | None) -> None:
    assert step(one, other) == way


@pytest.mark.parametrize(
    ("shift", "shows", "fits"),
    [
        pytest.param((0, -300), ("upper", "lower"), True, id="as told"),
        pytest.param((0, 300), ("upper", "lower"), False, id="the other way round"),
        pytest.param((0, 0), ("upper", "lower"), False, id="the same shelves"),
        pytest.param((0, 0), ("whole", "lower"), True, id="nothing told"),
        pytest.param((-300, 0), ("left", "right"), True, id="side by side"),
    ],
)
def test_an_overlap_that_contradicts_the_settings_is_none(
    shift: tuple[int, int], shows: tuple[CoolerPart, CoolerPart], fits: bool
) -> None:
    none = np.zeros((0, 2), np.int64)
    overlap = Overlap(np.array([[1.0, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]), none, none[:, 0])
    assert agrees(overlap, ((720, 960), (720, 960)), shows) is fits


def observed(chain: VisionChain, upper: Pixels | None, lower: Pixels | None) -> Observation:
    """The observation of a device with two cameras, of which one may have given nothing."""
    parts: tuple[CoolerPart, CoolerPart] = ("upper", "lower")
    views = [
        CameraView(part, part, Taken(spooled(part), photo(pixels)))
        if pixels is not None
        else CameraView(part, part, problem="the camera gave no photo")
        for part, pixels in zip(parts, (upper, lower), strict=True)
    ]
    taken = [view for view in views if view.taken]
    reading = chain.read_together([view.taken.photo for view in taken if view.taken], [view.shows for view in taken])
    return observation_of_all(Identity("acme", "cooler-01").envelope(FIRST, REPLAY_CLOCK), views, reading, 12.3)


def spooled(camera: str) -> SpooledPhoto:
    return SpooledPhoto(
        uuid7(),
        "0" * 64,
        100,
        FIRST,
        FIRST,
        FIRST,
        "schedule",
        REPLAY_CLOCK,
        None,
        None,
        None,
        camera=camera,
        occasion="x",
    )


@pytest.fixture(scope="module")
def both(chain: VisionChain, cooler: Pixels) -> Observation:
    """What both cameras show, which have nothing in common."""
    return observed(chain, cooler[:SHELF_EDGE], cooler[SHELF_EDGE:])


BROKEN = {"gave nothing": None, "is black": np.zeros((365, 720, 3), np.uint8)}


@pytest.mark.parametrize("upper", BROKEN.values(), ids=BROKEN)
def test_nothing_is_told_of_a_half_that_nobody_saw(
    upper: Pixels | None, chain: VisionChain, cooler: Pixels, both: Observation
) -> None:
    half = observed(chain, upper, cooler[SHELF_EDGE:])
    assert both.stands_for_cooler
    assert not half.stands_for_cooler
    assert (half.coverage, half.quality.verdict, half.quality.reasons[-1]) == (0.5, "poor", NOT_ALL_SEEN)
    assert half.views[0].problem
    assert half.confidence < 0.6 * both.confidence
    assert {product.view for product in half.products} == {1}
    assert {gap.view for gap in half.gaps} <= {1}
    assert len(half.products) == sum(product.view == 1 for product in both.products)


def test_a_planogram_is_laid_over_the_whole_cooler(both: Observation, whole: ShelfReading) -> None:
    """What the cloud makes of the places on two photos is what it makes of those on one."""
    plan = Places([[Place(row, lane / 10, (lane + 1) / 10) for lane in range(10)] for row in range(5)], {})
    alone = both.model_copy(update=shown_by(whole))
    one, two = (sight_of(message).over(plan) for message in (alone, both))
    assert one is not None
    assert two is not None
    same = [a == b for row, other in zip(one.spots, two.spots, strict=True) for a, b in zip(row, other, strict=True)]
    assert sum(same) >= 45, "of 50 places"
