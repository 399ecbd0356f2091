from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import cv2
import httpx
import numpy as np
import pytest

from facings.errors import BadInputError
from firmware_sim.device.camera import SnapshotCamera
from firmware_sim.world.calendar import moment
from firmware_sim.world.job import WorldJob
from firmware_sim.world.live import LiveWorld
from firmware_sim.world.live_scene import LiveScene
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.photoreal import render_photo
from firmware_sim.world.photos import draw, look_of, photo_truth
from firmware_sim.world.plan import plan_world
from firmware_sim.world.settings import OutletSettings, PromotionSettings, WorldSettings

SETTINGS = WorldSettings(promotions=PromotionSettings(count=0), outlets=OutletSettings(counter=1, double_door=0))
JOB = WorldJob(seed=4, outlets=1, days=2, settings=SETTINGS)


@dataclass
class FakeClock:
    seconds: float = 1000.0

    def now(self) -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds


def test_a_live_cooler_shows_its_present_moment_until_its_last_day_is_over() -> None:
    history, clock = simulate_outlet(JOB, 0).coolers[0], FakeClock()
    live = LiveWorld(history, clock, speed=3600)
    live.start()
    begins = moment(history.begins)
    for seconds, hours in [(0, 0), (20, 20), (20, 20), (47.5, 47.5), (9000, 48)]:
        clock.seconds = 1000 + seconds
        state = live.state_now()
        assert state.at == begins + timedelta(hours=hours)
        assert state == next(history.shelf_states([state.at]))


def test_a_camera_sees_the_present_moment() -> None:
    clock = FakeClock()
    camera = SnapshotCamera(LiveScene(JOB, "cooler-01", 3600, clock), port=0)
    camera.start()
    try:
        photos = []
        for hours in (0, 0, 12):
            clock.seconds = 1000 + hours
            photos.append(cv2.imdecode(np.frombuffer(httpx.get(f"{camera.address}/capture").content, np.uint8), 1))
            status = httpx.get(f"{camera.address}/status").json()
        assert photos[0].shape == (960, 720, 3)
        now, later = (np.abs(photos[0].astype(int) - other).mean() for other in photos[1:])
        assert later > 3 * now
        history = simulate_outlet(JOB, 0).coolers[0]
        stands = next(history.shelf_states([datetime.fromisoformat(status["moment"])]))
        assert status["units"] == stands.units().total()
    finally:
        camera.stop()


def test_a_cooler_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"no cooler 'cooler-99'.*cooler-01"):
        LiveScene(JOB, "cooler-99", 1, FakeClock()).start()


def test_the_same_state_gives_the_same_photo_and_its_truth() -> None:
    history = simulate_outlet(JOB, 0).coolers[0]
    state = next(history.shelf_states([moment(history.begins) + timedelta(hours=30)]))
    look, catalogue = look_of(history.cooler, JOB.seed), plan_world(JOB).catalogue
    one, other = draw(state, catalogue, look), draw(state, catalogue, look)
    assert np.array_equal(one.pixels, other.pixels)
    assert one.pixels.shape == (960, 720, 3)
    truth = photo_truth(state, one)
    assert truth["units_total"] == state.units().total() == len(one.units)
    assert {line["sku"]: line["facings"] for line in truth["lines"] if line["facings"]} == state.facings()
    assert 0.3 < truth["occupancy"] <= 1


def test_a_rendered_photo_knows_the_same_units() -> None:
    history = simulate_outlet(JOB, 0).coolers[0]
    state = next(history.shelf_states([moment(history.begins) + timedelta(hours=30)]))
    look = look_of(history.cooler, JOB.seed)
    small = replace(look, camera=replace(look.camera, width=150, height=200))
    photo = render_photo(state, plan_world(JOB).catalogue, small, samples=1)
    assert photo.pixels.shape == (200, 150, 3)
    assert Counter(unit.sku for unit in photo.units) == state.units()
    seen = Counter(unit.sku for unit in photo.units if unit.front and unit.level == 0)
    assert seen == state.facings()
    assert all(unit.box is None or unit.box[0] < unit.box[2] <= 150 for unit in photo.units)
    empty = {(gap.row, gap.column) for gap in photo.gaps}
    lanes = {(r, c): lane for r, row in enumerate(state.rows) for c, lane in enumerate(row)}
    assert empty == {place for place, lane in lanes.items() if lane.places[0] is None}
