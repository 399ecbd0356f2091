import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cloud.audits import facts, rows
from cloud.audits.intake import read
from cloud.audits.models import NO_TENANT, BootProgress, LatestObservation, Photo, Quarantined, StoredCount
from cloud.fleet.models import Device
from cloud.outlets.models import Cooler
from facings.messages import Birth, DroppedRange, Event, Health, Observation, SeqRange
from tests.support.messages import BOOT, CLOCK, NOON, observation, state
from tests.support.shelf import Shelf, boot


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
    services.facts.insert(facts.observation, [rows.observation_row("acme", cooler, item, item.message)])
    lines = rows.LineRows()
    lines.add("acme", cooler, item, item.message, {})
    services.facts.insert_columns(facts.shelf_line, lines.columns())
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


LINE = {"sku": "cola-330", "facings": 1, "linear_share": 1, "confidence": 1, "count_sd": 0}
GAP = {"box": {"x": 0, "y": 0, "w": 0.1, "h": 0.1}, "confidence": 1}
BAD: list[tuple[str, Any, str, list[int]]] = [
    ("no JSON", lambda photo: b"\xff\xd8\xff", "not JSON", []),
    ("no object", lambda photo: b"[1, 2]", "a message is a JSON object, this is list", []),
    ("another version", lambda photo: changed(photo, schema="facings/observation/9"), "facings/observation/9", [1]),
    ("no schema", lambda photo: without(photo, "schema"), "schema is None", [1]),
    ("no seq", lambda photo: without(photo, "seq"), "seq is missing", []),
    ("seq zero", lambda photo: changed(photo, seq=0), "seq", []),
    ("no time", lambda photo: without(photo, "captured_at"), "captured_at", [1]),
    ("a time without zone", lambda photo: changed(photo, captured_at="2026-01-01T00:00:00"), "zone", [1]),
    ("truncated", lambda photo: photo.to_wire()[:-20], "not JSON", [1]),
    ("too large", lambda photo: changed(photo, models={"m": "x" * 1_100_000}), "at most 1,000,000", [1]),
    ("too many units", lambda photo: changed(photo, lines=[LINE | {"units": 10**9}]), "100,000 units", [1]),
    ("too many rows", lambda photo: changed(photo, rows=1_000), "1,000 shelf rows", [1]),
    ("a row far below", lambda photo: changed(photo, gaps=[GAP | {"row": 10**9}]), "1,000,000,001 shelf rows", [1]),
    ("not UTF-8", lambda photo: photo.to_wire().replace(b"product-detector", b"\xff\xfe"), "", [1]),
]


@pytest.mark.parametrize(("spoil", "says", "refused"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_bad_message_is_quarantined_and_refused(shelf: Shelf, spoil: Any, says: str, refused: list[int]) -> None:
    payload = spoil(shelf.photo(0, {"cola-330": 3}))
    (outcome,) = shelf.send(payload, observation(seq=2))
    assert shelf.facts(facts.observation) == 1, "the good one is stored"
    (row,) = shelf.rows(Quarantined)
    whole = payload if isinstance(payload, bytes) else payload.to_wire()
    assert says in row.reason
    assert (row.device_id, row.size, row.payload) == ("cooler-01", len(whole), whole[:64_000])
    (ack,) = outcome.acks["cooler-01"]
    assert [message.seq for message in ack.refused] == refused
    assert bool(ack.missing) != bool(refused)
    (again,) = shelf.send(payload)
    assert len(shelf.rows(Quarantined)) == (1 if refused else 2), "what was refused once is not kept twice"
    assert again.counts["observation", "repeated" if refused else "quarantined"] == 1


STRANGERS = [
    ({"tenant": "nobody"}, NO_TENANT, "no such device"),
    ({"device": "cooler-99"}, "acme", "no such device"),
    ({"kind": "gossip"}, NO_TENANT, "no kind of upward message"),
]


@pytest.mark.parametrize(("where", "tenant", "says"), STRANGERS)
def test_a_stranger_is_quarantined_and_hears_nothing(
    shelf: Shelf, where: dict[str, Any], tenant: str, says: str
) -> None:
    (outcome,) = shelf.send(shelf.photo(0, {"cola-330": 3}), **where)
    assert outcome.acks == {}
    with shelf.services.records.all_tenants() as session:
        (row,) = session.scalars(select(Quarantined))
    assert (row.tenant_id, says in row.reason) == (tenant, True)
    assert shelf.facts(facts.observation) == 0


def test_a_revoked_device_is_a_stranger(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        session.get_one(Device, ("acme", "cooler-01")).revoked_at = NOON
    (outcome,) = shelf.send(shelf.photo(0, {"cola-330": 3}))
    assert (outcome.acks, len(shelf.rows(Quarantined))) == ({}, 1)


def test_tenants_keep_apart(shelf: Shelf) -> None:
    photo = shelf.photo(0, {"cola-330": 3})
    shelf.send(photo)
    shelf.send(photo, tenant="other")
    assert (shelf.facts(facts.observation), shelf.facts(facts.observation, "other")) == (1, 1)
    assert len(shelf.rows(Photo)) == len(shelf.rows(Photo, tenant="other")) == 1


def test_the_quarantine_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloud.audits.quarantine.MOST_ROWS", 3)
    (outcome,) = shelf.send(*(f"[{number}]".encode() for number in range(5)))
    assert [row.payload for row in shelf.rows(Quarantined)] == [b"[2]", b"[3]", b"[4]"]
    assert outcome.counts["any", "trimmed"] == 2


@pytest.mark.parametrize("year", [1, 1970, 2019, 2120, 9999])
def test_a_clock_that_cannot_be_true_loses_nothing_and_moves_no_number(shelf: Shelf, year: int) -> None:
    shelf.send(shelf.photo(0, {"cola-330": 3}))
    photo = shelf.photo(0, {}, captured_at=datetime(year, 1, 2, tzinfo=UTC))
    (outcome,) = shelf.send(photo)
    assert (outcome.acks["cooler-01"][0].through, outcome.changed) == (2, set())
    suspect = select(facts.observation).where(facts.observation.c.clock_suspect == 1)
    (row,) = shelf.services.facts.select("acme", suspect, facts.observation)
    assert Observation.from_wire(row.document.encode()).captured_at.year == year
    assert shelf.rows(LatestObservation)[0].observed_at == NOON


def test_devices_say_how_they_are(shelf: Shelf) -> None:
    def device() -> Device:
        return shelf.rows(Device, Device.id == "cooler-01")[0]

    now = datetime.now(UTC).replace(microsecond=0)
    (outcome,) = shelf.send(state(state="online", sent_at=now - timedelta(hours=1)))
    assert outcome.signs_changed
    assert (device().state, device().last_seen_at) == ("online", now - timedelta(hours=1))
    envelope = {"captured_at": now, "sent_at": now, "clock": CLOCK}
    shelf.send(Birth(**envelope, boot_id=boot(1), version="1", models={}, outbox_depth=0))
    shelf.send(Health(**envelope, boot_id=boot(1), uptime_s=5, outbox_depth=0, outbox_bytes=0))
    assert (device().birth["version"], device().health["uptime_s"]) == ("1", 5)
    shelf.send(state(state="offline", boot_id=boot(0)))
    assert device().state == "online", "the will of an earlier boot says nothing of this one"
    shelf.send(state(state="offline", boot_id=boot(1)))
    assert device().state == "offline"
    assert device().last_seen_at == now, "the broker spoke, not the device"
