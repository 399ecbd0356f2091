"""What all messages share: the envelope, how they are written to the wire and read from it."""

from __future__ import annotations

import json
import uuid
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facings.clock import UtcDatetime
from facings.errors import MessageError
from facings.faults import described
from facings.ids import uuid7

MAX_MESSAGE_BYTES = 1_000_000
"""Larger payloads are refused unread; an observation of 300 products has about 60 kB."""


class Part(BaseModel):
    """A piece of a message. Unknown keys are passed over, so that a newer sender can speak to an older receiver."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, allow_inf_nan=False)


class Message(Part):
    """Any message; `schema` names its kind and version, as `facings/observation/1`."""

    SCHEMA: ClassVar[str]
    FORMER: ClassVar[tuple[str, ...]] = ()
    """Older versions that are read too: everything they hold means the same in this one."""

    schema_id: str = Field(alias="schema", default="")

    def model_post_init(self, _context: Any, /) -> None:
        """Fill in, or check, the schema id."""
        if not self.schema_id:
            object.__setattr__(self, "schema_id", self.SCHEMA)
        elif self.schema_id not in (self.SCHEMA, *self.FORMER):
            raise ValueError(f"schema is {self.schema_id!r}, this is {self.SCHEMA!r}")

    def to_wire(self) -> bytes:
        """The message as UTF-8 JSON."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()

    @classmethod
    def from_wire(cls, payload: bytes | bytearray) -> Self:
        """Read a message of this kind.

        Raises:
            MessageError: too large, no JSON object, another schema or version, or a field is missing or wrong.
        """
        if len(payload) > MAX_MESSAGE_BYTES:
            raise _too_large(payload)
        try:
            message = cls.model_validate_json(payload)
        except ValidationError as error:
            cls._check_schema(parse_object(payload).get("schema"))
            raise MessageError(f"{cls.SCHEMA}: {described(error, 'message')}") from error
        if "schema_id" not in message.model_fields_set:
            cls._check_schema(None)
        return message

    @classmethod
    def _check_schema(cls, schema: object) -> None:
        if schema not in (cls.SCHEMA, *cls.FORMER):
            raise MessageError(
                f"schema is {schema!r}, expected {cls.SCHEMA!r}: "
                "update whichever side is older, or send to the topic of that kind"
            )


class ClockState(Part):
    """How far the times of a message can be trusted."""

    synced: bool
    source: Literal["ntp", "cloud", "system", "replay", "unknown"]
    offset_s: float | None = Field(default=None, description="device minus true time, seconds, where known")


class Envelope(Message):
    """What every upward message carries.

    Durable kinds (observation, event) are numbered: `seq` starts at 1 with each boot and grows by 1. The others
    describe the present, replace one another, and carry no number.
    """

    id: uuid.UUID = Field(default_factory=uuid7, description="UUIDv7, the same in every resend")
    boot_id: uuid.UUID
    seq: int | None = Field(default=None, ge=1, lt=2**63)
    captured_at: UtcDatetime = Field(description="when it happened; never rewritten")
    sent_at: UtcDatetime = Field(description="when it was handed to the broker this time")
    clock: ClockState
    historical: bool = Field(default=False, description="sent late, from the outbox")


def parse_object(payload: bytes | bytearray) -> dict[str, Any]:
    """The JSON object in `payload`.

    Raises:
        MessageError: too large, no UTF-8, no JSON, or no object.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise _too_large(payload)
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MessageError(f"a message is a JSON object, this is {type(document).__name__}")
    return document


def _too_large(payload: bytes | bytearray) -> MessageError:
    return MessageError(f"message of {len(payload):,} bytes; at most {MAX_MESSAGE_BYTES:,} are taken")
