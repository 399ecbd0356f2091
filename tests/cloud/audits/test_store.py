import json
from typing import Any

from cloud.audits import facts, rows
from cloud.audits.intake import read
from cloud.audits.models import BootProgress, LatestObservation, Photo, StoredCount
from cloud.outlets.models import Cooler
from facings.messages import DroppedRange, Event, Observation, SeqRange
from tests.support.messages import BOOT, CLOCK, NOON
from tests.support.shelf import Shelf


def event(seq: int, **fields: Any) -> Event:
    given = {"boot_id": BOOT, "seq": seq, "captured_at": NOON, "sent_at": NOON, "clock": CLOCK, "kind": "alarm"}
    return Event(**(given | fields))


def changed(message: Observation, **keys: Any) -> bytes:
    return json.dumps(json.loads(message.to_wire()) | keys).encode()


def without(message: Observation, key: str) -> bytes:
    document = json.loads(message.to_wire())
    del document[key]
    return json.dumps(document).encode()


def test_a_photo_becomes_facts_records_and_an_ack(shelf: Shelf) -> None:
    photo = shelf.photo(0, {"cola-330": 3, "rival-330": 1, None: 2})
    (outcome,) = shelf.send(photo)
    (ack,) = outcome.acks["cooler-01"]
    assert (ack.boot_id, ack.through, ack.missing, ack.refused) == (BOOT, 1, (), ())
    assert outcome.changed == {"cooler-01"}
    assert (shelf.facts(facts.observation), shelf.facts(facts.shelf_line)) == (1, 3)
    (kept,) = shelf.services.facts.select("acme", facts.observation.select(), facts.observation)
    assert Observation.from_wire(kept.document.encode()) == photo
    lines = shelf.services.facts.select("acme", facts.shelf_line.select(), facts.shelf_line)
    assert {(line.sku, line.grp, line.units) for line in lines} == {
        ("cola-330", "own", 3),
        ("rival-330", "competitor", 1),
        ("", "unknown", 2),
    }
    (latest,) = shelf.rows(LatestObservation)
    assert (latest.observation_id, latest.observed_at) == (photo.id, NOON)
    (named,) = shelf.rows(Photo)
    assert (named.id, named.stored_at) == (photo.photo_id, None)


def test_a_message_sent_again_is_acknowledged_again_and_stored_once(shelf: Shelf) -> None:
    photo = shelf.photo(0, {"cola-330": 3})
    shelf.send(photo, photo)
    (outcome,) = shelf.send(photo)
    assert outcome.acks["cooler-01"][0].through == 1
    assert outcome.counts["observation", "repeated"] == 1
    assert (shelf.facts(facts.observation), shelf.facts(facts.shelf_line)) == (1, 1)
    assert shelf.rows(StoredCount)[0].observations == 1


def test_a_crash_between_facts_and_records_stores_once(shelf: Shelf) -> None:
    photo = shelf.photo(0, {"cola-330": 3, "rival-330": 1})
    item = read(shelf.arrival(photo, at=NOON))
    (cooler,) = shelf.rows(Cooler, Cooler.id == "cooler-01")
    services = shelf.services
    services.facts.insert(facts.observation, [rows.observation_row("acme", cooler, item, photo)])
    services.facts.insert(facts.shelf_line, list(rows.line_rows("acme", cooler, item, photo, {})))
    assert not shelf.rows(BootProgress)
    (outcome,) = shelf.send(photo)
    assert outcome.counts == {("observation", "stored"): 1, ("any", "trimmed"): 0}
    assert (shelf.facts(facts.observation), shelf.facts(facts.shelf_line)) == (1, 2)


def test_gaps_are_named_filled_and_declared_lost(shelf: Shelf) -> None:
    def ack(*messages: Any) -> Any:
        return shelf.send(*messages)[0].acks["cooler-01"][0]

    assert ack(event(2), event(7)).missing == (SeqRange(first=1, last=1), SeqRange(first=3, last=6))
    assert ack(event(4)).missing == (
        SeqRange(first=1, last=1),
        SeqRange(first=3, last=3),
        SeqRange(first=5, last=6),
    )
    lost = DroppedRange(boot_id=BOOT, first=1, last=5)
    answer = ack(event(8, kind="outbox-dropped", dropped=(lost,)))
    assert (answer.through, answer.missing) == (8, (SeqRange(first=6, last=6),))
    assert ack(event(3)).missing == (SeqRange(first=6, last=6),)
    assert shelf.facts(facts.device_event) == 5
    (progress,) = shelf.rows(BootProgress)
    assert progress.lost == [[1, 1], [5, 5]]
