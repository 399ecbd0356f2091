import numpy as np
import pytest

from datasets.compose.optics import optics_of
from datasets.compose.spec import Camera

CAMERAS = {
    "frontal": Camera(320, 240, y_mm=700, aim_y_mm=700, barrel=0.0),
    "wide": Camera(320, 240, field_deg=90, barrel=0.15),
    "from the side, from above, leaning": Camera(320, 240, x_mm=500, y_mm=1500, roll_deg=4),
}


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
def test_boxes_and_pixels_go_the_same_way(camera: Camera) -> None:
    optics = optics_of(camera)
    map_x, map_y = optics.canvas_maps()
    for x, y in [(0, 0), (160, 120), (319, 0), (40, 200), (319, 239)]:
        back = optics.to_photo(np.array([[map_x[y, x] + 0.5, map_y[y, x] + 0.5]]))[0]
        assert back == pytest.approx((x + 0.5, y + 0.5), abs=0.05)


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
def test_the_aim_is_in_the_middle_of_the_photo(camera: Camera) -> None:
    optics = optics_of(camera)
    aim = optics.project(camera.aim_x_mm, camera.aim_y_mm, 0.0)
    assert optics.to_photo(np.array([aim]))[0] == pytest.approx((camera.width / 2, camera.height / 2), abs=8)


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
def test_the_canvas_covers_the_whole_photo(camera: Camera) -> None:
    optics = optics_of(camera)
    map_x, map_y = optics.canvas_maps()
    assert map_x.min() >= 0 and map_x.max() <= optics.width
    assert map_y.min() >= 0 and map_y.max() <= optics.height
