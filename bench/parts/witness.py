"""A cooler in which one SKU after another runs out while others keep the cloud busy: how soon does its page say so?"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bench.parts.devices import WITHIN_S, connected
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Lane, Planogram
from facings.ids import uuid7
from facings.logins import mqtt_username
from facings.messages import Box, CoolerKpi, Gap, Observation, Timing
from facings.messages import Product as SeenProduct
from facings.topics import DeviceTopics, KpiTopics
from tests.support.cloud import TENANT, RunningCloud
from tests.support.messages import lines_of, observation

EVERY_S = 10.0
ROWS, LANES = 6, 12
"""Each lane has a SKU of its own: so many may run out."""


class Witness:
    """Sends a photo with one more empty lane every ten seconds and listens to the live numbers of its cooler."""

    def __init__(self, cloud: RunningCloud) -> None:
        self._cloud = cloud
        self._topics = DeviceTopics(TENANT, "witness")
        self._skus = [f"lane-{number:02}" for number in range(ROWS * LANES)]
        self._boot = uuid7()
        self._seq = 0
        self._sent: dict[str, float] = {}
        self._told: dict[str, float] = {}
        self._changed = threading.Condition()
        self._furnish()
        self._key = cloud.add_device(self._topics.device)

    def watch(self, seconds: float) -> None:
        """Have SKUs run out for so long, and wait until all of it is told."""
        name, login = mqtt_username(TENANT, self._topics.device), self._cloud.page_login()
        port = self._cloud.mqtt_port
        until = time.monotonic() + seconds
        with (
            connected(port, name, self._key, self._topics.ack, lambda _payload: None) as device,
            connected(port, *login, KpiTopics(TENANT).cooler(self._topics.device), self._heard),
        ):
            device.publish(self._topics.observation, self._photo(()).to_wire(), qos=1)
            for number, sku in enumerate(self._skus):
                time.sleep(EVERY_S)
                if time.monotonic() > until:
                    break
                empty = self._skus[: number + 1]
                self._sent[sku] = time.monotonic()
                device.publish(self._topics.observation, self._photo(empty).to_wire(), qos=1)
            with self._changed:
                self._changed.wait_for(lambda: self._told.keys() == self._sent.keys(), WITHIN_S)

    def result(self) -> dict[str, Any]:
        """Seconds from sending a photo to the live numbers with its stock-out."""
        untold = sorted(self._sent.keys() - self._told.keys())
        assert not untold, f"the stock-outs of {untold} did not open"
        took = [self._told[sku] - sent for sku, sent in self._sent.items()]
        if not took:
            return {"stockouts": 0}
        median, worst = (round(value, 2) for value in (statistics.median(took), max(took)))
        return {"stockouts": len(took), "stockout_told_after_s": {"median": median, "worst": worst}}

    def _heard(self, payload: bytes) -> None:
        with self._changed:
            for one in CoolerKpi.from_wire(payload).stockouts:
                if one.sku in self._sent:
                    self._told.setdefault(one.sku, time.monotonic())
            self._changed.notify_all()

    def _furnish(self) -> None:
        rows = [[Lane(sku=sku, depth=1) for sku in self._skus[at : at + LANES]] for at in range(0, ROWS * LANES, LANES)]
        with self._cloud.records() as records, records.session(TENANT) as session:
            plan = Planogram(name="witness", rows=rows, created_at=datetime.now(UTC))
            session.add_all(
                [plan, *(Product(sku=sku, name=sku, brand="lane", owner="lane", own=True) for sku in self._skus)]
            )
            session.flush()
            session.add(Cooler(id="witness", outlet_id="kiosk", name="Witness", planogram_id=plan.id))

    def _photo(self, empty: list[str] | tuple[str, ...]) -> Observation:
        self._seq += 1
        now = datetime.now(UTC)
        places = list(self._places())
        counts: dict[str | None, int] = {sku: 1 for sku, *_ in places if sku not in empty}
        products = tuple(
            SeenProduct(box=box, sku=sku, score=0.95, sku_confidence=0.97, row=row, column=column)
            for sku, row, column, box in places
            if sku not in empty
        )
        gaps = tuple(Gap(box=box, row=row, confidence=0.9) for sku, row, _, box in places if sku in empty)
        return observation(
            boot_id=self._boot,
            seq=self._seq,
            captured_at=now,
            lines=lines_of(counts),
            products=products,
            gaps=gaps,
            rows=ROWS,
            timing=Timing(due_at=now, taken_at=now, vision_ms=100),
        )

    def _places(self) -> Iterator[tuple[str, int, int, Box]]:
        """Of each SKU its row, its place in the row, and its box."""
        for number, sku in enumerate(self._skus):
            row, column = divmod(number, LANES)
            yield sku, row, column, Box(x=column / LANES, y=row / ROWS, w=0.9 / LANES, h=0.9 / ROWS)
