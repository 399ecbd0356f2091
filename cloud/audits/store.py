"""A batch of messages on its way into the stores: the facts first, then the records in one transaction per tenant.

Facts are keyed by device, boot and number, so that a crash between the two only means inserting the same rows again.
What the records say is stored, is stored: only after their commit does anyone hear of it.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.rollups.service import Place
from cloud.audits import facts
from cloud.audits.boots import Boot, Boots
from cloud.audits.intake import KINDS, Accepted, Refused
from cloud.audits.latest import take_observations
from cloud.audits.models import NO_TENANT
from cloud.audits.observed import ObservationColumns
from cloud.audits.parts_seen import shows_a_part
from cloud.audits.quarantine import quarantine
from cloud.audits.rows import LineRows, event_row, observation_row, price_tag_rows
from cloud.audits.signs import take_signs
from cloud.catalog.models import Product
from cloud.catalog.newcomers.sightings import take_sightings
from cloud.fleet.models import Device
from cloud.fleet.remote import take_answers
from cloud.identity.models import Tenant
from cloud.outlets.models import Cooler
from cloud.services import Services
from facings.messages import BootAck, Event, RefusedMessage

FactRow = tuple[Any, ...]


@dataclass
class Batch:
    """What the devices of one tenant sent, sorted."""

    tenant: str
    fresh: list[Accepted] = field(default_factory=list)
    """Numbered, and not stored yet."""
    repeated: list[Accepted | Refused] = field(default_factory=list)
    """Numbered, and settled before."""
    present: list[Accepted] = field(default_factory=list)
    """Without a number: they describe the present."""
    refused: list[Refused] = field(default_factory=list)
    coolers: dict[str, Cooler] = field(default_factory=dict)
    """The cooler of each device."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Of each SKU: own or competitor."""

    @property
    def boots(self) -> set[Boot]:
        """The boots that the device shall hear of."""
        return {boot for item in (*self.fresh, *self.repeated, *self.refused) if (boot := _boot(item))}


@dataclass
class Outcome:
    """What became of a batch, once committed."""

    tenant: str
    acks: dict[str, list[BootAck]] = field(default_factory=dict)
    """For each device."""
    changed: set[str] = field(default_factory=set)
    """Coolers whose numbers may differ."""
    signs_changed: bool = False
    """Whether a device came or went."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Messages by kind and outcome."""


def store(services: Services, items: Sequence[Accepted | Refused]) -> list[Outcome]:
    """Store what arrived and was checked, each message once; on return it is committed."""
    batches = [_sorted(services, tenant, own) for tenant, own in _by_tenant(services, items).items()]
    _insert_facts(services, batches)
    taken = list(_photos_of(batches))
    services.rollups.note(place for place, _ in taken)
    services.rollups.note((place for place, message in taken if shows_a_part(message)), "parts")
    services.rollups.note((place for place, message in taken if message.price_tags), "tags")
    return [_commit(services, batch) for batch in batches]


def _by_tenant(services: Services, items: Sequence[Accepted | Refused]) -> dict[str, list[Accepted | Refused]]:
    claimed = {item.topic.tenant for item in items if item.topic}
    with services.records.all_tenants(write=False) as session:
        ours = set(session.scalars(select(Tenant.id).where(Tenant.id.in_(claimed))))
    grouped: dict[str, list[Accepted | Refused]] = defaultdict(list)
    for item in items:
        grouped[item.topic.tenant if item.topic and item.topic.tenant in ours else NO_TENANT].append(item)
    return grouped


def _sorted(services: Services, tenant: str, items: Sequence[Accepted | Refused]) -> Batch:
    batch = Batch(tenant)
    with services.records.session(tenant, write=False) as session:
        ids = {item.topic.device for item in items if item.topic}
        admitted = select(Device.id, Cooler).join(Cooler, Cooler.id == Device.cooler_id)
        for device, cooler in session.execute(admitted.where(Device.id.in_(ids), Device.revoked_at.is_(None))):
            batch.coolers[device] = cooler
        boots = Boots(session, {boot for item in items if (boot := _boot(item))}, write=False)
        batch.groups = _groups(session, items)
    for item in items:
        _sort(batch, boots, item)
    return batch


def _sort(batch: Batch, boots: Boots, item: Accepted | Refused) -> None:
    if item.topic is None or item.topic.device not in batch.coolers:
        reason = item.reason if item.topic is None and isinstance(item, Refused) else "no such device, or revoked"
        batch.refused.append(Refused(item.arrival, item.topic, reason, None))
    elif (boot := _boot(item)) and item.number and boots[boot].has(item.number[1]):
        batch.repeated.append(item)
    elif isinstance(item, Refused):
        batch.refused.append(item)
    elif boot:
        batch.fresh.append(item)
    else:
        batch.present.append(item)


