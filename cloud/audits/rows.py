"""From messages to rows of the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cloud.audits.intake import Accepted
from cloud.outlets.models import Cooler
from facings.messages import Envelope, Event, Observation

# What the column can hold; the document keeps what the device wrote.
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

UNKNOWN = "unknown"
"""Group of products which the gallery or the catalogue does not know."""


def observation_row(tenant: str, cooler: Cooler, item: Accepted, message: Observation) -> tuple[Any, ...]:
    """A row of `facts.observation`."""
    return (
        *_key(tenant, cooler.id, item.topic.device, message),
        cooler.outlet_id,
        message.id,
        message.photo_id,
        item.arrival.received_at,
        message.trigger,
        message.quality.verdict,
        message.confidence,
        sum(line.units for line in message.lines),
        sum(line.facings for line in message.lines),
        len(message.gaps),
        message.rows,
        int(message.historical),
        int(item.clock_suspect),
        item.arrival.payload.decode(),
    )


def line_rows(
    tenant: str, cooler: Cooler, item: Accepted, message: Observation, groups: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    """Rows of `facts.shelf_line`; `groups` tells of each SKU whether it is own or a competitor's."""
    key = _key(tenant, cooler.id, item.topic.device, message)
    received, suspect = item.arrival.received_at, int(item.clock_suspect)
    verdict, historical = message.quality.verdict, int(message.historical)
    for number, line in enumerate(message.lines):
        yield (
            *key,
            number,
            cooler.outlet_id,
            message.id,
            received,
            line.sku or "",
            groups.get(line.sku or "", UNKNOWN),
            line.units,
            line.facings,
            line.linear_share,
            line.confidence,
            line.count_sd,
            verdict,
            historical,
            suspect,
        )


def event_row(tenant: str, cooler: Cooler, item: Accepted, message: Event) -> tuple[Any, ...]:
    """A row of `facts.device_event`."""
    return (
        *_key(tenant, cooler.id, item.topic.device, message),
        message.id,
        item.arrival.received_at,
        message.kind,
        message.reason,
        int(item.clock_suspect),
        item.arrival.payload.decode(),
    )


def _key(tenant: str, cooler: str, device: str, message: Envelope) -> tuple[Any, ...]:
    captured = min(max(message.captured_at, _FIRST), _LAST)
    return tenant, cooler, captured, device, message.boot_id, message.seq
