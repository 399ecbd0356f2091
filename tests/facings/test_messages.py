"""The wire contract: what is accepted, what is refused and with which words."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import pytest

from facings.errors import MessageError
from facings.messages import MAX_MESSAGE_BYTES, MESSAGES, Event, Health, Observation, State
from tests.support.messages import observation, state


def test_a_message_survives_the_wire() -> None:
    sent = observation(units=3)
    assert Observation.from_wire(sent.to_wire()) == sent


def test_a_receiver_passes_over_keys_of_a_newer_sender() -> None:
    document = json.loads(observation().to_wire()) | {"mood": "cold"}
    assert Observation.from_wire(json.dumps(document).encode()).rows == observation().rows


def test_health_of_a_device_not_yet_updated_is_read_as_it_was_sent() -> None:
    sent = json.loads(state().to_wire()) | {"schema": "facings/health/1", "uptime_s": 5}
    sent |= {"outbox_depth": 0, "outbox_bytes": 0}
    read = Health.from_wire(json.dumps(sent).encode())
    assert (read.schema_id, read.uptime_s, read.cabinet_c, read.alarms) == ("facings/health/1", 5, None, ())
    with pytest.raises(MessageError, match="expected 'facings/health/2'"):
        Health.from_wire(json.dumps(sent | {"schema": "facings/health/3"}).encode())


REFUSED = {
    "no json": (b"{", "not JSON"),
    "no utf-8": (b"\xff\xfe", "not JSON"),
    "no object": (b"[1, 2]", "a message is a JSON object, this is list"),
    "too large": (b'"' + b"x" * MAX_MESSAGE_BYTES + b'"', "bytes; at most 1,000,000"),
    "too deep": (b"[" * 100_000, "not JSON"),
    "unknown version": (b'{"schema": "facings/observation/9"}', "'facings/observation/9', expected"),
    "no schema": (b"{}", "schema is None"),
    "fields missing": (b'{"schema": "facings/observation/1"}', "Field required"),
}


@pytest.mark.parametrize(("payload", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_observation_is_refused_with_a_reason(payload: bytes, words: str) -> None:
    with pytest.raises(MessageError, match="(?s)" + words):
        Observation.from_wire(payload)


WRONG_FIELDS = {
    "facings without units": ({"lines": [_ := {"units": 1, "facings": 2}]}, "a facing is a unit in front"),
    "two lines of a sku": ({"lines": [{"sku": "a"}, {"sku": "a"}]}, "two lines of one SKU"),
    "a time without zone": ({"captured_at": "2026-01-01T00:00:00"}, "a time needs its zone"),
    "a sku with a dot": ({"lines": [{"sku": "a.b"}]}, "lines.0.sku"),
    "a number that is none": ({"confidence": "NaN"}, "confidence"),
    "seq below one": ({"seq": 0}, "seq"),
}


@pytest.mark.parametrize(("change", "words"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_wrong_field_is_named(change: dict[str, object], words: str) -> None:
    document = json.loads(observation().to_wire())
    line = document["lines"][0]
    if "lines" in change:
        change = {"lines": [line | part for part in change["lines"]]}  # type: ignore[attr-defined]
    with pytest.raises(MessageError, match=words):
        Observation.from_wire(json.dumps(document | change).encode())


def test_a_message_of_another_kind_is_refused() -> None:
    with pytest.raises(MessageError, match="'facings/state/1', expected 'facings/event/1'"):
        Event.from_wire(state().to_wire())


def test_times_are_utc_to_the_millisecond() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_999, tzinfo=UTC)
    sent = State(boot_id=uuid.uuid4(), captured_at=moment, sent_at=moment, clock=state().clock, state="online")
    assert json.loads(sent.to_wire())["captured_at"] == "2026-01-02T03:04:05.678Z"


def test_every_message_has_a_schema_id_of_its_own() -> None:
    assert len({message.SCHEMA for message in MESSAGES}) == len(MESSAGES)
