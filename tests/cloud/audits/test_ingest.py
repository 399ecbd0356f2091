"""Ingest over the real broker, in a cloud of its own process."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Lane, Planogram
from facings.messages import CoolerKpi, Observation, OverviewKpi, StockoutList
from facings.topics import KpiTopics
from tests.support.cloud import TENANT, RunningCloud, wait_until
from tests.support.messages import NOON, observation
from tests.support.mqtt_device import MqttDevice, MqttPeer

TOPICS = KpiTopics(TENANT)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with RunningCloud(tmp_path_factory.mktemp("ingest") / "cloud") as running:
        yield running


@pytest.fixture(scope="module")
def key(cloud: RunningCloud) -> str:
    with cloud.records() as records, records.session(TENANT) as session:
        plan = Planogram(name="one lane", rows=[[Lane(sku="cola-330", depth=3)]], created_at=NOON)
        session.add_all([plan, Product(sku="cola-330", name="Cola", brand="Cola", owner="us", own=True)])
        session.flush()
        session.add(Cooler(id="cooler-01", outlet_id="kiosk", name="Front", planogram_id=plan.id))
    return cloud.add_device("cooler-01")


@pytest.fixture
def device(cloud: RunningCloud, key: str) -> Iterator[MqttDevice]:
    with MqttDevice(cloud.mqtt_port, "cooler-01", key) as connected:
        yield connected


@pytest.fixture
def page(cloud: RunningCloud) -> Iterator[MqttPeer]:
    with MqttPeer(cloud.mqtt_port, *cloud.page_login(), [f"{TOPICS.base}/#"]) as connected:
        yield connected


def test_a_photo_becomes_live_numbers_and_a_stock_out(device: MqttDevice, page: MqttPeer) -> None:
    full = observation(units=3, seq=1)
    device.publish(device.topics.observation, full)
    device.wait_through(1)

    def cooler_of(message: Observation) -> CoolerKpi | None:
        payload = page.last(TOPICS.cooler("cooler-01"))
        kpi = CoolerKpi.from_wire(payload) if payload else None
        return kpi if kpi and kpi.observation == message.id else None

    kpi = wait_until(lambda: cooler_of(full), what="the cooler's numbers")
    assert (kpi.units.value, kpi.facings, kpi.share.own.value, kpi.occupancy.value) == (3, 3, 1, 1)
    later = NOON + timedelta(hours=2)
    empty = observation(counts={}, seq=2, captured_at=later)
    device.publish(device.topics.observation, empty)
    kpi = wait_until(lambda: cooler_of(empty), what="the numbers of the empty cooler")
    assert [(s.sku, s.first_missed_at, s.back_at) for s in kpi.stockouts] == [("cola-330", later, None)]

    def listed() -> StockoutList | None:
        found = StockoutList.from_wire(page.last(TOPICS.stockouts))
        return found if found.total else None

    assert wait_until(listed, what="the stock-out").stockouts[0].proposal
    overview = OverviewKpi.from_wire(page.last(TOPICS.overview))
    assert (overview.open_stockouts, overview.open_proposals, overview.observations) == (1, 1, 2)