def _groups(session: Session, items: Sequence[Accepted | Refused]) -> dict[str, str]:
    skus = frozenset[str]().union(*(message.lines.skus for message in _observations(items)))
    products = session.execute(select(Product.sku, Product.own).where(Product.sku.in_(skus)))
    return {sku: "own" if own else "competitor" for sku, own in products}


def _observations(items: Sequence[Accepted | Refused]) -> Iterator[ObservationColumns]:
    for item in items:
        if isinstance(item, Accepted) and isinstance(item.message, ObservationColumns):
            yield item.message


def _boot(item: Accepted | Refused) -> Boot | None:
    return (item.topic.device, item.number[0]) if item.topic and item.number else None


def _insert_facts(services: Services, batches: Sequence[Batch]) -> None:
    photos: list[FactRow] = []
    tags: list[FactRow] = []
    events: list[FactRow] = []
    lines = LineRows()
    for batch in batches:
        for item in batch.fresh:
            message, cooler = item.message, batch.coolers[item.topic.device]
            if isinstance(message, ObservationColumns):
                photos.append(observation_row(batch.tenant, cooler, item, message))
                lines.add(batch.tenant, cooler, item, message, batch.groups)
                tags += price_tag_rows(batch.tenant, cooler, item, message)
            elif isinstance(message, Event):
                events.append(event_row(batch.tenant, cooler, item, message))
    services.facts.insert(facts.observation, photos)
    services.facts.insert_columns(facts.shelf_line, lines.columns())
    services.facts.insert(facts.price_tag, tags)
    services.facts.insert(facts.device_event, events)


def _photos_of(batches: Sequence[Batch]) -> Iterator[tuple[Place, ObservationColumns]]:
    """What was seen, with where and when."""
    for batch in batches:
        for item in batch.fresh:
            if isinstance(item.message, ObservationColumns) and not item.clock_suspect:
                cooler = batch.coolers[item.topic.device]
                yield (batch.tenant, cooler.id, cooler.outlet_id, item.message.captured_at), item.message


def _commit(services: Services, batch: Batch) -> Outcome:
    outcome = Outcome(batch.tenant)
    now = services.clock.now()
    with services.records.session(batch.tenant) as session:
        lost = {(device, boot) for device, boot, *_ in _losses(batch.fresh)}
        boots = Boots(session, batch.boots | lost, write=True)
        stored, refused = _settle(batch, boots, outcome)
        boots.write(now)
        outcome.counts["any", "trimmed"] += quarantine(session, batch.tenant, refused)
        outcome.signs_changed = take_signs(session, [*batch.present, *stored])
        outcome.changed = take_observations(session, services.facts, batch.tenant, batch.coolers, stored)
        take_sightings(session, batch.coolers, stored)
        take_answers(session, batch.present, now)
    outcome.acks = _acks(batch, boots, refused)
    return outcome


def _settle(batch: Batch, boots: Boots, outcome: Outcome) -> tuple[list[Accepted], list[Refused]]:
    """Note each numbered message as come in; what was not noted before is returned."""
    stored = [item for item in batch.fresh if _note(item, boots, outcome, "stored")]
    refused = [item for item in batch.refused if _note(item, boots, outcome, "quarantined")]
    outcome.counts.update((_kind(item), "repeated") for item in batch.repeated)
    for item in batch.present:
        outcome.counts[_kind(item), "stored"] += 1
    for device, boot, first, last in _losses(stored):
        boots[device, boot].lose(first, last)
    return stored, refused


def _note(item: Accepted | Refused, boots: Boots, outcome: Outcome, as_what: str) -> bool:
    boot = _boot(item)
    if boot and item.number:
        progress, seq = boots[boot], item.number[1]
        if not progress.takes(seq):
            as_what = "deferred"  # not acknowledged, so the device sends it again once it has filled or declared holes
        elif not progress.add(seq):
            as_what = "repeated"
    outcome.counts[_kind(item), as_what] += 1
    return as_what in ("stored", "quarantined")


def _losses(items: Iterable[Accepted]) -> Iterator[tuple[str, uuid.UUID, int, int]]:
    for item in items:
        if isinstance(item.message, Event):
            for lost in item.message.dropped:
                yield item.topic.device, lost.boot_id, lost.first, lost.last


def _kind(item: Accepted | Refused) -> str:
    # Part of a metric's labels, which must be few: every reply is one kind.
    return "none" if item.topic is None else item.topic.kind if item.topic.kind in KINDS else "reply"


def _acks(batch: Batch, boots: Boots, refused: Iterable[Refused]) -> dict[str, list[BootAck]]:
    told: dict[Boot, list[RefusedMessage]] = {boot: [] for boot in batch.boots}
    for bad in refused:
        if (boot := _boot(bad)) and bad.number:
            told[boot].append(RefusedMessage(seq=bad.number[1], reason=bad.reason[:500]))
    acks: dict[str, list[BootAck]] = defaultdict(list)
    for boot, messages in told.items():
        acks[boot[0]].append(boots.ack(boot, messages))
    return acks
