"""When the live numbers are published; what they say is tested with the arithmetic and over the broker."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from cloud.analytics.live import Live
from facings.messages import CoolerKpi, OverviewKpi
from facings.topics import KpiTopics
from tests.support.cloud import wait_until
from tests.support.shelf import Shelf

ACME, OTHER = KpiTopics("acme"), KpiTopics("other")


class Wire:
    """A link that only keeps what is published."""

    def __init__(self) -> None:
        self.connected = True
        self.published: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> bool:
        assert (qos, retain) == (1, True)
        self.published.append((topic, payload))
        return True

    def topics(self) -> Counter[str]:
        return Counter(topic for topic, _ in self.published)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def live(shelf: Shelf, wire: Wire) -> Iterator[Live]:
    shelf.send(shelf.photo(0, {"cola-330": 3}))
    part = Live(shelf.services, wire)  # type: ignore[arg-type]
    part.start()
    wait_until(lambda: {ACME.stockouts, OTHER.stockouts} <= wire.topics().keys(), what="the first numbers")
    yield part
    part.stop()


def test_a_start_publishes_everything(live: Live, wire: Wire) -> None:
    assert wire.topics().keys() == {
        *(f"{ACME.base}/{what}" for what in ("overview", "stockouts", "cooler/cooler-01")),
        *(f"{OTHER.base}/{what}" for what in ("overview", "stockouts")),
    }
    said = dict(wire.published)
    assert CoolerKpi.from_wire(said[ACME.cooler("cooler-01")]).units.value == 3
    assert OverviewKpi.from_wire(said[OTHER.overview]).observations == 0


def test_many_changes_are_published_together_and_the_last_always(shelf: Shelf, live: Live, wire: Wire) -> None:
    wire.published.clear()
    for hour in range(1, 21):
        shelf.send(shelf.photo(hour, {"cola-330": hour}))
        live.refresh("acme", ["cooler-01"])

    def newest() -> float:
        said = dict(wire.published).get(ACME.cooler("cooler-01"))
        return CoolerKpi.from_wire(said).units.value if said else 0

    wait_until(lambda: newest() == 20, what="the last change")
    assert OverviewKpi.from_wire(dict(wire.published)[ACME.overview]).observations == 21
    assert OTHER.overview not in wire.topics()


def test_changes_wait_for_the_broker(live: Live, wire: Wire) -> None:
    wire.connected = False
    wire.published.clear()
    live.refresh("acme", ["cooler-01"])
    live.refresh("acme")
    time.sleep(0.7)
    assert not wire.published
    wire.connected = True
    wait_until(lambda: ACME.cooler("cooler-01") in wire.topics(), what="what waited")
