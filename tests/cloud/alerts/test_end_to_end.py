"""A photo with an empty place becomes an alert on a webhook, in a mail, on MQTT and on the page; a kill loses none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Lane, Planogram
from facings.messages import AlertList, AlertNotice
from facings.topics import KpiTopics
from tests.support.cloud import TENANT, RunningCloud, wait_until
from tests.support.messages import NOON, observation
from tests.support.mqtt_device import MqttDevice, MqttPeer
from tests.support.receivers import Mailbox, WebhookReceiver
from tests.support.shelf import PLAN, in_lanes

TOPICS = KpiTopics(TENANT)


@dataclass
class House:
    """A cloud, its receivers, and a cooler planned for four colas and two lemons."""

    cloud: RunningCloud
    receiver: WebhookReceiver
    box: Mailbox
    key: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        with self.cloud.client() as client:
            return client.request(method, f"/api/v1/{path}", json=body).raise_for_status().json()

    def photo(self, seq: int, cola: int) -> None:
        """A photo with so many of the four colas planned, and both lemons."""
        counts: dict[str | None, int] = {"lemon-330": 2} | ({"cola-330": cola} if cola else {})
        products, gaps = in_lanes(counts)
        at = NOON + timedelta(hours=seq)
        seen = observation(counts=counts, seq=seq, captured_at=at, products=products, gaps=gaps)
        with MqttDevice(self.cloud.mqtt_port, "cooler-01", self.key) as device:
            device.publish(device.topics.observation, seen)
            device.wait_through(seq)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with WebhookReceiver() as receiver, Mailbox() as box:
        settings = (
            f'[alerts]\nallow_private_webhooks = true\nsmtp_host = "127.0.0.1"\nsmtp_port = {box.port}\n'
            'smtp_security = "none"\nmail_from = "alerts@facings.example"\n'
        )
        with RunningCloud(tmp_path / "cloud", settings) as cloud:
            with cloud.records() as records, records.session(TENANT) as session:
                lanes = [Lane(sku=sku, depth=3) for sku, places in PLAN.items() for _ in range(places)]
                plan = Planogram(name="standard", rows=[lanes], created_at=NOON)
                session.add(plan)
                for sku, name in (("cola-330", "Cola"), ("lemon-330", "Lemon")):
                    session.add(Product(sku=sku, name=name, brand=name, owner="us", own=True))
                session.flush()
                session.add(Cooler(id="cooler-01", outlet_id="kiosk", name="Front", planogram_id=plan.id))
            yield House(cloud, receiver, box, cloud.add_device("cooler-01"))


def notices(page: MqttPeer) -> list[tuple[str, str]]:
    told = [
        AlertNotice.from_wire(payload) for topic, payload, _ in page.heard if topic.startswith(f"{TOPICS.base}/alert/")
    ]
    return [(notice.event, notice.alert.sku or "") for notice in told]


def test_from_the_photo_to_everybody_also_over_a_kill(house: House) -> None:
    made = house.ask("POST", "alert-destinations", {"name": "hook", "kind": "webhook", "address": house.receiver.url})
    house.receiver.secret, house.receiver.status = made["secret"], 503
    mail = house.ask("POST", "alert-destinations", {"name": "Ann", "kind": "email", "address": "ann@acme.example"})
    rule = {"name": "Out of stock", "watch": "stock-out", "destinations": [made["id"], mail["id"]]}
    house.ask("POST", "alert-rules", rule)
    with MqttPeer(house.cloud.mqtt_port, *house.cloud.page_login(), [f"{TOPICS.base}/#"]) as page:
        house.photo(1, 4)
        house.photo(2, 0)
        wait_until(lambda: notices(page) == [("opened", "cola-330")], what="the alert on its topic")
        wait_until(lambda: house.box.mails, what="the mail")
        wait_until(lambda: AlertList.from_wire(page.last(TOPICS.alerts)).total == 1, what="the list")
    assert "Cola is out of stock" in str(house.box.mails[0]["Subject"])
    wait_until(lambda: house.receiver.tried, what="a try at the webhook")
    house.cloud.kill9()
    house.receiver.status = 200
    house.cloud.restart()
    wait_until(lambda: house.receiver.told() == [("opened", "stock-out")], what="the webhook after the kill")
    alert = house.ask("GET", "alerts")[0]
    assert house.receiver.ids == [f"{alert['id']}.opened"]
    acknowledged = house.ask("POST", f"alerts/{alert['id']}/acknowledge")
    assert (acknowledged["state"], acknowledged["acknowledged_by"]) == ("acknowledged", "key:tests")
    house.photo(3, 4)
    wait_until(lambda: [event for event, _ in house.receiver.told()] == ["opened", "resolved"], what="its end")
    wait_until(lambda: len({mail["Message-ID"] for mail in house.box.mails}) == 2, what="the mail of its end")
    assert house.ask("GET", "alerts") == []
    assert [one["id"] for one in house.ask("GET", "alerts?state=resolved")] == [alert["id"]]
    deliveries = house.ask("GET", f"alerts/{alert['id']}/deliveries")
    assert all(one["delivered_at"] for one in deliveries)
    assert len(deliveries) == 6
