from dataclasses import replace

import cv2
import numpy as np
import pytest

from datasets.render.develop import Developed, develop
from datasets.render.lens import draw_lens, widened
from datasets.render.stress import Stress, StressKind
from tests.support.renderings import camera, product, rendering, shelves

SMALL, LARGE = shelves(320, 240), shelves(800, 600)
OF_THE_CAMERA = [kind for kind in StressKind if list(StressKind).index(kind) >= 6]
GEOMETRY = {
    "plain": Stress(),
    "bent": Stress({StressKind.LENS_DISTORTION: 3}),
    "tilted": Stress({StressKind.TILT: 3}),
    "bent, tilted, moved": Stress(
        dict.fromkeys((StressKind.LENS_DISTORTION, StressKind.TILT, StressKind.MOTION_BLUR), 2)
    ),
}


def shot(stress: Stress, seed: int = 1) -> Developed:
    ideal = LARGE if stress[StressKind.LOW_RESOLUTION] else SMALL
    return develop(ideal, stress, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", OF_THE_CAMERA)
def test_a_photo_is_repeatable_and_every_level_another(kind: StressKind) -> None:
    photos = [shot(Stress({kind: level})) for level in range(4)]
    assert photos[2].jpeg == shot(Stress({kind: 2})).jpeg != shot(Stress({kind: 2}), seed=2).jpeg
    assert len({photo.jpeg for photo in photos}) == 4


@pytest.mark.parametrize("stress", GEOMETRY.values(), ids=GEOMETRY)
@pytest.mark.parametrize("seed", range(4))
def test_a_marked_pixel_goes_where_its_label_goes(stress: Stress, seed: int) -> None:
    mark = (150, 110, 162, 122)
    marked = rendering(product(mark), size=(320, 240))
    light = np.full_like(marked.light, 0.05)
    light[mark[1] : mark[3], mark[0] : mark[2]] = 1
    photo = develop(replace(marked, light=light), stress, np.random.default_rng(seed))
    by_pixels = cv2.moments((cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY) > 128).astype(np.uint8))
    by_label = cv2.moments((photo.things_shown == 1).astype(np.uint8))
    for moment in ("m10", "m01"):
        assert by_pixels[moment] / by_pixels["m00"] == pytest.approx(by_label[moment] / by_label["m00"], abs=1.2)
    middle = photo.warp.to_photo(np.array([[156.0, 116]]))[0]
    assert (by_label["m10"] / by_label["m00"] + 0.5, by_label["m01"] / by_label["m00"] + 0.5) == pytest.approx(
        middle, abs=0.7
    )


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_low_resolution_is_delivered_small_or_enlarged_with_labels_to_match(level: int) -> None:
    sizes = set()
    for seed in (0, 1, 3):
        photo = develop(LARGE, Stress({StressKind.LOW_RESOLUTION: level}), np.random.default_rng(seed))
        assert photo.pixels.shape[:2] == photo.things_shown.shape == photo.hidden.shape
        assert (photo.warp.lens.width, photo.warp.lens.height) == photo.pixels.shape[1::-1]
        sizes.add(photo.pixels.shape[1])
    assert 800 in sizes and min(sizes) < 800


def test_a_blocked_lens_is_in_the_labels() -> None:
    hidden = [shot(Stress({StressKind.DIRTY_LENS: level}), seed=3).hidden.mean() for level in (0, 3)]
    assert hidden[0] == 0 < hidden[1]


def test_pixels_are_those_of_the_file() -> None:
    photo = shot(Stress({StressKind.JPEG: 3}))
    assert np.array_equal(cv2.imdecode(np.frombuffer(photo.jpeg, np.uint8), cv2.IMREAD_COLOR), photo.pixels)
    assert len(photo.jpeg) < 0.5 * len(shot(Stress()).jpeg)


def test_a_lens_drawn_before_rendering_is_the_photos() -> None:
    ideal = camera(320, 240)
    lens = draw_lens(ideal, Stress({StressKind.LENS_DISTORTION: 2}), np.random.default_rng(1))
    wide = widened(ideal, lens)
    photo = develop(shelves_of(wide.width, wide.height), Stress(), np.random.default_rng(1), lens)
    assert photo.pixels.shape[:2] == (240, 320)
    assert photo.warp.lens.distortion == lens.distortion


def shelves_of(width: int, height: int) -> object:
    made = shelves(width, height)
    return replace(made, camera=replace(camera(320, 240), width=width, height=height, k=made.camera.k))
