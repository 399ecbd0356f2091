from dataclasses import replace

import cv2
import numpy as np
import pytest

from datasets.render.lens import Lens, Warp, draw_lens, fitted, sized, widened
from datasets.render.stress import Stress, StressKind
from tests.support.renderings import camera

CAMERA = camera(160, 120, field_deg=70)
STRESSES = {
    "a good camera": Stress(),
    "bent": Stress({StressKind.LENS_DISTORTION: 1}),
    "bent badly": Stress({StressKind.LENS_DISTORTION: 3}),
    "tilted": Stress({StressKind.TILT: 2}),
    "bent and tilted badly": Stress({StressKind.LENS_DISTORTION: 3, StressKind.TILT: 3}),
}
POINTS = np.array([[80.0, 60], [20, 30], [150, 20], [70, 110], [100, 61]])


def lenses(stress: Stress) -> list[Lens]:
    return [draw_lens(CAMERA, stress, np.random.default_rng(seed)) for seed in range(6)]


@pytest.mark.parametrize("stress", STRESSES.values(), ids=STRESSES)
def test_there_and_back_is_the_same_place(stress: Stress) -> None:
    for lens in lenses(stress):
        warp = Warp(CAMERA, lens)
        assert warp.to_ideal(warp.to_photo(POINTS)) == pytest.approx(POINTS, abs=0.02)


@pytest.mark.parametrize("stress", STRESSES.values(), ids=STRESSES)
def test_points_go_where_opencv_projects_them(stress: Stress) -> None:
    """What `as_json` says of a camera is what OpenCV's calibration means by it."""
    scene = np.array([[0.0, 0, 0], [400, 300, 0], [-500, 200, -300], [300, -250, 200]])
    seen = scene @ CAMERA.r.T + CAMERA.t
    ideal = seen[:, :2] / seen[:, 2:] * CAMERA.k[0, 0] + CAMERA.k[:2, 2]
    for lens in lenses(stress):
        said = Warp(CAMERA, lens).as_json()
        r, t, k, bent = (np.array(said[key]) for key in ("r", "t", "k", "distortion"))
        project = cv2.fisheye.projectPoints if said["model"] == "fisheye" else cv2.projectPoints
        by_opencv = project(scene.reshape(-1, 1, 3), cv2.Rodrigues(r)[0], t, k, bent)[0]
        assert Warp(CAMERA, lens).to_photo(ideal) == pytest.approx(by_opencv.reshape(-1, 2), abs=0.05)


def test_the_levels_bend_more_and_more() -> None:
    corner = np.array([[4.0, 3.0]])
    pulled = []
    for level in range(4):
        stress = Stress({StressKind.LENS_DISTORTION: level})
        moved = [
            np.linalg.norm(Warp(CAMERA, replace(lens, turn=np.eye(3))).to_photo(corner) - corner)
            for lens in lenses(stress)
        ]
        pulled.append(float(np.mean(moved)))
    assert pulled == sorted(pulled) and pulled[3] > 8 > 3 > pulled[0]


@pytest.mark.parametrize("stress", STRESSES.values(), ids=STRESSES)
def test_a_fitted_lens_sees_nothing_beyond_the_rendering(stress: Stress) -> None:
    for lens in lenses(stress):
        for ideal in (CAMERA, widened(CAMERA, lens)):
            seen = Warp(ideal, fitted(lens, ideal)).ideal_points
            assert seen.min() >= -1 and (seen.max((0, 1)) <= (ideal.width + 1, ideal.height + 1)).all()


def test_a_widened_camera_looks_the_same_way_and_spares_the_zoom() -> None:
    lens = draw_lens(CAMERA, Stress({StressKind.LENS_DISTORTION: 2}), np.random.default_rng(1))
    wide = widened(CAMERA, lens)
    assert wide.width / wide.k[0, 0] > 1.1 * CAMERA.width / CAMERA.k[0, 0]
    assert wide.width * wide.height < 1.3 * CAMERA.width * CAMERA.height
    assert fitted(lens, wide).k[0, 0] == lens.k[0, 0] < fitted(lens, CAMERA).k[0, 0]


def test_stretch_is_the_area_of_a_pixel() -> None:
    lens = draw_lens(CAMERA, Stress({StressKind.TILT: 1}), np.random.default_rng(2))
    whole, half = Warp(CAMERA, lens), Warp(CAMERA, lens.scaled(80, 60))
    assert half.stretch.mean() == pytest.approx(4 * whole.stretch.mean(), rel=0.01)
    square = np.array([[60.0, 40], [100, 40], [100, 80], [60, 80]])
    in_photo = cv2.contourArea(whole.to_photo(square).astype(np.float32))
    assert 40 * 40 / in_photo == pytest.approx(float(whole.stretch[50:70, 70:90].mean()), rel=0.05)


def test_a_camera_sized_anew_keeps_its_field_of_view() -> None:
    larger = sized(CAMERA, 320, 200)
    assert (larger.width, larger.height, larger.k[0, 0]) == (320, 200, pytest.approx(2 * CAMERA.k[0, 0]))
    assert larger.k[:2, 2].tolist() == [160, 100]
