"""From messages to rows of the facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow

from cloud.audits.columns import array_of, columns_of
from cloud.audits.facts import shelf_line
from cloud.audits.intake import Accepted
from cloud.audits.lines import Lines
from cloud.audits.observed import ObservationColumns
from cloud.audits.parts_seen import shows_a_part, unseen_of
from cloud.outlets.models import Cooler
from facings.messages import Envelope, Event

# What the column can hold; the document keeps what the device wrote.
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

UNKNOWN = "unknown"
"""Group of products which the gallery or the catalogue does not know."""
UNREAD = -1
"""Price of a tag that cannot be read."""


def observation_row(tenant: str, cooler: Cooler, item: Accepted, message: ObservationColumns) -> tuple[Any, ...]:
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
        sum(message.lines.units),
        sum(message.lines.facings),
        len(message.gaps),
        message.rows,
        int(message.historical),
        int(item.clock_suspect),
        item.arrival.payload,
        *_part(message),
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

    def __init__(self) -> None:
        self._photos: list[tuple[Any, ...]] = []
        self._lines: list[Lines] = []
        self._groups: list[Mapping[str, str]] = []

    def add(
        self, tenant: str, cooler: Cooler, item: Accepted, message: ObservationColumns, groups: Mapping[str, str]
    ) -> None:
        """The lines of one photo; `groups` tells of each SKU whether it is own or a competitor's."""
        self._lines.append(message.lines)
        self._groups.append(groups)
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

    def columns(self) -> pyarrow.Table:
        """All of them, a row per line."""
        photo_of = [number for number, lines in enumerate(self._lines) for _ in range(len(lines))]
        rows = columns_of(shelf_line, self._photos, self._OF_PHOTO).take(pyarrow.array(photo_of, pyarrow.int64()))
        for name, values in self._of_lines().items():
            rows = rows.append_column(name, array_of(shelf_line, name, values))
        return rows

    def _of_lines(self) -> dict[str, list[Any]]:
        both = list(zip(self._lines, self._groups, strict=True))
        return {
            "line": [number for lines in self._lines for number in range(len(lines))],
            "sku": [sku for lines in self._lines for sku in lines.skus],
            "grp": [groups.get(sku, UNKNOWN) for lines, groups in both for sku in lines.skus],
            "units": [one for lines in self._lines for one in lines.units],
            "facings": [one for lines in self._lines for one in lines.facings],
            "linear_share": [one for lines in self._lines for one in lines.linear_share],
            "confidence": [one for lines in self._lines for one in lines.confidence],
            "count_sd": [one for lines in self._lines for one in lines.count_sd],
        }


def price_tag_rows(
    tenant: str, cooler: Cooler, item: Accepted, message: ObservationColumns
) -> Iterator[tuple[Any, ...]]:
    """Rows of `facts.price_tag`."""
    for number, tag in enumerate(message.price_tags):
        yield (
            *_key(tenant, cooler.id, item.topic.device, message),
            number,
            cooler.outlet_id,
            message.id,
            item.arrival.received_at,
            tag.sku or "",
            UNREAD if tag.price is None else round(100 * tag.price),
            tag.confidence,
            _verdict(message),
            int(message.historical),
            int(item.clock_suspect),
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
        item.arrival.payload,
    )


def _part(message: ObservationColumns) -> tuple[int, str]:
    """Whether it shows a part of the cooler, and then what it does not show."""
    return (1, json.dumps(unseen_of(message))) if shows_a_part(message) else (0, "")


def _verdict(message: ObservationColumns) -> str:
    """For the facts: what lacks a part of the cooler is `unusable`, as its counts can be compared with no others.

    The document keeps the verdict on the photos themselves.
    """
    return message.quality.verdict if message.stands_for_cooler else "unusable"


def _key(tenant: str, cooler: str, device: str, message: Envelope) -> tuple[Any, ...]:
    captured = min(max(message.captured_at, _FIRST), _LAST)
    return tenant, cooler, captured, device, message.boot_id, message.seq
