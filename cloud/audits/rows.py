"""From messages to rows of the facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow

from cloud.audits.columns import columns_of
from cloud.audits.facts import shelf_line
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
        _verdict(message),
        message.confidence,
        sum(line.units for line in message.lines),
        sum(line.facings for line in message.lines),
        len(message.gaps),
        message.rows,
        int(message.historical),
        int(item.clock_suspect),
        item.arrival.payload.decode(),
    )


class LineRows:
    """Rows of `facts.shelf_line`: what the lines of a photo share is converted once, not line by line."""

    _OF_PHOTO = (
        "tenant",
        "cooler",
        "captured_at",
        "device",
        "boot_id",
        "seq",
        "outlet",
        "observation_id",
        "received_at",
        "verdict",
        "historical",
        "clock_suspect",
    )
    _OF_LINE = ("line", "sku", "grp", "units", "facings", "linear_share", "confidence", "count_sd")

    def __init__(self) -> None:
        self._photos: list[tuple[Any, ...]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._photo_of: list[int] = []

    def add(self, tenant: str, cooler: Cooler, item: Accepted, message: Observation, groups: Mapping[str, str]) -> None:
        """The lines of one photo; `groups` tells of each SKU whether it is own or a competitor's."""
        self._photo_of += [len(self._photos)] * len(message.lines)
        self._photos.append(
            (
                *_key(tenant, cooler.id, item.topic.device, message),
                cooler.outlet_id,
                message.id,
                item.arrival.received_at,
                _verdict(message),
                int(message.historical),
                int(item.clock_suspect),
            )
        )
        for number, line in enumerate(message.lines):
            sku = line.sku or ""
            group = groups.get(sku, UNKNOWN)
            shares = line.linear_share, line.confidence, line.count_sd
            self._lines.append((number, sku, group, line.units, line.facings, *shares))

    def columns(self) -> pyarrow.Table:
        """All of them, a row per line."""
        rows = columns_of(shelf_line, self._photos, self._OF_PHOTO).take(pyarrow.array(self._photo_of, pyarrow.int64()))
        lines = columns_of(shelf_line, self._lines, self._OF_LINE)
        for name in self._OF_LINE:
            rows = rows.append_column(name, lines.column(name))
        return rows


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


def _verdict(message: Observation) -> str:
    """For the facts: what lacks a part of the cooler is `unusable`, as its counts can be compared with no others.

    The document keeps the verdict on the photos themselves.
    """
    return message.quality.verdict if message.stands_for_cooler else "unusable"


def _key(tenant: str, cooler: str, device: str, message: Envelope) -> tuple[Any, ...]:
    captured = min(max(message.captured_at, _FIRST), _LAST)
    return tenant, cooler, captured, device, message.boot_id, message.seq
