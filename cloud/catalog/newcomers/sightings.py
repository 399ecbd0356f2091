"""From observations to sightings: unknown products whose looks came with the message wait here to be gathered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from cloud.audits.intake import Accepted
from cloud.audits.observed import ObservationColumns
from cloud.catalog.newcomers.models import Sighting
from cloud.outlets.models import Cooler

EMBEDDER = "sku-embedder"
"""Name of the model whose vectors looks are; looks of two versions of it cannot be compared."""
MOST_DIMENSIONS = 1024


def take_sightings(session: Session, coolers: Mapping[str, Cooler], items: Sequence[Accepted]) -> None:
    """Note the unknown products of stored observations; `coolers` is that of each device."""
    for item in items:
        message = item.message
        if isinstance(message, ObservationColumns) and message.products.unknown and not item.clock_suspect:
            session.add_all(_sightings(message, coolers[item.topic.device].id))


def _sightings(message: ObservationColumns, cooler: str) -> Iterator[Sighting]:
    embedder = message.models.get(EMBEDDER, "")
    for product in message.products.unknown:
        look = _bytes_of(product.look or "")
        if embedder and look:
            box = product.box.model_dump()
            yield Sighting(
                photo_id=message.photo_of(product),
                cooler_id=cooler,
                seen_at=message.captured_at,
                look=look,
                embedder=embedder[:64],
                resembles=product.resembles,
                **box,
            )


def _bytes_of(look: str) -> bytes:
    """The look's bytes; none where it is no base64, or points nowhere: an oddity, no reason to refuse counts."""
    try:
        decoded = base64.b64decode(look, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return decoded if len(decoded) <= MOST_DIMENSIONS and any(decoded) else b""
